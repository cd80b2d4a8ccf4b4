"""What higher floors add to a person's page: cards at the side and moments in the timeline (decision D10).

The page cannot import them; they register here from `AppConfig.ready()`.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from members.models import Contact


class Moment(NamedTuple):
    """One line of the timeline. tone: "" | "yes" (they got it) | "did" | "not"."""

    at: datetime
    icon: str
    title: str
    text: str = ""
    tone: str = ""
    # A day without a time of day, as most sources give.
    is_whole_day: bool = False


class Part(NamedTuple):
    """What one app adds: moments, and a card with what its template is shown with (or no card)."""

    moments: Sequence[Moment]
    template: str = ""
    panel: dict[str, Any] | None = None


PartOf = Callable[[Contact, datetime], Part]

_parts: dict[PartOf, int] = {}


def register(order: int, part_of: PartOf) -> None:
    """`part_of(contact, at)` is asked once per page; cards stand in this order."""
    _parts[part_of] = order


def parts_of(contact: Contact, *, at: datetime) -> list[Part]:
    return [part_of(contact, at) for part_of in sorted(_parts, key=_parts.__getitem__)]


def moments_of(parts: Sequence[Part]) -> list[Moment]:
    """Everything the apps tell about this person, newest first."""
    moments = [moment for part in parts for moment in part.moments]
    return sorted(moments, key=lambda moment: moment.at, reverse=True)
