"""What this app adds to a person's page: what they want, what may be used, and when they said so."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from consent import queries, sources
from consent.models import Subject, Suppression
from members import panels
from members.models import Contact
from members.panels import Moment, Part


class Choice(NamedTuple):
    """One topic or data use, and whether it is on."""

    label: str
    is_on: bool


def part_of(contact: Contact, at: datetime) -> Part:
    """Two queries: what can be chosen and what was, and what keeps mail away."""
    subjects, consents = queries.said_by(contact.pk, language=get_language() or "nl")
    given = {(c.subject, c.code) for c in consents if c.is_in_force(at)}
    stops = Suppression.objects.in_force(at=at).filter(contact=contact)
    panel = {
        "name": contact.first_name,
        "topics": _choices(Subject.TOPIC, subjects, given),
        "uses": _choices(Subject.DATA_USE, subjects, given),
        "stops": [stop.get_reason_display() for stop in stops],
    }
    return Part(_moments(consents, subjects), "consent/_panel.html", panel)


def _choices(
    subject: Subject, subjects: Sequence[queries.Choosable], given: set[tuple[str, str]]
) -> list[Choice]:
    """What is no longer offered still shows for who once chose it."""
    choices = [
        (known, (known.subject, known.code) in given) for known in subjects if known.subject == subject
    ]
    return [Choice(known.label, is_on) for known, is_on in choices if is_on or known.is_offered]


def _moments(consents: Sequence[queries.Said], subjects: Sequence[queries.Choosable]) -> list[Moment]:
    labels = {(known.subject, known.code): known.label for known in subjects}
    # A no where nothing was open opened nothing.
    given = [
        (c.opened_at, c.source, labels.get((c.subject, c.code), c.code))
        for c in consents
        if c.closed_at != c.opened_at
    ]
    taken = [
        (c.closed_at, c.closed_source, labels.get((c.subject, c.code), c.code))
        for c in consents
        if c.closed_at
    ]
    return [
        *(Moment(at, "shield-check", _("Gaf toestemming"), text, "yes") for at, text in _joined(given)),
        *(Moment(at, "shield-lock", _("Trok toestemming in"), text, "not") for at, text in _joined(taken)),
    ]


def _joined(said: Sequence[tuple[datetime, str, str]]) -> list[tuple[datetime, str]]:
    """What was said in one go is one line: `Nieuwsbrief, Activiteiten (aan de balie)`."""
    together: dict[tuple[datetime, str], list[str]] = {}
    for at, how, label in said:
        together.setdefault((at, how), []).append(label)
    words = {how: sources.words(how) for _at, how in together if how}
    return [
        (at, ", ".join(labels) + (f" ({words[how]})" if how else ""))
        for (at, how), labels in together.items()
    ]


def register() -> None:
    panels.register(10, part_of)
