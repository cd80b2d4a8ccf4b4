"""Opening hours in words, and which of them cannot stand together. No rows are read here."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, time
from itertools import pairwise
from typing import NamedTuple

from django.utils.translation import gettext as _

from bibmail.tenancy.models import OpeningException, OpeningHours
from bibmail.tenancy.models.branch import Weekday
from bibmail.tenancy.templatetags.bibmail import clock, day, day_and_year

_CLOCK = re.compile(r"(\d{1,2})(?:\s*[.:,uh]\s*(\d{2})?)?")


class Interval(NamedTuple):
    """Open from … to … on a weekday; `closes` is the first moment after."""

    weekday: int
    opens: time
    closes: time
    is_self_service: bool = False


class Day(NamedTuple):
    """One weekday as staff reads it: dinsdag, 9.00–12.00 en 13.00–18.00."""

    name: str
    words: str
    is_open: bool


def read_clock(text: str) -> time | None:
    """The hour as people write it: 9, 9u30, 9.30 or 09:30; None when it is no hour."""
    found = _CLOCK.fullmatch(text.strip().lower())
    if not found:
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def overlap(intervals: Iterable[Interval]) -> tuple[Interval, Interval] | None:
    """The first two intervals of one day that are open at the same moment, if any."""
    ordered = sorted(intervals)
    for earlier, later in pairwise(ordered):
        if earlier.weekday == later.weekday and later.opens < earlier.closes:
            return earlier, later
    return None


def between(opens: time, closes: time) -> str:
    """9.00–12.00, which never breaks over two lines."""
    return f"{clock(opens)}\u2060–\u2060{clock(closes)}"


def week(hours: Sequence[OpeningHours]) -> list[Day]:
    """All seven days, closed ones too."""
    days = []
    for weekday in Weekday:
        found = [row for row in hours if row.weekday == weekday]
        words = _in_a_row([_span(row.opens, row.closes, row.is_self_service) for row in found])
        days.append(Day(str(weekday.label), words or _("gesloten"), bool(found)))
    return days


def exception_words(exception: OpeningException) -> str:
    """zondag 1 november: gesloten (Allerheiligen)"""
    days = _days(exception.starts_on, exception.ends_on)
    if exception.opens and exception.closes:
        hours = _span(exception.opens, exception.closes, exception.is_self_service)
    else:
        hours = _("gesloten")
    words = f"{days}: {hours}"
    return f"{words} ({exception.note})" if exception.note else words


def clashes(exception: OpeningException, others: Iterable[OpeningException]) -> OpeningException | None:
    """Another exception that says something else about the same moment, if any."""
    for other in others:
        shares_days = other.starts_on <= exception.ends_on and exception.starts_on <= other.ends_on
        if shares_days and _shares_hours(exception, other):
            return other
    return None


def _shares_hours(one: OpeningException, other: OpeningException) -> bool:
    """A closed day leaves no room for hours beside it."""
    if not (one.opens and one.closes and other.opens and other.closes):
        return True
    return one.opens < other.closes and other.opens < one.closes


def _span(opens: time, closes: time, is_self_service: bool) -> str:
    words = between(opens, closes)
    return _("%(hours)s zonder personeel") % {"hours": words} if is_self_service else words


def _days(first: date, last: date) -> str:
    if first == last:
        return day_and_year(first)
    start = day(first) if first.year == last.year else day_and_year(first)
    return _("%(first)s tot en met %(last)s") % {"first": start, "last": day_and_year(last)}


def _in_a_row(words: list[str]) -> str:
    if len(words) < 2:
        return "".join(words)
    return _("%(most)s en %(last)s") % {"most": ", ".join(words[:-1]), "last": words[-1]}
