"""J1: from the opening hours to what one can do at home, in three mails."""

from datetime import date, time, timedelta

import pytest

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library
from campaigns.models import Message
from journeys.models import JourneyEntry
from members.models import ActivityKind as Kind
from members.models import Membership
from tests.journeys.play import Play


@pytest.fixture
def play(zottegem: Library) -> Play:
    play = Play(zottegem)
    play.switch_on("welcome", welcome_series_as_service=True)
    return play


def test_a_new_member_gets_three_mails_on_day_0_7_and_21(play: Play) -> None:
    noor = play.person()
    play.did(noor, Kind.MEMBERSHIP_CREATED, 0, time(0))

    play.through(range(30))

    assert play.mails(noor) == [("welcome_hours", 0), ("welcome_new", 7), ("welcome_digital", 21)]
    assert play.entry(noor).exit_reason == JourneyEntry.Exit.COMPLETED


def test_day_six_is_too_early_and_day_seven_is_not(play: Play) -> None:
    noor = play.person()
    play.did(noor, Kind.MEMBERSHIP_CREATED, 0, time(0))
    play.tick(0)

    play.tick(6, time(23, 59))
    before = play.mails(noor)
    play.tick(7, time(8, 1))

    assert before == [("welcome_hours", 0)]
    assert play.mails(noor) == [("welcome_hours", 0), ("welcome_new", 7)]


def test_counted_from_the_mail_before_the_third_comes_on_day_28(zottegem: Library) -> None:
    play = Play(zottegem)
    play.switch_on("welcome", anchor="previous", welcome_series_as_service=True)
    noor = play.person()
    play.did(noor, Kind.MEMBERSHIP_CREATED, 0, time(0))

    play.through(range(30))

    assert play.mails(noor) == [("welcome_hours", 0), ("welcome_new", 7), ("welcome_digital", 28)]


def test_the_first_mail_waits_a_day_where_wise_sends_its_own(zottegem: Library) -> None:
    play = Play(zottegem)
    play.switch_on("welcome", wise_welcome_mail_on=True)
    noor = play.person()
    play.did(noor, Kind.MEMBERSHIP_CREATED, 0, time(0))

    play.through(range(3))

    assert play.mails(noor) == [("welcome_hours", 1)]


def test_a_week_is_a_week_of_days_when_the_clock_changes(zottegem: Library) -> None:
    play = Play(zottegem, day=date(2027, 3, 24))  # summer time begins on 28 March 2027
    play.switch_on("welcome", welcome_series_as_service=True)
    noor = play.person()
    play.did(noor, Kind.MEMBERSHIP_CREATED, 0, time(0))
    play.tick(0)

    play.tick(6, time(23, 59))
    before = len(play.mails(noor))
    play.tick(7, time(8, 1))

    assert (before, play.mails(noor)[1:]) == (1, [("welcome_new", 7)])


def test_who_became_a_member_longer_ago_than_two_weeks_is_not_welcomed(play: Play) -> None:
    noor = play.person()
    play.did(noor, Kind.MEMBERSHIP_CREATED, 0, time(0))

    play.tick(15)

    assert play.mails() == []


def test_what_happened_before_the_journey_was_on_lets_nobody_in(zottegem: Library) -> None:
    play = Play(zottegem)
    noor = play.person()
    play.did(noor, Kind.MEMBERSHIP_CREATED, -1, time(0))
    play.switch_on("welcome")

    play.tick(0)

    assert play.entries_count() == 0


def test_who_comes_back_within_a_year_of_an_expiry_is_not_new(play: Play) -> None:
    noor = play.person()
    play.did(noor, Kind.MEMBERSHIP_CREATED, -600, time(0))
    play.did(noor, Kind.MEMBERSHIP_CREATED, 0, time(0))

    play.tick(0)

    assert play.entries_count() == 0


def test_two_siblings_are_one_mail_to_their_parent(play: Play) -> None:
    parent, lou, mila = play.person(), play.person(age=6, email_norm=""), play.person(age=9, email_norm="")
    play.household(parent, lou, mila)
    play.did(lou, Kind.MEMBERSHIP_CREATED, 0, time(0))
    play.did(mila, Kind.MEMBERSHIP_CREATED, 0, time(0))

    play.tick(0)

    assert play.mails() == [("welcome_hours_parent", 0)]
    assert play.mails(parent) == [("welcome_hours_parent", 0)]
    assert play.entries_count() == 2
    with acting_for(play.library.pk):
        assert Message.objects.get().facts["children_count"] == 2


