"""J5: we missed you."""

from datetime import date, timedelta

import pytest

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library
from journeys.models import JourneyEntry
from members.models import ActivityKind as Kind
from members.models import ActivitySummary, Contact, Membership
from tests.journeys.play import Play
from tests.journeys.test_ebooks import refold

Exit = JourneyEntry.Exit


@pytest.fixture
def play(zottegem: Library) -> Play:
    play = Play(zottegem)
    play.switch_on("missed_you")
    return play


def away(play: Play, days: int, **fields: object) -> Contact:
    """Somebody whose last activity is so many days before day 0."""
    noor = play.person(wants=["newsletter"], **fields)  # type: ignore[arg-type]
    with acting_for(play.library.pk):
        ActivitySummary.objects.create(contact=noor, last_active_on=play.day - timedelta(days=days))
    return noor


@pytest.mark.parametrize(("days", "first_day"), [(364, 1), (365, 0), (366, None)])
def test_a_year_to_the_day(play: Play, days: int, first_day: int | None) -> None:
    noor = away(play, days)

    play.through(range(4))

    assert play.mails(noor) == ([] if first_day is None else [("missed_general", first_day)])


def test_a_day_that_was_missed_is_made_up(play: Play) -> None:
    noor = away(play, 363)
    play.tick(0)

    play.tick(5)

    assert play.mails(noor) == [("missed_general", 5)]


def test_once_per_time_away(play: Play) -> None:
    noor = away(play, 365)

    play.through(range(60))

    assert play.mails(noor) == [("missed_general", 0)]


def test_who_comes_back_is_not_missed_any_more(play: Play) -> None:
    noor = away(play, 365)
    play.tick(0)
    with acting_for(play.library.pk):
        ActivitySummary.objects.filter(contact=noor).update(last_active_on=play.day + timedelta(days=5))
    play.note(noor)

    play.through(range(6, 30))

    assert play.entry(noor).exit_reason == Exit.GOAL


def test_who_renews_is_not_missed_any_more(play: Play) -> None:
    noor = away(play, 365)
    play.tick(0)
    play.did(noor, Kind.MEMBERSHIP_RENEWED, 4)

    play.through(range(5, 8))

    assert play.entry(noor).exit_reason == Exit.GOAL


@pytest.mark.parametrize(
    ("keeps", "uses", "loans", "mail"),
    [
        (True, ["use_loan_history"], 3, "missed_history"),
        (True, ["use_loan_history"], 2, "missed_general"),
        (True, [], 3, "missed_general"),
        (False, ["use_loan_history"], 3, "missed_general"),
    ],
)
def test_tips_from_history_only_for_who_allows_it_twice(
    play: Play, keeps: bool, uses: list[str], loans: int, mail: str
) -> None:
    noor = play.person(wants=["newsletter"], uses=uses)
    with acting_for(play.library.pk):
        Membership.objects.filter(contact=noor).update(keeps_loan_history=keeps)
    for number in range(loans):
        play.did(noor, Kind.LOAN, -365 - number)
    with acting_for(play.library.pk):
        refold()

    play.tick(0)

    assert play.mails(noor) == [(mail, 0)]


@pytest.mark.parametrize(("age", "mails"), [(17, 0), (18, 1)])
def test_from_eighteen_on(play: Play, age: int, mails: int) -> None:
    noor = away(play, 365, age=age)

    play.tick(0)

    assert len(play.mails(noor)) == mails


def test_who_still_owes_something_gets_no_cheerful_mail(play: Play) -> None:
    noor = away(play, 365)
    with acting_for(play.library.pk):
        Membership.objects.filter(contact=noor).update(status="Betalingsachterstand")

    play.tick(0)

    assert play.entries_count() == 0


def test_who_wants_no_mail_is_counted_and_left_alone(play: Play) -> None:
    noor = play.person()
    with acting_for(play.library.pk):
        ActivitySummary.objects.create(contact=noor, last_active_on=play.day - timedelta(days=365))

    play.tick(0)

    assert play.tally("missed_you") == {"met": 1, "no_consent": 1}


@pytest.mark.parametrize(("is_valid", "side", "mails"), [(True, "valid", 1), (False, "expired", 2)])
def test_a_second_mail_about_the_membership_where_it_ended(
    zottegem: Library, is_valid: bool, side: str, mails: int
) -> None:
    play = Play(zottegem)
    play.switch_on("missed_you", combine_membership_in_m1=False)
    noor = away(play, 365)
    if not is_valid:
        with acting_for(play.library.pk):
            Membership.objects.filter(contact=noor).update(expires_on=date(2026, 6, 1))

    play.through(range(60))

    assert (play.sides("valid"), len(play.mails(noor))) == ([side], mails)
    assert play.entry(noor).exit_reason == Exit.COMPLETED


def test_with_everything_in_one_mail_there_is_no_second(play: Play) -> None:
    noor = away(play, 365)
    with acting_for(play.library.pk):
        Membership.objects.filter(contact=noor).update(expires_on=date(2026, 6, 1))

    play.through(range(60))

    assert (play.sides("valid"), len(play.mails(noor))) == (["expired"], 1)


def test_a_leap_day_is_a_day(zottegem: Library) -> None:
    play = Play(zottegem, day=date(2029, 2, 27))
    play.switch_on("missed_you")
    noor = away(play, 364)  # 29 February 2028 was one of them

    play.through(range(3))

    assert play.mails(noor) == [("missed_general", 1)]
