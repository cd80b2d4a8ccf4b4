"""Rows of consent."""

from uuid import UUID

from consent.models import (
    Consent,
    LibraryTopic,
    MailPreference,
    SignupForm,
    SignupFormList,
    SignupRequest,
    SignupTally,
    Suppression,
    Topic,
    Wording,
)
from members.models import Contact, ContactList
from tests.isolation.world import NOON, TODAY, Makers

MAKERS: Makers = {
    LibraryTopic: lambda its: {"topic": Topic.objects.get(code="newsletter")},
    Wording: lambda its: {
        "subject": "topic",
        "code": "newsletter",
        "version": 1,
        "created_at": NOON,
    },
    Consent: lambda its: {
        "contact": its.of(Contact),
        "subject": "topic",
        "code": "newsletter",
        "wording": its.of(Wording),
        "opened_by": its.staff,
        "opened_at": NOON,
    },
    Suppression: lambda its: {
        "scope": "contact",
        "reach": "marketing",
        "reason": "unsubscribed",
        "contact": its.of(Contact),
        "since": NOON,
    },
    MailPreference: lambda its: {
        "contact": its.of(Contact),
        "pace": "week",
        "paused_until": TODAY,
        "changed_at": NOON,
    },
    SignupForm: lambda its: {
        "topics": ["newsletter"],
        "asks": ["first_name"],
        "relation": "inhabitant",
        "created_by": its.staff,
        "created_at": NOON,
    },
    SignupFormList: lambda its: {"form": its.of(SignupForm), "contact_list": its.of(ContactList)},
    SignupRequest: lambda its: {
        "form": its.of(SignupForm),
        "public_id": UUID(int=its.number),
        "mail_key": UUID(int=its.number),
        "address_hash": UUID(int=its.number),
        "wording_ids": [],
        "asked_at": NOON,
        "expires_at": NOON,
        "mail_state": "sent",
    },
    SignupTally: lambda its: {"bucket": UUID(int=its.number), "until": NOON},
}
