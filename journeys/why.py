"""What led to a journey's mail, told to the person who got it (the page "Waarom kreeg ik deze mail?")."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import get_language

from campaigns.tracking import why
from campaigns.tracking.mails import Mail
from campaigns.tracking.why import Step
from journeys.models import JourneyEntry


def steps_of(mail: Mail) -> Sequence[Step]:
    """The start of each entry that led to the mail, oldest first; one line where they are alike."""
    entries = (
        JourneyEntry.objects.filter(causes__message=mail.message)
        .select_related("version")
        .order_by("entered_at", "pk")
    )
    told: dict[str, Step] = {}
    for entry in entries:
        words = _start(entry)
        if words:
            told.setdefault(words, Step("route", words, _moment(entry)))
    return list(told.values())


def _start(entry: JourneyEntry) -> str:
    """The trigger in the words of the recipe; empty for versions from before it had any."""
    triggers = entry.version.definition.get("trigger", [])
    number = entry.facts.get("trigger", 0)
    words = triggers[number].get("told_as", {}) if number < len(triggers) else {}
    language = "en" if (get_language() or "nl").startswith("en") else "nl"
    is_about_child = entry.recipient_id is not None and entry.recipient_id != entry.contact_id
    return str((is_about_child and words.get(f"child_{language}")) or words.get(language, ""))


def _moment(entry: JourneyEntry) -> datetime | None:
    occurred = entry.facts.get("occurred_at")
    return datetime.fromisoformat(occurred) if occurred else None


def register() -> None:
    why.register(steps_of)
