"""A subject line as a colleague reads it: filled in where we know for whom, else with [Voornaam] and the like."""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.content.merge import SLOT
from campaigns.models import Mailing, Message

_FIELD = re.compile(r"\{\{\s*([a-z_.]+)\s*\}\}")

_LABELS: dict[str, str | Promise] = {
    "contact.first_name": gettext_lazy("Voornaam"),
    "branch.name": gettext_lazy("Vestiging"),
    "branch.address": gettext_lazy("Adres van de vestiging"),
    "membership.card_number_masked": gettext_lazy("Lidkaartnummer"),
    "membership.expires_on": gettext_lazy("Vervaldatum"),
    "membership.enrolled_on": gettext_lazy("Dag van inschrijving"),
    "membership.type_label": gettext_lazy("Type lidmaatschap"),
    "household.child_first_names": gettext_lazy("Voornamen van de kinderen"),
    "period.label": gettext_lazy("Examenperiode"),
    "period.end": gettext_lazy("Laatste examendag"),
    "event.name": gettext_lazy("Activiteit"),
    "event.start": gettext_lazy("Dag van de activiteit"),
    "event.location": gettext_lazy("Plaats van de activiteit"),
    "consent.topic": gettext_lazy("Thema"),
}


def for_staff(text: str, *, library_name: str = "", first_name: str = "") -> str:
    """A text with its fields by their names: `[Voornaam], deze boeken zouden je kunnen bevallen`."""
    known = {"library.name": library_name or _("de bib"), "contact.first_name": first_name}

    def label(found: re.Match[str]) -> str:
        return known.get(found[1]) or f"[{_LABELS.get(found[1], found[1])}]"

    return _FIELD.sub(label, text)


def of_mailing(mailing: Mailing, *, library_name: str = "", first_name: str = "") -> str:
    written = mailing.content.get("subject", "")
    return for_staff(written, library_name=library_name, first_name=first_name) or mailing.label


def of_message(message: Message, *, library_name: str = "", first_name: str = "") -> str:
    """As this person got it; as it was written where it was never made. Give mailing and variant along."""
    variant = message.variant
    if variant is None:
        return of_mailing(message.mailing, library_name=library_name, first_name=first_name)
    return SLOT.sub(lambda found: str(message.slots.get(found[1], "")), variant.subject)
