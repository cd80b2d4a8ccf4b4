"""One tick: hear what is new, let people out and in, then walk everyone who is due (decision D12).

Safe to run twice, late, or twice at once: what was heard is heard, a key makes a second message impossible,
and a missed tick is made up by the next, which looks at the whole time in between.
"""

from collections.abc import Mapping, Set
from datetime import datetime, time, timedelta
from typing import NamedTuple

from django.db import connection
from django.utils import timezone

from bibmail.tenancy import acting_for, current_library_id
from campaigns.delivery import faults
from campaigns.delivery.windows import BRUSSELS
from journeys import definition as definitions
from journeys.definition import Definition
from journeys.engine import entries, exits, news, steps
from journeys.engine.triggers import Stretch
from journeys.models import Journey, JourneyClock, JourneyVersion

AT_ONCE = 5_000
# A journey has no way back, so nobody takes more steps than it has.
_MOST_ROUNDS = 10_000

# One statement, for every library hears it every minute.
_IS_DUE = """
    SELECT EXISTS (SELECT FROM members_activity WHERE is_pending AND occurred_at <= %(at)s)
           OR EXISTS (SELECT FROM members_contactchange)
           OR EXISTS (SELECT FROM journeys_journey WHERE state = 'live')
              AND NOT EXISTS (SELECT FROM journeys_journeyclock WHERE last_tick_at >= %(today)s)
           OR EXISTS (SELECT FROM journeys_journeyentry AS e
                        JOIN journeys_journey AS j ON j.id = e.journey_id AND j.state = 'live'
                       WHERE e.state = 'active' AND e.due_at <= %(at)s)
"""

_ONE_AT_A_TIME = "SELECT pg_try_advisory_xact_lock(hashtext('journeys'), %(library_id)s::int)"


class Ticked(NamedTuple):
    """What a tick did."""

    activities: int
    steps: int


def tick(*, library_id: int, at: datetime) -> Ticked | None:
    """Move this library's journeys to `at`; None when another tick is at it."""
    with acting_for(library_id):
        if not _my_turn():
            return None
        heard = _look(at)
    faults.point("after_look")
    walked = 0
    for _ in range(_MOST_ROUNDS):
        with acting_for(library_id):
            if not _my_turn() or not (people := _walk(at)):
                break
            walked += people
        faults.point("after_walk")
    return Ticked(heard, walked)


def is_due(*, at: datetime) -> bool:
    """Whether a tick has anything to do here: news, somebody due, or a new day for the thresholds."""
    today = datetime.combine(timezone.localdate(at, BRUSSELS), time(), tzinfo=BRUSSELS)
    with connection.cursor() as cursor:
        cursor.execute(_IS_DUE, {"at": at, "today": today})
        return bool(cursor.fetchone()[0])


def _my_turn() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_ONE_AT_A_TIME, {"library_id": current_library_id()})
        return bool(cursor.fetchone()[0])


def _look(at: datetime) -> int:
    """Hear the news and let people out and in, for all journeys in one transaction."""
    heard = news.hear(at=at)
    # The first look of a library sees all of today.
    clock, _made = JourneyClock.objects.get_or_create(defaults={"last_tick_at": at - timedelta(days=1)})
    if at < clock.last_tick_at:
        # The clock was set back; what lies between was looked at before.
        return heard.activities
    today = timezone.localdate(at, BRUSSELS)
    journeys = list(Journey.objects.exclude(version=None).order_by("pk"))
    published = _published({journey.version_id for journey in journeys if journey.version_id})
    for journey in journeys:
        definition = published[journey.version_id or 0].definition
        if heard.people:
            exits.let_out(journey, definition, at=at, today=today)
        if journey.state == Journey.State.LIVE:
            stretch = Stretch(clock.last_tick_at, at, journey.activated_at or at, is_live=True)
            if heard.people or stretch.is_of_new_day:
                entries.let_in(journey, definition, stretch)
    clock.last_tick_at = at
    clock.save(update_fields=["last_tick_at"])
    return heard.activities


def _walk(at: datetime) -> int:
    """Let a number of due entries walk until they wait or leave; returns how many steps that were."""
    if not steps.claim(AT_ONCE, at=at):
        return 0
    walked = 0
    for _ in range(_MOST_ROUNDS):
        groups = steps.groups()
        if not groups:
            break
        published = _published({group.version_id for group in groups})
        for group in groups:
            version = published[group.version_id]
            steps.do(group, version.definition, version.number, at=at)
        walked += sum(group.people for group in groups)
    steps.put_down(at=at)
    return walked


class _Published(NamedTuple):
    """A version as the engine needs it."""

    number: int
    definition: Definition


_read: dict[int, _Published] = {}


def forget_versions() -> None:
    """For who empties the database under a living process, and gives its numbers out again: the tests."""
    _read.clear()


def _published(ids: Set[int]) -> Mapping[int, _Published]:
    """These versions, and others read before: one never changes, and with all its texts it is long to read."""
    for version in JourneyVersion.objects.filter(pk__in=ids - _read.keys()) if ids - _read.keys() else ():
        _read[version.pk] = _Published(version.number, definitions.read(version.definition))
    return _read