def test_the_second_sibling_of_the_day_brings_no_second_mail(play: Play) -> None:
    parent, lou, mila = play.person(), play.person(age=6, email_norm=""), play.person(age=9, email_norm="")
    play.household(parent, lou, mila)
    play.did(lou, Kind.MEMBERSHIP_CREATED, 0, time(0))
    play.tick(0)
    play.did(mila, Kind.MEMBERSHIP_CREATED, 0, time(0))

    play.tick(0, time(15))

    assert play.mails() == [("welcome_hours_parent", 0)]


def test_a_child_under_13_is_never_mailed(play: Play) -> None:
    lou = play.person(age=12)
    play.did(lou, Kind.MEMBERSHIP_CREATED, 0, time(0))

    play.tick(0)

    assert play.mails() == []
    assert play.tally("welcome") == {"met": 1, "no_adult": 1}


def test_from_13_on_a_member_gets_the_mail_of_the_young(play: Play) -> None:
    sam = play.person(age=13)
    play.did(sam, Kind.MEMBERSHIP_CREATED, 0, time(0))

    play.tick(0)

    assert play.mails(sam) == [("welcome_hours_youth", 0)]


def test_who_has_no_address_is_counted_and_not_mailed(play: Play) -> None:
    noor = play.person(email_norm="")
    play.did(noor, Kind.MEMBERSHIP_CREATED, 0, time(0))

    play.tick(0)

    assert (play.mails(), play.tally("welcome")) == ([], {"met": 1, "no_address": 1})


def test_who_leaves_the_library_leaves_the_journey(play: Play) -> None:
    noor = play.person()
    play.did(noor, Kind.MEMBERSHIP_CREATED, 0, time(0))
    play.tick(0)
    with acting_for(play.library.pk):
        Membership.objects.filter(contact=noor).update(ended_because="Verhuisd")
    play.note(noor)

    play.through(range(1, 10))

    assert play.entry(noor).exit_reason == JourneyEntry.Exit.MEMBERSHIP_ENDED
    assert play.mails(noor) == [("welcome_hours", 0)]


def test_a_second_welcome_comes_only_after_two_years(play: Play) -> None:
    noor = play.person()
    play.did(noor, Kind.MEMBERSHIP_CREATED, 0, time(0))
    play.through(range(25))
    with acting_for(play.library.pk):
        Membership.objects.filter(contact=noor).update(expires_on=play.day + timedelta(days=2000))
    play.did(noor, Kind.MEMBERSHIP_CREATED, 729, time(0))
    play.tick(729)
    within = len(play.mails(noor))
    play.did(noor, Kind.MEMBERSHIP_CREATED, 1470, time(0))

    play.tick(1470)

    assert (within, len(play.mails(noor))) == (3, 4)


def test_a_tick_run_twice_does_everything_once(play: Play) -> None:
    noor = play.person()
    play.did(noor, Kind.MEMBERSHIP_CREATED, 0, time(0))

    play.tick(0)
    play.tick(0)

    assert play.mails(noor) == [("welcome_hours", 0)]


def test_a_missed_week_is_made_up_by_the_next_tick(play: Play) -> None:
    noor = play.person()
    play.did(noor, Kind.MEMBERSHIP_CREATED, 0, time(0))
    play.tick(0)

    play.tick(9)

    assert play.mails(noor) == [("welcome_hours", 0), ("welcome_new", 9)]


def test_a_mail_made_at_night_waits_for_the_window(play: Play) -> None:
    noor = play.person()
    play.did(noor, Kind.MEMBERSHIP_CREATED, 0, time(0))

    play.tick(0, time(2))

    with acting_for(play.library.pk):
        assert Message.objects.get().not_before == play.on(0, time(8))


def test_the_goal_is_noted_and_the_series_goes_on(play: Play) -> None:
    noor = play.person()
    play.did(noor, Kind.MEMBERSHIP_CREATED, 0, time(0))
    play.tick(0)
    play.did(noor, Kind.PROFILE_LOGIN, 2)

    play.through(range(3, 9))

    assert play.entry(noor).goal_at == play.on(2, time(20))
    assert play.mails(noor) == [("welcome_hours", 0), ("welcome_new", 7)]


def test_what_is_dated_later_than_now_is_heard_in_its_time(play: Play) -> None:
    noor = play.person()
    play.did(noor, Kind.MEMBERSHIP_CREATED, 0, time(15))

    play.tick(0, time(9))
    too_soon = play.mails(noor)
    play.tick(0, time(16))

    assert (too_soon, play.mails(noor)) == ([], [("welcome_hours", 0)])
