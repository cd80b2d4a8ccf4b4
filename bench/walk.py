"""P1: a tick with many due steps, against the same steps by the ORM, one by one and in bulk."""

import statistics
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bench import crowd
from bench.crowd import Crowd
from bench.figure import Figure
from bench.peers import walks
from bench.tools import a_library, timed
from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library
from journeys import actions, definition
from journeys.engine import tick
from journeys.models import Journey

Walk = Callable[[Journey, datetime], int]

AT = datetime(2026, 11, 20, 10, tzinfo=ZoneInfo("Europe/Brussels"))
# From here on: the wait is over, a split, and for two in three a mail and the next wait.
STEP = "three_weeks"

TABLES = (
    "members_contact", "members_membership", "members_activitysummary", "consent_consent", "journeys_journeyentry",
    "journeys_stepevent", "journeys_messagecause", "campaigns_message",
)  # fmt: skip

_STEPS = {"ci": 5_000, "demo": 20_000, "network": 100_000}
_SAMPLE = {"bulk": 600, "single": 120}
_REPEATS = 3
# Four steps for who gets the mail, three for who is still a member.
STEPS_A_PERSON = 11 / 3


def measure(folder: Path, *, set_name: str, seed: int) -> Iterator[Figure]:
    """Steps per second, the tick as a whole against both peers, by turns."""
    size = round(_STEPS[set_name] / STEPS_A_PERSON / 3) * 3
    library = a_library("wandeling")
    journey = a_journey(library)
    ours: list[float] = []
    bulk: list[float] = []
    single: list[float] = []
    turn = (
        (ours, size, tick_of),
        (bulk, _SAMPLE["bulk"], _peer(walks.in_lists)),
        (ours, size, tick_of),
        (single, _SAMPLE["single"], _peer(walks.one_by_one)),
    )
    sizes = [count for _seconds, count, _walk in turn] * _REPEATS
    groups = iter(crowd.people(library, sum(sizes) + size, at=AT).split(size, *sizes))
    # Once for nothing: the day is looked at, and the ledger is not empty, as nowhere else.
    _seconds_a_step(journey, next(groups), tick_of, at=AT)
    for number in range(_REPEATS):
        for seconds, _count, walk in turn:
            at = AT + timedelta(minutes=number + 1)
            seconds.append(_seconds_a_step(journey, next(groups), walk, at=at))
    us, bulked, one = (statistics.median(times) for times in (ours, bulk, single))
    note = (
        f"{_STEPS[set_name]} steps due, ours {1 / us:.0f} steps/s with the look;"
        f" peers timed on {_SAMPLE['single']} and {_SAMPLE['bulk']} people"
    )
    yield Figure(name="P1", ratio=one / us, target=60, peer=f"orm_loop:{1 / one:.0f}steps/s", note=note)
    yield Figure(
        name="P1b", ratio=bulked / us, target=15, peer=f"orm_bulk:{1 / bulked:.0f}steps/s", note=note
    )


def a_journey(library: Library) -> Journey:
    """J5 with its second mail, switched on a month before."""
    with acting_for(library.pk):
        settings = {"combine_membership_in_m1": False}
        return actions.activate(code="missed_you", settings=settings, by=None, at=AT - timedelta(days=30))


def _seconds_a_step(journey: Journey, group: Crowd, walk: Walk, *, at: datetime) -> float:
    crowd.entries(journey, group, step=STEP, due_at=at - timedelta(hours=1))
    crowd.settle(TABLES)
    with timed() as watch:
        steps = walk(journey, at)
    assert abs(steps - group.size * STEPS_A_PERSON) < 2, (steps, group.size)
    return watch.seconds / steps


def tick_of(journey: Journey, at: datetime) -> int:
    assert journey.library_id
    done = tick.tick(library_id=journey.library_id, at=at)
    assert done
    return done.steps


def _peer(walk: Callable[..., int]) -> Walk:
    def walked(journey: Journey, at: datetime) -> int:
        assert journey.version
        return walk(journey.library, journey.version, definition.read(journey.version.definition), at=at)

    return walked
