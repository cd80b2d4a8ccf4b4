"""When a library's journeys are rung for, and when not."""

from datetime import time, timedelta

import pytest

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library
from journeys import actions
from journeys.engine import tick
from journeys.models import Journey
from members.models import ActivityKind, ActivitySummary
from tests.journeys.play import Play


@pytest.fixture
def play(zottegem: Library) -> Play:
    """J5 is on, and was looked at this morning."""
    play = Play(zottegem)
    play.switch_on("missed_you")
    play.tick(0)
    return play


def is_due(play: Play, days: int, clock: time = time(10)) -> bool:
    with acting_for(play.library.pk):
        return tick.is_due(at=play.on(days, clock))


def missed(play: Play) -> None:
    """Somebody who gets a first mail today, and waits three weeks from then on."""
    noor = play.person(wants=["newsletter"])
    with acting_for(play.library.pk):
        ActivitySummary.objects.create(contact=noor, last_active_on=play.day - timedelta(days=364))
    play.tick(1)


def test_a_library_without_journeys_is_left_alone(zottegem: Library) -> None:
    assert not is_due(Play(zottegem), 0)


def test_the_same_day_without_news_is_left_alone(play: Play) -> None:
    assert not is_due(play, 0, time(23, 59))


def test_a_new_day_rings_at_midnight(play: Play) -> None:
    assert is_due(play, 1, time(0))


def test_news_of_a_person_rings(play: Play) -> None:
    noor = play.person()

    play.note(noor)

    assert is_due(play, 0)


def test_a_fresh_activity_rings(play: Play) -> None:
    play.did(play.person(), ActivityKind.LOAN, 0, time(8))

    assert is_due(play, 0)


def test_who_waits_does_not_ring(play: Play) -> None:
    missed(play)

    assert not is_due(play, 1, time(23))


def test_who_is_due_on_a_paused_journey_does_not_ring(play: Play) -> None:
    missed(play)
    with acting_for(play.library.pk):
        journey = Journey.objects.get()
        actions.pause(journey_id=journey.pk, by=None, at=play.on(1, time(11)))

    play.tick(30)

    assert not is_due(play, 30)


def test_a_second_look_of_the_same_day_lets_in_who_there_is_news_about(play: Play) -> None:
    play.switch_on("welcome")
    play.tick(0)
    noor = play.person(wants=["newsletter"])
    play.did(noor, ActivityKind.MEMBERSHIP_CREATED, 0, time(10))

    play.tick(0, time(11))

    assert play.mails(noor)
