"""Rows of what is sent: content, newsletters, the ledger and what came back."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from bibmail.network.models import LibraryHealth, LibraryStatsDaily
from bibmail.tenancy.models import Branch
from campaigns.models import (
    BrandKit,
    Campaign,
    Capability,
    CatalogueItem,
    CatalogueTitle,
    Click,
    LibraryEvent,
    LibraryPeriod,
    LibraryTexts,
    Mailing,
    MailVariant,
    Message,
    MessageEvent,
    Offer,
    SendingAccount,
    SendingSettings,
    Submission,
    TrackedLink,
)
from consent.models import Consent
from members.models import Contact
from tests.isolation.world import NOON, NOWHERE, TODAY, WORD, Fields, Makers, Tenant

_BLOCKS = [{"key": "b1", "type": "text", "title": WORD, "text": WORD}]


def _message(its: Tenant) -> Fields:
    """A newsletter that left."""
    return {
        "public_id": public_id(its),
        "mailing": its.of(Mailing),
        "contact": its.of(Contact),
        "recipient": its.of(Contact),
        "recipient_hash": its.of(Contact).recipient_hash,
        "state": "accepted",
        "facts": {"period": WORD},
        "slots": {"contact.first_name": WORD},
        "queued_at": NOON,
        "not_before": NOON,
        "not_after": NOON + timedelta(days=7),
        "submitted_at": NOON,
        "accepted_at": NOON,
        "settled_at": NOON,
        "submission": its.of(Submission),
        "consent": its.of(Consent),
        "topic": "newsletter",
        "variant": its.of(MailVariant),
    }


def public_id(its: Tenant) -> UUID:
    """What the links of this library's message say of it."""
    return UUID(int=its.number << 64)


MAKERS: Makers = {
    LibraryEvent: lambda its: {"branch": its.of(Branch), "starts_at": datetime(2099, 12, 1, 19, tzinfo=UTC)},
    CatalogueItem: lambda its: {
        "branch": its.of(Branch),
        "title": CatalogueTitle.objects.get(pk=NOWHERE),
        "added_on": TODAY,
    },
    Capability: lambda its: {"service": "ebooks"},
    BrandKit: lambda its: {},
    LibraryTexts: lambda its: {},
    Offer: lambda its: {"service": "ebooks"},
    LibraryPeriod: lambda its: {
        "kind": "exam",
        "level": "secondary",
        "starts_on": date(2099, 12, 1),
        "ends_on": date(2099, 12, 12),
    },
    SendingAccount: lambda its: {
        "kind": "mailgun",
        "public_id": public_id(its),
        "options": {"url": NOWHERE, "domain": WORD},
        "secrets": {"secret": WORD},
        "is_active": False,
        "created_at": NOON,
    },
    SendingSettings: lambda its: {"is_trial": False, "changed_at": NOON},
    Campaign: lambda its: {
        "topic": "newsletter",
        "blocks": _BLOCKS,
        "rule": {"any": [{"field": "membership_valid", "op": "is", "value": True}]},
        "state": "done",
        "send_at": NOON,
        "frozen_at": NOON,
        "ended_at": NOON,
        "created_at": NOON,
        "created_by": its.staff,
        "sent_by": its.staff,
    },
    Mailing: lambda its: {
        "campaign": its.of(Campaign),
        "message_class": "marketing",
        "legal_basis": "consent",
        "topics": ["newsletter"],
        "data_uses": [],
        "content": {"subject": WORD, "preheader": WORD, "reason": WORD, "blocks": _BLOCKS},
        "created_at": NOON,
    },
    MailVariant: lambda its: {"mailing": its.of(Mailing), "blocks": ["b1"], "created_at": NOON},
    Submission: lambda its: {
        "key": UUID(int=its.number),
        "state": "accepted",
        "message_ids": [its.number],
        "opened_at": NOON,
        "last_tried_at": NOON,
    },
    Message: _message,
    TrackedLink: lambda its: {"mailing": its.of(Mailing), "url": f"https://example.be/{WORD}"},
    Click: lambda its: {"message": its.of(Message), "link": its.of(TrackedLink), "at": NOON},
    MessageEvent: lambda its: {"message": its.of(Message), "kind": "delivered", "at": NOON},
    LibraryHealth: lambda its: {"account": "network", "unknown_count": 1, "swept_at": NOON},
    LibraryStatsDaily: lambda its: {"day": TODAY, "people_count": 1},
}


def write_anew() -> None:
    """The newsletter is a draft again, which has no mailing; the message is one of a journey."""
    Mailing.objects.update(campaign=None, journey_code="welcome", version=1, step_key="hours")
    Campaign.objects.update(state="draft", send_at=None, frozen_at=None, ended_at=None, sent_by=None)
