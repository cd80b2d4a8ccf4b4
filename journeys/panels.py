"""What this app adds to a person's page: the journeys they are or were on, and where they stand."""

from datetime import datetime

from django.utils.translation import gettext as _

from journeys import definition as definitions
from journeys import sentences
from journeys.models import JourneyEntry
from journeys.queries import people
from members import panels
from members.models import Contact
from members.panels import Moment, Part


def part_of(contact: Contact, at: datetime) -> Part:
    """One query. Where somebody stands today is on the card, how they came and went in the timeline."""
    entries = people.entries_of(contact)
    places = [
        (entry.journey.code, _label(entry), _place(entry), entry.contact_id != contact.pk)
        for entry in entries
        if entry.state == JourneyEntry.State.ACTIVE
    ]
    moments = [moment for entry in entries for moment in _moments(entry, contact)]
    return Part(
        moments, "journeys/_panel.html", {"places": places, "before_count": len(entries) - len(places)}
    )


def _moments(entry: JourneyEntry, contact: Contact) -> list[Moment]:
    values = {"journey": _label(entry)}
    entered = _("Stapte in ‘%(journey)s’")
    if entry.contact_id != contact.pk:
        entered = _("Een gekoppeld kind stapte in ‘%(journey)s’")
    found = [Moment(entry.entered_at, "route", entered % values, _starts_when(entry))]
    if entry.goal_at and entry.exit_reason != JourneyEntry.Exit.GOAL:
        found.append(
            Moment(entry.goal_at, "target", _("Bereikte het doel van ‘%(journey)s’") % values, "", "did")
        )
    if entry.ended_at:
        left = _("Verliet ‘%(journey)s’")
        if entry.contact_id != contact.pk:
            left = _("Een gekoppeld kind verliet ‘%(journey)s’")
        title = left % values
        tone = "did" if entry.exit_reason == JourneyEntry.Exit.GOAL else ""
        found.append(Moment(entry.ended_at, "route", title, sentences.of_exit(entry.exit_reason), tone))
    return found


def _label(entry: JourneyEntry) -> str:
    return str(entry.version.definition["label"])


def _starts_when(entry: JourneyEntry) -> str:
    """Why they came in, as the recipe says it."""
    words = entry.version.definition.get("starts_when", "")
    return _("Deze klantreis begint wanneer %(start)s.") % {"start": words} if words else ""


def _place(entry: JourneyEntry) -> str:
    return sentences.of_place(entry, definitions.read(entry.version.definition))


def register() -> None:
    panels.register(15, part_of)
