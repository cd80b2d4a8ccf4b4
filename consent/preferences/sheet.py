"""What the page shows of one person: every choice and how it stands. Seven short queries."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Q

from consent import queries
from consent.models import Consent, MailPreference, Subject, Suppression
from members.models import Contact, Interest


class Switch(NamedTuple):
    """One thing that is on or off."""

    code: str
    label: str
    description: str
    is_on: bool


class Sheet(NamedTuple):
    """Everything on the page, as it stands."""

    first_name: str
    # n•••@example.be: enough to know which of one's own it is.
    address: str
    language: str
    topics: Sequence[Switch]
    uses: Sequence[Switch]
    is_studying: bool
    pace: str
    paused_until: date | None
    # Why no mail comes whatever is chosen here.
    has_stopped_all: bool
    has_complained: bool
    is_dead_address: bool

    @property
    def wanted(self) -> list[str]:
        return [topic.label for topic in self.topics if topic.is_on]


def of(contact: Contact, *, at: datetime, today: date, language: str) -> Sheet:
    """How everything stands now, in this language."""
    given = set(Consent.objects.in_force(at=at).filter(contact=contact).values_list("subject", "code"))
    stops = _stops(contact, at=at)
    preference = MailPreference.objects.filter(contact=contact).first() or MailPreference()
    studies = Interest.objects.filter(contact=contact, code=Interest.Code.STUDYING, until__isnull=True)
    has_stopped_all = Suppression.Reason.UNSUBSCRIBED in stops
    choosable = queries.subjects(language=language)
    return Sheet(
        first_name=contact.first_name,
        address=masked(contact.email_norm),
        language=contact.language,
        topics=[
            Switch(
                known.code, known.label, known.description, _is_given(known, given) and not has_stopped_all
            )
            for known in choosable
            if known.subject == Subject.TOPIC and known.is_offered
        ],
        uses=[
            Switch(known.code, known.label, known.description, _is_given(known, given))
            for known in choosable
            if known.subject == Subject.DATA_USE
        ],
        is_studying=studies.exists(),
        pace=preference.pace,
        paused_until=_still(preference.paused_until, today),
        has_stopped_all=has_stopped_all,
        has_complained=Suppression.Reason.COMPLAINT in stops,
        is_dead_address=Suppression.Reason.HARD_BOUNCE in stops,
    )


def masked(address: str) -> str:
    """The first letter and the domain."""
    name, _at, domain = address.partition("@")
    return f"{name[:1]}•••@{domain}" if domain else ""


def _is_given(known: queries.Choosable, given: set[tuple[str, str]]) -> bool:
    return (known.subject, known.code) in given


def _still(day: date | None, today: date) -> date | None:
    return day if day and day >= today else None


def _stops(contact: Contact, *, at: datetime) -> set[str]:
    """Why this person or this address gets no mail."""
    theirs = Q(scope=Suppression.Scope.CONTACT, contact=contact)
    if contact.recipient_hash:
        theirs |= Q(scope=Suppression.Scope.ADDRESS, fingerprint=contact.recipient_hash)
    return set(Suppression.objects.in_force(at=at).filter(theirs).values_list("reason", flat=True))
