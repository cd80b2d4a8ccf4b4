from datetime import UTC, date, datetime, time

import pytest

from campaigns.delivery.windows import BRUSSELS, next_open
from campaigns.models import SendingSettings

USUAL = SendingSettings(library_id=1, opens=time(8), closes=time(20), on_sunday=False)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=BRUSSELS)


TUESDAY, SATURDAY, SUNDAY, MONDAY = (
    date(2026, 12, 1), date(2026, 12, 5), date(2026, 12, 6), date(2026, 12, 7),
)  # fmt: skip


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        (at(TUESDAY, 7, 59), at(TUESDAY, 8)),
        (at(TUESDAY, 8), at(TUESDAY, 8)),
        (at(TUESDAY, 19, 59), at(TUESDAY, 19, 59)),
        (at(TUESDAY, 20), at(date(2026, 12, 2), 8)),
        (at(SATURDAY, 20), at(MONDAY, 8)),
        (at(SUNDAY, 12), at(MONDAY, 8)),
    ],
)
def test_monday_to_saturday_eight_to_twenty(moment: datetime, opens: datetime) -> None:
    assert next_open(moment, USUAL) == opens


def test_a_library_may_choose_sunday() -> None:
    sundays = SendingSettings(library_id=1, opens=time(8), closes=time(20), on_sunday=True)

    assert next_open(at(SUNDAY, 12), sundays) == at(SUNDAY, 12)


def test_a_step_may_narrow_the_window() -> None:
    assert next_open(at(TUESDAY, 8), USUAL, opens=time(9), closes=time(18)) == at(TUESDAY, 9)
    assert next_open(at(TUESDAY, 18), USUAL, opens=time(9), closes=time(18)) == at(date(2026, 12, 2), 9)


@pytest.mark.parametrize("day", [date(2026, 10, 26), date(2027, 3, 29)])
def test_after_a_change_of_the_clock_it_opens_at_eight_on_the_wall(day: date) -> None:
    night = datetime.combine(day, time(0), tzinfo=UTC)

    assert next_open(night, USUAL).astimezone(BRUSSELS).time() == time(8)
