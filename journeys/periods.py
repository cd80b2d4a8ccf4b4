"""Exam periods as they hold at one library: the network's, with the library's own days over them."""

from datetime import date
from typing import NamedTuple

from campaigns.models import CalendarPeriod, LibraryPeriod


class Period(NamedTuple):
    """A stretch of days; both belong to it. `level` is secondary or higher."""

    code: str
    label: str
    level: str
    starts_on: date
    ends_on: date
    is_certain: bool


def exams(*, around: date, days_before: int, since: date | None = None) -> list[Period]:
    """The exam periods whose window (so many days before, to the last day) holds this day, by their end.

    With `since`: those whose window meets any of the days from then on.
    """
    periods = {
        period.code: Period(
            period.code,
            period.label,
            period.level,
            period.starts_on,
            period.ends_on,
            period.certainty == CalendarPeriod.Certainty.CONFIRMED,
        )
        for period in CalendarPeriod.objects.filter(kind=CalendarPeriod.Kind.EXAM)
    }
    for own in LibraryPeriod.objects.filter(kind=LibraryPeriod.Kind.EXAM):
        if own.is_left_out:
            periods.pop(own.code, None)
        else:
            periods[own.code] = Period(own.code, own.label, own.level, own.starts_on, own.ends_on, True)
    return sorted(
        (
            period
            for period in periods.values()
            if (period.starts_on - around).days <= days_before and (since or around) <= period.ends_on
        ),
        key=lambda period: (period.ends_on, period.code),
    )
