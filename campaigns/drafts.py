"""A newsletter while it is written: its list of blocks, its rule, and the content that follows from them. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns.content import fields
from campaigns.models import Campaign

Block = dict[str, Any]
Rule = Mapping[str, Any]

MOST_BLOCKS = 20
MOST_RULES = 10

# A sentence of the mail itself, so in Dutch whatever a colleague's page speaks.
_REASON = (
    "Je krijgt deze mail omdat je op {{consent.opened_on}} koos voor ‘{{consent.topic}}’."
    " Je kan dat altijd veranderen."
)

# --- Blocks ----------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A block that a newsletter may hold, and what it begins with."""

    code: str
    label: str | Promise
    hint: str | Promise
    icon: str
    start: Mapping[str, Any]


KINDS: Mapping[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind(code="greeting", label=_("Begroeting"), hint=_("De titel en de eerste zinnen"), icon="message-circle",
             start={"title": "Dag {{contact.first_name}}", "text": ""}),
        Kind(code="text", label=_("Tekst"), hint=_("Eén of meer alinea’s, met een titel als je wil"), icon="pencil",
             start={"title": "", "text": ""}),
        Kind(code="heading", label=_("Tussentitel"), hint=_("Eén regel boven de blokken die volgen"), icon="tag",
             start={"title": ""}),
        Kind(code="new_acquisitions", label=_("Nieuwe aanwinsten"),
             hint=_("Uit je catalogus, voor de leeftijd en de vestiging van wie leest"), icon="books",
             start={"title": "", "max": 6}),
        Kind(code="events", label=_("Activiteiten"), hint=_("Uit je agenda, wie leest ziet wat bij de leeftijd past"),
             icon="calendar", start={"title": "", "days": 30, "max": 4}),
        Kind(code="offer", label=_("Aanbod"), hint=_("Diensten van je bib in jullie eigen woorden"), icon="bulb",
             start={"title": "", "services": []}),
        Kind(code="button", label=_("Knop"), hint=_("Een grote link"), icon="external-link",
             start={"label": "", "url": ""}),
        Kind(code="poll", label=_("Vraag"), hint=_("Ja of nee; we tellen de antwoorden samen"), icon="help-circle",
             start={"question": ""}),
        Kind(code="opening_hours", label=_("Openingsuren"), hint=_("Van de vestiging van wie leest, altijd juist"),
             icon="clock", start={"title": ""}),
    )
}  # fmt: skip


# What a new newsletter is called in the postbox until its writer finds better words.
FIRST_SUBJECT = "Nieuws van {{library.name}}"


def first_blocks() -> list[Block]:
    """What a new newsletter begins with: greeting, new titles, activities."""
    blocks: list[Block] = []
    for code in ("greeting", "new_acquisitions", "events"):
        blocks = with_block(blocks, code)
    return blocks


def with_block(blocks: Sequence[Block], code: str) -> list[Block]:
    """One more block of this kind at the end; KeyError for a kind that a newsletter does not have."""
    used = [int(key[1:]) for block in blocks if re.fullmatch(r"b\d+", key := block["key"])]
    return [*blocks, {"key": f"b{max(used, default=0) + 1}", "type": code, **KINDS[code].start}]


def with_options(blocks: Sequence[Block], key: str, options: Mapping[str, Any]) -> list[Block]:
    return [block | dict(options) if block["key"] == key else block for block in blocks]


def without_block(blocks: Sequence[Block], key: str) -> list[Block]:
    return [block for block in blocks if block["key"] != key]


def moved(blocks: Sequence[Block], key: str, *, by: int) -> list[Block]:
    """The block one place up (-1) or down (1); at the edge it stays."""
    found, place = list(blocks), next(i for i, block in enumerate(blocks) if block["key"] == key)
    other = place + by
    if 0 <= other < len(found):
        found[place], found[other] = found[other], found[place]
    return found


# --- Personalisation fields, as a colleague writes them --------------------------------------------

_SPOKEN = {
    "Voornaam": "contact.first_name",
    "Bibliotheek": "library.name",
    "Vestiging": "branch.name",
    "Adres van de vestiging": "branch.address",
}
_CODES = {code: word for word, code in _SPOKEN.items()}
SPOKEN_FIELDS = tuple(f"[{word}]" for word in _SPOKEN)


def written(text: str) -> str:
    """[Voornaam] as it is stored: {{contact.first_name}}."""
    return re.sub(r"\[([^\[\]]+)\]", lambda m: _coded(m[1]) or m[0], text)


def spoken(text: str) -> str:
    """{{contact.first_name}} as a colleague reads it: [Voornaam]."""
    return re.sub(
        r"\{\{\s*([a-z_.]+)\s*\}\}", lambda m: f"[{_CODES[m[1]]}]" if m[1] in _CODES else m[0], text
    )


def unknown_fields(text: str) -> list[str]:
    """Fields in {{…}} that no mail knows."""
    return [name for name in fields.named_in(text) if name not in fields.NAMES]


def _coded(word: str) -> str:
    code = next((code for known, code in _SPOKEN.items() if known.lower() == word.strip().lower()), "")
    return f"{{{{{code}}}}}" if code else ""


# --- The rule ---------------------------------------------------------------------------------------

# With and without a membership: everyone, said in the rule language, in which nothing means nobody.
EVERYONE: Rule = {
    "any": [
        {"field": "membership_valid", "op": "is", "value": True},
        {"field": "membership_valid", "op": "is", "value": False},
    ]
}


def is_everyone(rule: Rule) -> bool:
    return rule == EVERYONE


def leaves(rule: Rule) -> list[Rule]:
    """The rules of a newsletter, one sentence each."""
    if is_everyone(rule):
        return []
    return list(rule.get("all") or rule.get("any") or [])


def joins_by(rule: Rule) -> str:
    """`all`: every rule must hold; `any`: one is enough."""
    return "any" if "any" in rule and not is_everyone(rule) else "all"


def of_leaves(found: Sequence[Rule], *, joined_by: str) -> Rule:
    """The rule of these sentences; without a sentence everyone is meant."""
    return {joined_by: list(found)} if found else EVERYONE


# --- What is sent -----------------------------------------------------------------------------------


def content(campaign: Campaign) -> dict[str, Any]:
    """What the press makes a mail of."""
    return {
        "subject": campaign.subject,
        "preheader": campaign.preheader,
        "reason": _REASON,
        "blocks": campaign.blocks,
    }
