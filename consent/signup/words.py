"""The words of a sign-up form: what stands behind each box is what the person says yes to, kept as evidence."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consent import topics, wordings
from consent.models import Subject
from consent.signup.models import SignupForm


class Box(NamedTuple):
    """One topic on the form and the words beside it."""

    code: str
    label: str
    description: str
    text: str


def boxes(form: SignupForm, *, house: str, language: str) -> list[Box]:
    """The topics this form offers and the library still offers, in the network's order; in the active language."""
    promise = agreement(house)
    return [
        Box(offer.topic.code, offer.label, offer.description, f"{offer.text}\n{promise}")
        for offer in topics.offers(language=language)
        if offer.topic.code in form.topics and offer.is_offered and not offer.is_service
    ]


def on_lists(names: Sequence[str]) -> str:
    """Said to who comes on lists without choosing them; nothing where there are none."""
    if not names:
        return ""
    sentence = ngettext(
        "Wie zich aanmeldt, komt op deze lijst van de bib: %(lists)s.",
        "Wie zich aanmeldt, komt op deze lijsten van de bib: %(lists)s.",
        len(names),
    )
    return sentence % {"lists": ", ".join(names)}


def agreement(house: str) -> str:
    """Said once under the boxes, and part of what each of them means."""
    return _("%(library)s stuurt je hierover mails. Je kunt je altijd weer uitschrijven.") % {
        "library": house
    }


def keep(chosen: list[Box], *, at: datetime, language: str) -> list[int]:
    """The versions of these words, kept; their ids."""
    return [wordings.keep(Subject.TOPIC, box.code, box.text, at=at, language=language).pk for box in chosen]
