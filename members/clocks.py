"""How long each kind of data is kept, how much there is, and what the next night will delete. A registry (D10)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise


@dataclass(frozen=True, kw_only=True)
class Clock:
    """One class of data with its retention; `figures(tonight)` counts the rows we have and those that will go."""

    label: str | Promise
    kept: str | Promise
    # Why so long: the article or the source's own rule.
    because: str | Promise
    figures: Callable[[datetime], tuple[int, int]]


@dataclass(frozen=True)
class Standing:
    """A clock as the page shows it."""

    clock: Clock
    held_count: int
    due_count: int


_clocks: dict[str, Clock] = {}


def register(code: str, clock: Clock) -> None:
    """Called from AppConfig.ready() of the app that deletes."""
    _clocks[code] = clock


def standings(*, tonight: datetime) -> list[Standing]:
    """Every clock, in order of registration, with what the coming night will delete."""
    return [Standing(clock, *clock.figures(tonight)) for clock in _clocks.values()]
