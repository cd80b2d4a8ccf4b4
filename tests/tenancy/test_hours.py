from datetime import date, time

import pytest

from bibmail.tenancy import hours
from bibmail.tenancy.forms import ExceptionForm, WeekForm
from bibmail.tenancy.hours import Interval
from bibmail.tenancy.models import Library, OpeningException
from tests import factories


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("9", time(9)),
        ("9u30", time(9, 30)),
        ("09:30", time(9, 30)),
        ("18.00", time(18)),
        ("18,15", time(18, 15)),
        (" 7u ", time(7)),
        ("25.00", None),
        ("9.75", None),
        ("negen", None),
        ("", None),
    ],
)
def test_an_hour_is_read_as_people_write_it(text: str, read: time | None) -> None:
    assert hours.read_clock(text) == read


def test_intervals_that_touch_do_not_overlap() -> None:
    morning, afternoon = Interval(2, time(9), time(12)), Interval(2, time(12), time(18))

    assert hours.overlap([afternoon, morning]) is None


def test_intervals_of_one_day_that_share_a_moment_overlap() -> None:
    long, short = Interval(2, time(9), time(13)), Interval(2, time(12), time(18))

    assert hours.overlap([short, long]) == (long, short)


def test_the_same_hours_on_two_days_do_not_overlap() -> None:
    assert hours.overlap([Interval(2, time(9), time(12)), Interval(3, time(9), time(12))]) is None


def test_a_week_reads_as_staff_would_say_it(library: Library) -> None:
    branch = factories.a_branch()
    morning = factories.some_hours(branch, weekday=2, opens=time(9), closes=time(12))
    afternoon = factories.some_hours(branch, weekday=2, opens=time(13), closes=time(18))

    days = hours.week([morning, afternoon])

    assert [day.words.replace("\u2060", "") for day in days[:2]] == ["gesloten", "9.00–12.00 en 13.00–18.00"]
    assert [day.name for day in days][-1] == "zondag"


def test_an_exception_reads_as_a_sentence(library: Library) -> None:
    closed = OpeningException(starts_on=date(2030, 11, 1), ends_on=date(2030, 11, 2), note="Allerheiligen")

    assert (
        hours.exception_words(closed)
        == "vrijdag 1 november 2030 tot en met zaterdag 2 november 2030: gesloten (Allerheiligen)"
    )


def test_a_closed_day_leaves_no_room_for_hours(library: Library) -> None:
    closed = OpeningException(starts_on=date(2030, 11, 1), ends_on=date(2030, 11, 3))
    opened = OpeningException(
        starts_on=date(2030, 11, 3), ends_on=date(2030, 11, 3), opens=time(9), closes=time(12)
    )

    assert hours.clashes(opened, [closed]) == closed


def test_two_openings_on_one_day_may_stand_together(library: Library) -> None:
    day = date(2030, 11, 3)
    morning = OpeningException(starts_on=day, ends_on=day, opens=time(9), closes=time(12))
    evening = OpeningException(starts_on=day, ends_on=day, opens=time(18), closes=time(20))

    assert hours.clashes(evening, [morning]) is None


def test_a_week_gives_back_its_intervals() -> None:
    form = WeekForm(
        {"2-0-opens": "9", "2-0-closes": "12.00", "2-1-opens": "13", "2-1-closes": "18"}, stored=[]
    )

    assert form.is_valid()
    assert form.intervals == [Interval(2, time(9), time(12)), Interval(2, time(13), time(18))]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"2-0-opens": "9"}, "maak allebei leeg"),
        ({"2-0-opens": "18", "2-0-closes": "9"}, "het einde komt na het begin"),
        ({"2-0-opens": "negen", "2-0-closes": "12"}, "‘negen’ is geen uur"),
        (
            {"2-0-opens": "9", "2-0-closes": "13", "2-1-opens": "12", "2-1-closes": "18"},
            "9.00–13.00 en 12.00–18.00 overlappen",
        ),
    ],
)
def test_a_week_that_cannot_be_names_the_mend(typed: dict[str, str], words: str) -> None:
    form = WeekForm(typed, stored=[])

    assert not form.is_valid()
    assert words in form.errors[2].replace("\u2060", "")


def test_an_exception_over_another_is_refused_in_words(library: Library) -> None:
    other = OpeningException(starts_on=date(2030, 11, 1), ends_on=date(2030, 11, 3), note="Allerheiligen")
    form = ExceptionForm({"starts_on": "2030-11-02", "ends_on": "2030-11-02"}, others=[other])

    assert not form.is_valid()
    assert "Verwijder dat eerst" in str(form.errors["starts_on"])
