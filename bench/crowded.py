"""P2: the same due steps in a small library and in one with a hundred times as many people."""

import statistics
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from bench import crowd
from bench.figure import Figure
from bench.tools import a_library, timed
from bench.walk import AT, STEP, STEPS_A_PERSON, TABLES, a_journey, tick_of

# Steps that are due, and people in the small library.
_SIZES = {"ci": (1_000, 2_500), "demo": (5_000, 12_500), "network": (5_000, 14_000)}
_TIMES = 100
_REPEATS = 9


def measure(folder: Path, *, set_name: str, seed: int) -> Iterator[Figure]:
    """A tick in the middle of a day, by turns; then the first one of a day, which looks at thresholds."""
    steps, small = _SIZES[set_name]
    size = small // _REPEATS
    people = round(steps / STEPS_A_PERSON / 3) * 3
    assert people <= size
    stages = []
    for slug, count in (("klein", small), ("groot", small * _TIMES)):
        library = a_library(slug)
        journey = a_journey(library)
        groups = iter(crowd.people(library, count, at=AT).split(*[people] * _REPEATS))
        stages.append((journey, groups, list[float](), list[float]()))
    for turn in range(_REPEATS):
        at = AT + timedelta(days=turn)
        for journey, groups, first, due in stages:
            crowd.settle(TABLES)
            with timed() as watch:
                tick_of(journey, at - timedelta(hours=3))
            first.append(watch.seconds)
            crowd.entries(journey, next(groups), step=STEP, due_at=at - timedelta(hours=1))
            crowd.settle(TABLES[-4:])
            with timed() as watch:
                walked = tick_of(journey, at)
            assert walked >= people * 3
            due.append(watch.seconds)
    (_few, _, few_first, few_due), (_many, _, many_first, many_due) = stages
    few, many = statistics.median(few_due), statistics.median(many_due)
    yield Figure(
        name="P2",
        ratio=many / few,
        target=1.2,
        more_is_better=False,
        peer=f"{small}people:{few * 1000:.0f}ms",
        note=f"{steps} steps due; {small * _TIMES} people: {many * 1000:.0f} ms",
    )
    few, many = statistics.median(few_first), statistics.median(many_first)
    yield Figure(
        name="P2day",
        ratio=many / few,
        more_is_better=False,
        peer=f"{small}people:{few * 1000:.0f}ms",
        note=f"nobody due, the first look of a day; {small * _TIMES} people: {many * 1000:.0f} ms",
    )
