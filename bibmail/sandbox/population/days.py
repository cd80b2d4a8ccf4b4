"""Days as ordinals (quick to count with), and calendars in which some days are busier than others."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache
from itertools import accumulate
from random import Random

_LOANS_BY_MONTH = (1.05, 0.98, 1.05, 0.98, 0.92, 0.85, 1.10, 1.02, 1.10, 1.05, 1.03, 0.87)
_VISITS_BY_WEEKDAY = (0.7, 1.0, 1.5, 0.9, 1.0, 1.5, 0.4)


def loan_weight(day: date) -> float:
    return _LOANS_BY_MONTH[day.month - 1] * _VISITS_BY_WEEKDAY[day.weekday()]


def enrolment_weight(day: date) -> float:
    """September is the school year, January the good intentions; on Sunday hardly anybody enrols."""
    factor = {9: 2.2, 1: 1.2}.get(day.month, 1.0)
    return factor * (0.03 if day.weekday() == 6 else 1.0)


def exam_weight(day: date) -> float:
    """Study places fill in January, in May and June, and before the second session."""
    if day.weekday() == 6 or (day.month, day.day) == (1, 1):
        return 0.0
    if day.month in (1, 6):
        return 1.0
    if (day.month == 5 and day.day >= 15) or (day.month == 8 and day.day >= 10):
        return 0.7
    return 0.01


class Calendar:
    """Draws days from a period, each with its own weight."""

    def __init__(self, first: int, last: int, weigh: Callable[[date], float]) -> None:
        self.first, self.last = first, last
        self._sums = [0.0, *accumulate(weigh(date.fromordinal(n)) for n in range(first, last + 1))]

    def draw(self, rng: Random, first: int, last: int) -> int:
        """A day in first..last, both included; the period is cut to this calendar."""
        sums = self._sums
        low = min(max(first, self.first), self.last) - self.first
        high = max(min(last, self.last) - self.first + 1, low + 1)
        point = sums[low] + rng.random() * (sums[high] - sums[low])
        return self.first + min(max(bisect_right(sums, point) - 1, low), high - 1)


@lru_cache(maxsize=8)
def calendar(kind: Callable[[date], float], first: int, last: int) -> Calendar:
    return Calendar(first, last, kind)


def easter(year: int) -> date:
    """Gregorian Easter (Meeus); the exceptions in opening hours follow it."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    h = (19 * a + b - d - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    month, day = divmod(h + m - 7 * ((a + 11 * h + 22 * m) // 451) + 114, 31)
    return date(year, month, day + 1)


@lru_cache(maxsize=64)
def _last_sunday(year: int, month: int) -> date:
    end = date(year, month, 31)
    return end - timedelta(days=(end.weekday() + 1) % 7)


def brussels_offset(day: date) -> str:
    """The offset at daytime; nothing here happens in the hour in which the clock changes."""
    summer = _last_sunday(day.year, 3) <= day < _last_sunday(day.year, 10)
    return "+02:00" if summer else "+01:00"
