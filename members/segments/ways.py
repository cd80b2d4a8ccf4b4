"""The ways in which fields ask: SQL conditions over the aliases of `PERSON`, values always as parameters."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from members.models.contact import years_before
from members.segments.fields import Compile, Params, UnfitValue, number, sign

# Nobody was born before; a list of birthdays must begin somewhere.
_OLDEST = 1900


def column(expression: str) -> Compile:
    """Compare a column with a value or, by `in`, with a list."""

    def compile_(op: str, value: Any, params: Params) -> str:
        if op == "in":
            if not isinstance(value, list):
                raise UnfitValue(repr(value))
            return f"{expression} = ANY({params.add(value)})"
        if not isinstance(value, str):
            raise UnfitValue(repr(value))
        return f"{expression} {sign(op)} {params.add(value)}"

    return compile_


def count(expression: str) -> Compile:
    """Compare a number; who never did anything has no summary, and that is none, not unknown."""

    def compile_(op: str, value: Any, params: Params) -> str:
        return f"coalesce({expression}, 0) {sign(op)} {params.add(number(value))}"

    return compile_


def yes_no(condition: str) -> Compile:
    """The condition, or its opposite; it must never be NULL."""

    def compile_(op: str, value: Any, params: Params) -> str:
        if op != "is" or not isinstance(value, bool):
            raise UnfitValue(repr(value))
        return condition if value else f"NOT ({condition})"

    return compile_


def born_between(op: str, years: int, today: date) -> tuple[str, str]:
    """How a comparison of an age reads on a date of birth: sign and day, as SQL signs and ISO text."""
    if op in {"gte", "lt"}:
        return ("<=" if op == "gte" else ">"), years_before(today, years).isoformat()
    if op in {"gt", "lte"}:
        return ("<=" if op == "gt" else ">"), years_before(today, years + 1).isoformat()
    raise UnfitValue(op)


def age(op: str, value: Any, params: Params) -> str:
    """The age of the person; of unknown age nobody is older or younger."""
    comparison, born = born_between(op, number(value), params.today)
    return f"c.date_of_birth {comparison} {params.add(born)}::date"


def midnight(params: Params, days: int) -> str:
    """The beginning of the day so many days ago."""
    begins = datetime.combine(params.today - timedelta(days=days), time())
    return params.add(timezone.make_aware(begins))


def days_ago(expression: str, *, only_past: bool = False) -> Compile:
    """So many days ago or more is on or before a day; a day that is not there is unknown."""

    def compile_(op: str, value: Any, params: Params) -> str:
        day = params.add(params.today - timedelta(days=number(value)))
        turned = {"gte": "<=", "gt": "<", "lte": ">=", "lt": ">"}.get(op)
        if turned is None:
            raise UnfitValue(op)
        past = f" AND {expression} < %(today)s" if only_past else ""
        return f"({expression} {turned} {day}{past})"

    return compile_


def days_ahead(expression: str) -> Compile:
    """From today up to so many days ahead (`lte`), or exactly then (`eq`)."""

    def compile_(op: str, value: Any, params: Params) -> str:
        day = params.add(params.today + timedelta(days=number(value)))
        if op == "eq":
            return f"{expression} = {day}"
        if op != "lte":
            raise UnfitValue(op)
        return f"({expression} >= %(today)s AND {expression} <= {day})"

    return compile_


def birthday(op: str, value: Any, params: Params) -> str:
    """A birthday from today up to n days ahead (`lte`), exactly then (`eq`), or in the last n days (`gte`).

    A list of days of birth, so that the comparison stays leakproof; who was born on 29 February has it on the
    28th in other years.
    """
    days = number(value)
    if days > 60 or op not in {"lte", "eq", "gte"}:
        raise UnfitValue(f"{op} {days}")
    offsets = {"lte": range(days + 1), "eq": range(days, days + 1), "gte": range(-days, 1)}[op]
    born = {one for offset in offsets for one in _births(params.today + timedelta(days=offset))}
    return f"c.date_of_birth = ANY({params.add(sorted(born))})"


def _births(day: date) -> list[date]:
    """Every day of birth whose birthday is this day."""
    born = [years_before(day, years) for years in range(day.year - _OLDEST + 1)]
    # years_before turns 29 February into the 28th; that is not whose birthday the 29th is.
    found = [one for one in born if (one.month, one.day) == (day.month, day.day)]
    if (day.month, day.day) == (2, 28) and not _is_leap(day.year):
        found += [date(year, 2, 29) for year in range(_OLDEST, day.year) if _is_leap(year)]
    return found


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def branch(op: str, value: Any, params: Params) -> str:
    """The branch of the membership, by its code."""
    codes = value if op == "in" else [value]
    if op not in {"eq", "in"} or not isinstance(codes, list):
        raise UnfitValue(repr(value))
    return f"m.home_branch_id IN (SELECT id FROM tenancy_branch WHERE code = ANY({params.add(codes)}))"


def interest(op: str, value: Any, params: Params) -> str:
    """Something the person said of themselves and did not take back."""
    return f"""EXISTS (
        SELECT FROM members_interest AS i
         WHERE i.contact_id = c.id AND i.code = {params.add(value)} AND i.since <= %(at)s
           AND (i.until IS NULL OR i.until > %(at)s))"""


def plain(expression: str) -> Callable[[str, Any, Params], str]:
    """To show a column as it is."""
    return lambda op, value, params: expression
