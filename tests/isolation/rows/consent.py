"""Rows of consent."""

from consent.models import Consent, LibraryTopic, MailPreference, Suppression, Topic, Wording
from members.models import Contact
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
}
