"""The personalisation fields: a fixed list of names, never a template language.

{{contact.first_name}} in a text becomes the slot [[contact.first_name]] of the compiled variant. What is the same
for every reader of the library is filled in at once. A sentence with a field that has nothing to say is left out.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.utils import formats, timezone
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from campaigns.content import agenda
from campaigns.content.merge import SLOT
from campaigns.content.readers import Reader
from campaigns.content.stock import Stock
from consent.models import Subject

_NAMED = re.compile(r"\{\{\s*([a-z_.]+)\s*\}\}")
_SENTENCE_END = re.compile(r"(?<=[.!?])[ \n]+")
# Filled in for each message, by who sends it.
LINKS = ("links.preferences", "links.unsubscribe", "links.view_online", "links.why")


class UnknownField(Exception):
    """A text names a field that does not exist."""


@dataclass(frozen=True)
class Field:
    """`value` gives what stands there for a reader; an empty one takes its sentence along."""

    value: Callable[[Stock, Reader], str]
    # Tells something of one person: a mail to somebody of 13 to 17 has none of these.
    is_personal: bool = False


def day(value: date | None) -> str:
    """2 september 2026"""
    return _written(value, get_language()) if value else ""


@lru_cache(maxsize=4_000)
def _written(day: date, language: str | None) -> str:
    """Thousands of readers share a few days; the language is that of this moment."""
    return formats.date_format(day, "j F Y")


def weekday(value: date) -> str:
    """woensdag 2 september"""
    return formats.date_format(value, "l j F")


def _first_name(stock: Stock, reader: Reader) -> str:
    return (not reader.is_youth and reader.first_name) or _("lezer")


def _children(stock: Stock, reader: Reader) -> str:
    names = [str(name) for name in reader.facts.get("child_names") or ()]
    if len(names) > 1:
        return _("%(most)s en %(last)s") % {"most": ", ".join(names[:-1]), "last": names[-1]}
    if names:
        return names[0]
    several = len(reader.child_bands) > 1 or int(reader.facts.get("children_count") or 1) > 1
    return _("je kinderen") if several else _("je kind")


def _branch(part: Callable[[Any], str]) -> Callable[[Stock, Reader], str]:
    def value(stock: Stock, reader: Reader) -> str:
        branch = stock.branch(reader.branch_id)
        return part(branch) if branch else ""

    return value


def address(branch: Any) -> str:
    """Lindeplein 4, 9673 Lindekerke"""
    street = f"{branch.street} {branch.house_number}".strip()
    place = f"{branch.postal_code} {branch.city}".strip()
    return ", ".join(part for part in (street, place) if part)


def _period_end(stock: Stock, reader: Reader) -> str:
    said = reader.facts.get("period_end")
    return day(date.fromisoformat(str(said))) if said else ""


def _event(part: Callable[[Stock, Any], str]) -> Callable[[Stock, Reader], str]:
    def value(stock: Stock, reader: Reader) -> str:
        event = agenda.of_reader(stock, reader)
        return part(stock, event) if event else ""

    return value


def _topic(stock: Stock, reader: Reader) -> str:
    return stock.label(Subject.TOPIC, reader.topic, reader.language) if reader.topic else ""


def _agreed_on(stock: Stock, reader: Reader) -> str:
    opened_at = reader.consents.get((Subject.TOPIC, reader.topic))
    return day(timezone.localdate(opened_at)) if opened_at else ""


_SHARED: Mapping[str, Callable[[Stock], str]] = {
    "library.name": lambda stock: stock.library.name,
    "library.website_url": lambda stock: stock.texts.website_url,
    "library.catalogue_url": lambda stock: stock.texts.catalogue_url,
    "library.my_library_url": lambda stock: stock.texts.my_library_url,
    "library.phone": lambda stock: stock.texts.phone,
    "library.email": lambda stock: stock.texts.email,
    "links.privacy": lambda stock: stock.texts.privacy_url,
}

_OWN: Mapping[str, Field] = {
    "contact.first_name": Field(_first_name),
    "branch.name": Field(_branch(lambda branch: str(branch.name))),
    "branch.address": Field(_branch(address)),
    "membership.card_number_masked": Field(
        lambda stock, reader: f"••••{reader.card_number[-4:]}" if reader.card_number else "", is_personal=True
    ),
    "membership.expires_on": Field(lambda stock, reader: day(reader.expires_on), is_personal=True),
    "membership.enrolled_on": Field(lambda stock, reader: day(reader.enrolled_on)),
    "membership.type_label": Field(lambda stock, reader: reader.membership_type, is_personal=True),
    "household.child_first_names": Field(_children),
    "period.label": Field(
        lambda stock, reader: str(reader.facts.get("period") or _("examens")), is_personal=False
    ),
    "period.end": Field(_period_end),
    "event.name": Field(_event(lambda stock, event: str(event.name))),
    "event.start": Field(_event(lambda stock, event: weekday(timezone.localtime(event.starts_at)))),
    "event.location": Field(_event(agenda.location)),
    "event.url": Field(_event(lambda stock, event: str(event.url))),
    "consent.topic": Field(_topic),
    "consent.opened_on": Field(_agreed_on),
}
NAMES = frozenset(_SHARED) | frozenset(_OWN) | frozenset(LINKS)


def named_in(text: str) -> list[str]:
    """The fields a text asks for, known or not."""
    return _NAMED.findall(text)


def plain(text: str) -> str:
    """Words of others, in which nothing can be taken for a slot."""
    return text.replace("[[", "[\u2060[")


def slotted(text: str, stock: Stock) -> str:
    """The text with slots for what is the reader's own; raises UnknownField."""

    def slot(found: re.Match[str]) -> str:
        name = found[1]
        if name in _SHARED:
            # Nothing to say: an empty slot, so that its sentence can be left out.
            return plain(_SHARED[name](stock)) or f"[[{name}]]"
        if name not in NAMES:
            raise UnknownField(name)
        return f"[[{name}]]"

    return _NAMED.sub(slot, plain(text))


