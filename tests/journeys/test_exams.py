"""J4: after the exams."""

from datetime import date, time

import pytest

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library
from campaigns.delivery.windows import BRUSSELS
from campaigns.models import Capability, LibraryPeriod, Message
from journeys.models import JourneyEntry
from members.models import ActivityKind as Kind
from members.models import Contact, Interest
from tests.journeys.play import Play
from tests.journeys.test_ebooks import refold

# The first session of higher education: 4 to 30 January 2027.
END = (date(2027, 1, 31) - date(2026, 12, 1)).days


@pytest.fixture
def play(zottegem: Library) -> Play:
    play = Play(zottegem)
    play.has("ebooks")
    play.switch_on("after_exams")
    return play


def student(
    play: Play, *, age: int = 20, times: int = 3, uses: tuple[str, ...] = ("use_seat_reservations",)
) -> Contact:
    noor = play.person(age=age, wants=["study"], uses=uses)
    for number in range(times):
        play.did(noor, Kind.SEAT_RESERVATION, 20 + number, time(10))
    with acting_for(play.library.pk):
        refold()
    return noor


def test_the_mail_leaves_the_day_after_the_exams(play: Play) -> None:
    noor = student(play)
    play.tick(25)

    play.tick(END - 1)
    before = play.mails(noor)
    play.tick(END)

    assert (before, play.mails(noor)) == ([], [("exams_over_ebook", END)])


def test_on_a_sunday_it_waits_for_monday_nine_o_clock(play: Play) -> None:
    student(play)
    play.tick(25)

    play.tick(END)

    with acting_for(play.library.pk):
        leaves = Message.objects.get().not_before.astimezone(BRUSSELS)
    assert (leaves.date(), leaves.time()) == (date(2027, 2, 1), time(9))


def test_two_times_is_not_enough(play: Play) -> None:
    student(play, times=2)

    play.tick(25)

    assert play.entries_count() == 0


def test_the_third_time_that_comes_later_is_enough(play: Play) -> None:
    noor = student(play, times=2)
    play.tick(25)
    play.did(noor, Kind.SEAT_RESERVATION, 40, time(10))
    with acting_for(play.library.pk):
        refold()

    play.tick(41)

    assert play.entries_count() == 1


def test_a_pupil_of_secondary_school_hears_after_their_own_exams(play: Play) -> None:
    sam = play.person(age=16, wants=["study"], uses=["use_seat_reservations"])
    for day in (2, 3, 4):
        play.did(sam, Kind.SEAT_RESERVATION, day, time(10))
    with acting_for(play.library.pk):
        refold()

    play.through(range(5, 20))

    assert play.mails(sam) == [("exams_over_ebook", 16)]  # exams to 16 December, so the 17th


@pytest.mark.parametrize(
    ("services", "side", "mail"),
    [
        (("ebooks", "cinebib"), "film_and_ebook", "exams_over_film_ebook"),
        (("ebooks",), "ebook", "exams_over_ebook"),
        (("cinebib",), "film", "exams_over_film"),
        ((), "none", None),
    ],
)
def test_the_mail_speaks_of_what_the_library_has(
    zottegem: Library, services: tuple[str, ...], side: str, mail: str | None
) -> None:
    play = Play(zottegem)
    play.has(*services)
    play.switch_on("after_exams")
    noor = student(play)
    play.tick(25)

    play.tick(END)

    assert play.sides("offer") == [side]
    assert [code for code, _day in play.mails(noor)] == ([mail] if mail else [])


def test_what_was_switched_off_meanwhile_counts_no_more(play: Play) -> None:
    noor = student(play)
    play.tick(25)
    with acting_for(play.library.pk):
        Capability.objects.update(is_active=False)

    play.tick(END)

    assert play.mails(noor) == []
    assert play.entry(noor).exit_reason == JourneyEntry.Exit.NOT_OFFERED


def test_who_says_they_come_to_study_needs_no_data_use(play: Play) -> None:
    noor = play.person(age=20, wants=["study"])
    with acting_for(play.library.pk):
        Interest.objects.create(contact=noor, code="studying", since=play.on(30), source="voorkeuren")
    play.note(noor)

    play.through([31, END])

    assert play.mails(noor) == [("exams_over_ebook", END)]


def test_reservations_count_for_nothing_without_the_data_use(play: Play) -> None:
    student(play, uses=())

    play.tick(25)

    assert play.tally("after_exams") == {"met": 1, "no_data_use": 1}


@pytest.mark.parametrize(("age", "entries"), [(15, 0), (16, 1), (30, 1), (31, 0)])
def test_between_sixteen_and_thirty(zottegem: Library, age: int, entries: int) -> None:
    play = Play(zottegem)
    play.switch_on("after_exams")
    sam = play.person(age=age, wants=["study"], uses=["use_seat_reservations"])
    for day in (2, 3, 4):
        play.did(sam, Kind.SEAT_RESERVATION, day, time(10))
    with acting_for(play.library.pk):
        refold()

    play.tick(5)

    # From eighteen on the window of 45 days before 4 January counts, and 3 December lies in it.
    assert play.entries_count() == entries


def test_a_library_where_no_exams_are_set_lets_nobody_in(play: Play) -> None:
    with acting_for(play.library.pk):
        LibraryPeriod.objects.create(
            code="examens-hoger-1-2027",
            label="eerste examenperiode",
            kind="exam",
            level="higher",
            starts_on=date(2027, 1, 4),
            ends_on=date(2027, 1, 30),
            is_left_out=True,
        )
    student(play)

    play.tick(25)

    assert play.entries_count() == 0


def test_a_library_with_its_own_dates_keeps_to_them(play: Play) -> None:
    with acting_for(play.library.pk):
        LibraryPeriod.objects.create(
            code="examens-hoger-1-2027",
            label="blok",
            kind="exam",
            level="higher",
            starts_on=date(2027, 1, 4),
            ends_on=date(2027, 1, 20),
        )
    noor = student(play)
    play.tick(25)

    play.through(range(45, 53))

    assert play.mails(noor) == [("exams_over_ebook", (date(2027, 1, 21) - play.day).days)]
