"""What this app adds to a person's page: what they want, what may be used, and when they said so."""

from datetime import datetime
from typing import Any, NamedTuple

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from consent import topics
from consent.models import Consent, DataUse, Subject, Suppression, Topic
from members import panels
from members.models import Contact
from members.panels import Moment, Panel


class Choice(NamedTuple):
    """One topic or data use, and whether it is on."""

    label: str
    is_on: bool
    is_offered: bool = True


def _choices(contact: Contact, at: datetime) -> dict[str, Any]:
    given = set(Consent.objects.in_force(at=at).filter(contact=contact).values_list("subject", "code"))
    chosen = [
        Choice(offer.label, (Subject.TOPIC, offer.topic.code) in given, offer.is_offered)
        for offer in topics.offers()
        if not offer.is_service
    ]
    stops = Suppression.objects.in_force(at=at).filter(contact=contact)
    return {
        # A topic that is no longer offered still shows for who once chose it.
        "topics": [choice for choice in chosen if choice.is_on or choice.is_offered],
        "uses": [Choice(_label(use), (Subject.DATA_USE, use.code) in given) for use in DataUse.objects.all()],
        "stops": [stop.get_reason_display() for stop in stops],
    }


def _label(subject: Topic | DataUse) -> str:
    return subject.label_en if get_language() == "en" else subject.label_nl


def _moments(contact: Contact) -> list[Moment]:
    labels = {(Subject.TOPIC, topic.code): _label(topic) for topic in Topic.objects.all()}
    labels |= {(Subject.DATA_USE, use.code): _label(use) for use in DataUse.objects.all()}
    consents = list(Consent.objects.filter(contact=contact))
    given = _joined(consents, labels, "opened_at", "source")
    taken = _joined([c for c in consents if c.closed_at], labels, "closed_at", "closed_source")
    return [
        *(Moment(at, "shield-check", _("Gaf toestemming"), text, "yes") for at, text in given),
        *(Moment(at, "shield-lock", _("Trok toestemming in"), text, "not") for at, text in taken),
    ]


def _joined(
    consents: list[Consent], labels: dict[tuple[Subject, str], str], moment: str, source: str
) -> list[tuple[datetime, str]]:
    """What was said in one go is one line: `Nieuwsbrief, Activiteiten (balie)`."""
    said: dict[tuple[datetime, str], list[str]] = {}
    for consent in consents:
        key = (getattr(consent, moment), getattr(consent, source))
        said.setdefault(key, []).append(labels.get((Subject(consent.subject), consent.code), consent.code))
    return [
        (at, ", ".join(names) + (f" ({SOURCES.get(how, how)})" if how else ""))
        for (at, how), names in said.items()
    ]


# How a consent was given, as the files name it.
SOURCES = {
    "balie": gettext_lazy("aan de balie"),
    "formulier": gettext_lazy("met een formulier"),
    "mijn-bibliotheek": gettext_lazy("in Mijn Bibliotheek"),
}


def register() -> None:
    panels.register_panel(Panel(10, "consent/_panel.html", _choices))
    panels.register_timeline(_moments)
