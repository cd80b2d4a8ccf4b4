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


class Panel(NamedTuple):
    """A card beside the timeline: a template, and what it is shown with."""

    order: int
    template: str
    context: Callable[[Contact, datetime], dict[str, Any]]


MomentsOf = Callable[[Contact], Sequence[Moment]]

_panels: list[Panel] = []
_timelines: list[MomentsOf] = []


def register_panel(panel: Panel) -> None:
    _panels.append(panel)
    _panels.sort(key=lambda known: known.order)


def register_timeline(moments_of: MomentsOf) -> None:
    _timelines.append(moments_of)


def panels_of(contact: Contact, *, at: datetime) -> list[tuple[str, dict[str, Any]]]:
    """Templates with their contexts, in order."""
    return [(panel.template, panel.context(contact, at)) for panel in _panels]


def moments_of(contact: Contact) -> list[Moment]:
    """Everything the apps tell about this person, newest first."""
    moments = [moment for timeline in _timelines for moment in timeline(contact)]
    return sorted(moments, key=lambda moment: moment.at, reverse=True)
