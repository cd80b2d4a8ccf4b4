"""Filling in: a compiled text is split at its slots once, and joined for each person."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from html import escape
from typing import NamedTuple

SLOT = re.compile(r"\[\[([a-z_.]+(?::\d+)?)\]\]")


class Rendered(NamedTuple):
    """A mail for one person, ready to go."""

    subject: str
    html: str
    text: str


@lru_cache(maxsize=64)
def _pieces(template: str) -> Sequence[str]:
    """What stands at an odd place is the name of a slot."""
    return SLOT.split(template)


def fill(template: str, slots: Mapping[str, str], *, is_html: bool = False) -> str:
    """The template with these values, escaped in HTML; KeyError when a slot has none, since a hole would be seen.

    What a value holds is never looked at again, so nobody's name can open a slot.
    """
    pieces = _pieces(template)
    names = pieces[1::2]
    values = {name: escape(slots[name]) if is_html else slots[name] for name in set(names)}
    filled = list(pieces)
    filled[1::2] = [values[name] for name in names]
    return "".join(filled)
