"""J3: reading with small children."""

from datetime import date, time, timedelta

import pytest

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library
from campaigns.models import LibraryEvent, Message
from members.models import ActivityKind as Kind
from members.models import Contact
from tests.journeys.play import Play


@pytest.fixture
def play(zottegem: Library) -> Play:
    play = Play(zottegem)
    play.switch_on("reading_with_children")
    return play


def parent(play: Play, *ages: int, **fields: object) -> Contact:
    adult = play.person(wants=["family"], uses=["use_linked_children"], **fields)  # type: ignore[arg-type]
    play.household(adult, *(play.person(age=age, email_norm="") for age in ages))
    return adult


def a_story_time(play: Play, days: int, **fields: object) -> None:
    with acting_for(play.library.pk):
        LibraryEvent.objects.create(
            code=f"e{days}",
            name="Voorleesuurtje",
            kind="voorleesuurtje",
            starts_at=play.on(days, time(14)),
            min_age=3,
            max_age=6,
            **fields,
        )


@pytest.mark.parametrize(("age", "side"), [(1, "0-2"), (5, "3-5"), (8, "6-8"), (11, "9-11")])
def test_a_mail_for_the_age_of_the_child(play: Play, age: int, side: str) -> None:
    noor = parent(play, age)
    play.did(noor, Kind.CHILD_LINKED, 0, time(0))

    play.through(range(4))

    assert (play.mails(noor), play.sides("bands")) == ([("children_start", 2)], [side])


@pytest.mark.parametrize("age", [12, 15])
def test_an_older_child_brings_no_mail(play: Play, age: int) -> None:
    noor = parent(play, age)
    play.did(noor, Kind.CHILD_LINKED, 0, time(0))

    play.through(range(4))

    assert play.entries_count() == 0


def test_children_linked_two_days_in_a_row_are_one_mail_with_both_ages(play: Play) -> None:
    noor = parent(play, 4, 7)
    play.did(noor, Kind.CHILD_LINKED, 0, time(0))
    play.tick(0)
    play.did(noor, Kind.CHILD_LINKED, 1, time(0))

    play.through(range(1, 5))

    assert (play.mails(noor), play.sides("bands")) == ([("children_start", 2)], ["several"])
    with acting_for(play.library.pk):
        assert Message.objects.get().facts == {"child_bands": ["3-5", "6-8"]}


def test_three_weeks_later_a_story_time_that_fits(play: Play) -> None:
    noor = parent(play, 4)
    play.did(noor, Kind.CHILD_LINKED, 0, time(0))
    a_story_time(play, 40)

    play.through(range(26))

    assert play.mails(noor) == [("children_start", 2), ("children_story_time", 23)]


@pytest.mark.parametrize(
    ("age", "days", "fields"), [(9, 40, {}), (4, 60, {}), (4, 40, {"status": "full"}), (4, 20, {})]
)
def test_no_invitation_without_a_story_time_that_fits(
    play: Play, age: int, days: int, fields: dict[str, str]
) -> None:
    noor = parent(play, age)
    play.did(noor, Kind.CHILD_LINKED, 0, time(0))
    a_story_time(play, days, **fields)

    play.through(range(26))

    assert (play.mails(noor), play.sides("story_time")) == ([("children_start", 2)], ["no"])


def test_a_child_that_becomes_three_brings_its_parent_in(zottegem: Library) -> None:
    play = Play(zottegem)
    noor = play.person(wants=["family"], uses=["use_linked_children"])
    born = date(2023, 12, 5)
    child = play.person(age=None, email_norm="", date_of_birth=born)
    play.household(noor, child)
    play.switch_on("reading_with_children")

    play.through(range(8))

    assert play.mails(noor) == [("children_start", 6)]
    assert play.entry(noor).entered_at.date() == date(2026, 12, 5)


def test_without_the_data_use_the_age_of_children_counts_for_nothing(play: Play) -> None:
    noor = play.person(wants=["family"])
    play.household(noor, play.person(age=4, email_norm=""))
    play.did(noor, Kind.CHILD_LINKED, 0, time(0))

    play.through(range(4))

    assert play.entries_count() == 0
    assert play.tally("reading_with_children") == {"met": 1, "no_data_use": 1}


def test_at_most_once_a_year(play: Play) -> None:
    noor = parent(play, 4)
    play.did(noor, Kind.CHILD_LINKED, 0, time(0))
    play.through(range(30))
    play.did(noor, Kind.CHILD_LINKED, 100, time(0))

    play.through(range(100, 105))

    assert play.mails(noor) == [("children_start", 2)]


def test_a_parent_of_unknown_age_is_a_parent(play: Play) -> None:
    noor = parent(play, 4, age=None)
    play.did(noor, Kind.CHILD_LINKED, 0, time(0))

    play.through(range(4))

    assert play.mails(noor) == [("children_start", 2)]


def test_a_day_has_24_hours_here_however_the_clock_moves(zottegem: Library) -> None:
    play = Play(zottegem, day=date(2026, 10, 24))  # winter time begins on 25 October 2026
    play.switch_on("reading_with_children")
    noor = parent(play, 4)
    play.did(noor, Kind.CHILD_LINKED, 0, time(0))
    play.tick(0)

    play.tick(1, time(23, 59))
    before = play.mails(noor)
    play.tick(2, time(8, 1))

    assert (before, play.mails(noor)) == ([], [("children_start", 2)])
    assert timedelta(days=2) < play.on(2, time(0, 1)) - play.on(0, time(0))
