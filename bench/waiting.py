"""P3: the same due steps while few or a hundred times as many entries wait; and what an idle library costs."""

import statistics
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

from bench import crowd
from bench.figure import Figure
from bench.tools import a_library, timed
from bench.walk import AT, STEP, STEPS_A_PERSON, TABLES, a_journey, tick_of
from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library
from journeys import actions, recipes
from journeys.engine import tick

# Steps that are due, and entries that wait in the quiet library.
_SIZES = {"ci": (1_000, 1_000), "demo": (5_000, 5_000), "network": (5_000, 20_000)}
_TIMES = 100
_REPEATS = 9
_IDLE_REPEATS = 60


def measure(folder: Path, *, set_name: str, seed: int) -> Iterator[Figure]:
    """A tick with the same people due, by turns; then ticks and bells with nothing to do."""
    steps, few = _SIZES[set_name]
    people = round(steps / STEPS_A_PERSON / 3) * 3
    stages = []
    for slug, count in (("rustig", few), ("druk", few * _TIMES)):
        library = a_library(slug)
        journey = a_journey(library)
        sizes = [people] * _REPEATS
        *groups, waiting = crowd.people(library, sum(sizes) + count, at=AT).split(*sizes, count)
        crowd.entries(journey, waiting, step=STEP, due_at=AT + timedelta(days=10))
        _switch_all_on(library)
        stages.append((journey, iter(groups), list[float]()))
        tick.tick(library_id=library.pk, at=AT)
    for turn in range(_REPEATS):
        at = AT + timedelta(minutes=turn + 1)
        for journey, group, seconds in stages:
            crowd.entries(journey, next(group), step=STEP, due_at=at - timedelta(hours=1))
            crowd.settle(TABLES)
            with timed() as watch:
                walked = tick_of(journey, at)
            assert walked >= people * 3
            seconds.append(watch.seconds)
    quiet, busy = (statistics.median(seconds) for _journey, _groups, seconds in stages)
    yield Figure(
        name="P3",
        ratio=busy / quiet,
        target=2,
        more_is_better=False,
        peer=f"{few}waiting:{quiet * 1000:.0f}ms",
        note=f"{steps} steps due, five journeys live; {few * _TIMES} waiting: {busy * 1000:.0f} ms",
    )
    crowd.settle(TABLES)
    yield from _idle(library, few * _TIMES)


def _idle(library: Library, waiting: int) -> Iterator[Figure]:
    """Milliseconds, beside those of a transaction that does nothing: the only figures that are no ratios."""
    at = AT + timedelta(hours=1)
    tick.tick(library_id=library.pk, at=at)

    def nothing() -> None:
        with acting_for(library.pk):
            pass

    def bell() -> None:
        with acting_for(library.pk):
            assert not tick.is_due(at=at)

    floor, asked, ticked = (
        _milliseconds(what) for what in (nothing, bell, lambda: tick.tick(library_id=library.pk, at=at))
    )
    for name, found, target, what in (
        ("P3idle", asked, 3, "what a library without anything to do costs a minute"),
        ("P3tick", ticked, None, "a tick that finds nothing to do, which nobody rings for"),
    ):
        yield Figure(
            name=name,
            ratio=found,
            target=target,
            more_is_better=False,
            floor=f"empty_transaction:{floor:.2f}ms",
            note=f"milliseconds, no ratio: {what}; {waiting} entries wait in five journeys",
        )


def _milliseconds(work: Callable[[], object]) -> float:
    """The lower quartile: so short a thing is easily held up by others."""
    seconds = []
    for _ in range(_IDLE_REPEATS):
        with timed() as watch:
            work()
        seconds.append(watch.seconds)
    return statistics.quantiles(seconds, n=4)[0] * 1000


def _switch_all_on(library: Library) -> None:
    with acting_for(library.pk):
        for code in recipes.ORDER:
            if code != "missed_you":
                actions.activate(code=code, settings={}, by=None, at=AT - timedelta(days=30))
