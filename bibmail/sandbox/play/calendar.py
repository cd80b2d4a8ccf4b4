"""The days of the play: in Brussels, from the first of December over the exams to the carnival holiday."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from campaigns.delivery.windows import BRUSSELS

FIRST, LAST = date(2026, 12, 1), date(2027, 2, 8)
# The evening whose population is there when it begins.
EVE = FIRST - timedelta(days=1)


def days() -> Iterator[date]:
    day = FIRST
    while day <= LAST:
        yield day
        day += timedelta(days=1)


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=BRUSSELS)
