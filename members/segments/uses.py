"""Where segments are used; apps above tell by registering."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _

from members.models import Segment
from members.segments import inside


class Use(NamedTuple):
    """Something that names a segment: what it is, what it is called, and its page by name and number."""

    segment_id: int
    kind: str
    name: str
    page: str
    number: int


Tell = Callable[[], Sequence[Use]]
_tellers: list[Tell] = []


def register(tell: Tell) -> None:
    """`tell` gives every use in the library we act for, in one query."""
    _tellers.append(tell)


def all_uses() -> list[Use]:
    """Every use of every segment."""
    return [use for tell in (_by_segments, *_tellers) for use in tell()]


def _by_segments() -> list[Use]:
    found = Segment.objects.in_use().order_by("name")
    return [
        Use(named, _("Doelgroep"), segment.name, "segment", segment.pk)
        for segment in found
        for named in sorted(inside.named_in(segment.rule) | inside.named_in(segment.draft or {}))
    ]