def slots_in(value: Any) -> frozenset[str]:
    """The names of all slots in a text, or in all texts of a structure."""
    if isinstance(value, str):
        return frozenset(SLOT.findall(value))
    if isinstance(value, Mapping):
        value = value.values()
    if isinstance(value, Iterable):
        return frozenset(name for one in value for name in slots_in(one))
    return frozenset()


def values(names: Iterable[str], stock: Stock, reader: Reader) -> dict[str, str]:
    """What fills these slots for this reader; links are filled in by who sends."""
    return {name: value(name, stock, reader) for name in names if name in _OWN or name in _SHARED}


def value(name: str, stock: Stock, reader: Reader) -> str:
    if name in _SHARED:
        return _SHARED[name](stock)
    field = _OWN[name]
    found = "" if field.is_personal and reader.is_youth else field.value(stock, reader)
    # On one line: a line break in a name would start another header in a subject.
    return " ".join(found.split())


def without(value: Any, missing: frozenset[str]) -> Any:
    """A text, or a structure of texts, without the sentences that name a field with nothing to say."""
    if isinstance(value, str):
        return _without(value, missing)
    if isinstance(value, Mapping):
        return {key: without(one, missing) for key, one in value.items()}
    if isinstance(value, list):
        return [without(one, missing) for one in value]
    return value


def _without(text: str, missing: frozenset[str]) -> str:
    if missing.isdisjoint(SLOT.findall(text)):
        return text
    paragraphs = [
        " ".join(
            sentence
            for sentence in _SENTENCE_END.split(paragraph)
            if missing.isdisjoint(SLOT.findall(sentence))
        )
        for paragraph in text.split("\n\n")
    ]
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


def capitalised(text: str) -> str:
    return str(capfirst(text))
