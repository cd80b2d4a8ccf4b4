"""One cell of a file into one value, or the code of what is wrong with it. Pure; knows no database."""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from members.identity import NoAddress, normalised_email

BRUSSELS = ZoneInfo("Europe/Brussels")
_FURTHEST = timedelta(hours=14)
_DAY = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})")
_CLOCK = re.compile(r"(\d{1,2})[:.u](\d{2})(?::(\d{2}))?")
_WEEKDAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
_YES = frozenset({"j", "ja", "y", "yes", "true", "waar", "1", "x"})
_NO = frozenset({"n", "nee", "neen", "no", "false", "onwaar", "0"})

Value = str | int | date | datetime | time | bool


class Bad(Exception):
    """This cell cannot be read; the argument is the refusal code."""


def text(cell: str) -> str:
    if "\0" in cell:
        raise Bad("bad_text")
    return cell


@lru_cache(maxsize=40_000)
def day(cell: str) -> date:
    """`02/09/2026`, `2-9-2026`, `2026-09-02` or a moment of that day; two-digit years are refused."""
    try:
        if match := _DAY.fullmatch(cell):
            found = date(int(match[3]), int(match[2]), int(match[1]))
        else:
            found = date.fromisoformat(cell[:10])
    except ValueError:
        raise Bad("bad_date") from None
    if not 1900 <= found.year <= 2100:
        raise Bad("bad_date")
    return found


def moment(cell: str) -> datetime:
    """ISO 8601, or a Belgian day and time; without an offset it is the time in Brussels."""
    try:
        found = datetime.fromisoformat(cell)
    except ValueError:
        day_part, _, clock_part = cell.replace("T", " ").partition(" ")
        found = datetime.combine(day(day_part), clock(clock_part) if clock_part else time())
    if not 1900 <= found.year <= 2100:
        raise Bad("bad_date")
    # No place on earth is further from UTC; PostgreSQL reads no offset of 16 hours or more.
    if abs(found.utcoffset() or timedelta()) > _FURTHEST:
        raise Bad("bad_date")
    return found if found.tzinfo else found.replace(tzinfo=BRUSSELS)


@lru_cache(maxsize=2_000)
def clock(cell: str) -> time:
    """`9:00`, `9.00`, `9u00` or `09:00:00`."""
    match = _CLOCK.fullmatch(cell.strip())
    try:
        return time(int(match[1]), int(match[2]), int(match[3] or 0)) if match else time.fromisoformat(cell)
    except ValueError:
        raise Bad("bad_time") from None


def integer(cell: str) -> int:
    """A whole number; `1.234` and `1234,0` are read as they are meant in Belgium."""
    bare = re.sub(r"[ .\u00a0](?=\d{3}(\D|$))", "", cell)
    bare = re.sub(r"[,.]0+$", "", bare)
    try:
        found = int(bare)
    except ValueError:
        raise Bad("bad_number") from None
    if not -(2**31) <= found < 2**31:
        raise Bad("bad_number")
    return found


def yes_no(cell: str) -> bool:
    low = cell.lower()
    if low in _YES:
        return True
    if low in _NO:
        return False
    raise Bad("bad_yes_no")


def weekday(cell: str) -> int:
    """ISO weekday of `maandag`, `ma` or `1`."""
    low = cell.lower()
    for number, name in enumerate(_WEEKDAYS, 1):
        if low in {name, name[:2], str(number)}:
            return number
    raise Bad("bad_weekday")


def language(cell: str) -> str:
    """The first two letters of `nl-BE` or `nl_BE`; Koha's `default` is the language of the library, Dutch."""
    code = "nl" if cell.lower() == "default" else cell[:2].lower()
    if not re.fullmatch("[a-z]{2}", code):
        raise Bad("bad_language")
    return code


def address(cell: str) -> str:
    """The address as we compare it."""
    try:
        return normalised_email(cell)
    except NoAddress:
        raise Bad("bad_email") from None


READERS: dict[str, Callable[[str], Value]] = {
    "text": text,
    "date": day,
    "moment": moment,
    "time": clock,
    "integer": integer,
    "yes_no": yes_no,
    "weekday": weekday,
    "language": language,
}


def _american(cell: str) -> str:
    """Month and day of a day written month first, the other way about; ISO stays."""
    return _DAY.sub(r"\2/\1/\3", cell, count=1) if _DAY.match(cell) else cell


AMERICAN: dict[str, Callable[[str], Value]] = {
    "date": lambda cell: day(_american(cell)),
    "moment": lambda cell: moment(_american(cell)),
}
