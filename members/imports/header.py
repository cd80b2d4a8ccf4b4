"""Which column of a file is which of ours, and which may not come in at all."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from members.imports.failure import Unreadable
from members.imports.spec import ColumnSpec

_NATIONAL_NAMES = frozenset(
    {
        "rijksregisternummer",
        "rijksregister",
        "rrn",
        "rrnummer",
        "insz",
        "inszn",
        "inss",
        "niss",
        "nationalnumber",
        "nationaalnummer",
        "bsn",
        "nn",
    }
)


class Mapping(NamedTuple):
    """places[i] is the position in the file of column i, or None where the file lacks it."""

    places: list[int | None]
    ignored: list[str]
    national: list[str]


def plain(header: str) -> str:
    """Letters and digits in lower case, so that `Home Branch-ID` is `homebranchid`."""
    return re.sub(r"[\W_]+", "", header.lower())


def known_names(columns: Sequence[ColumnSpec]) -> dict[str, int]:
    """Every plain name a column may have, with the column's place in `columns`."""
    return {
        plain(name): i
        for i, column in enumerate(columns)
        for name in (column.header, column.name, *column.aliases)
    }


def is_national_name(name: str) -> bool:
    """Whether a column by this name says of itself that it holds national numbers."""
    return plain(name) in _NATIONAL_NAMES


def match(header: Sequence[str], columns: Sequence[ColumnSpec]) -> Mapping:
    """Map the header; raises Unreadable when it is no header of this kind of file."""
    names = [plain(cell) for cell in header]
    known = known_names(columns)
    places: list[int | None] = [None] * len(columns)
    ignored = []
    for position, name in enumerate(names):
        column = known.get(name)
        if column is None:
            if name:
                ignored.append(header[position].strip())
        elif places[column] is not None:
            raise Unreadable("duplicate_header", column=header[position].strip())
        else:
            places[column] = position
    if all(place is None for place in places):
        raise Unreadable("no_known_column", columns=[c.header for c in columns if c.required])
    missing = [c.header for c, place in zip(columns, places, strict=True) if c.required and place is None]
    if missing:
        raise Unreadable("missing_column", columns=missing)
    national = [name for name in ignored if is_national_name(name)]
    return Mapping(places, [name for name in ignored if name not in national], national)


def is_national_number(cell: str) -> bool:
    """Eleven digits whose last two are 97 minus the rest modulo 97 (with a 2 before it from birth year 2000)."""
    digits = re.sub(r"[ .\-/]", "", cell)
    if len(digits) != 11 or not digits.isdigit():
        return False
    number, check = int(digits[:9]), int(digits[9:])
    if not 1 <= int(digits[2:4]) % 20 <= 12 or int(digits[4:6]) > 31:
        return False
    return check in {97 - number % 97, 97 - (2_000_000_000 + number) % 97}


def national_columns(header: Sequence[str], sample: Sequence[Sequence[str]]) -> list[str]:
    """Columns in which more than half of the filled cells look like national numbers."""
    found = []
    for position, name in enumerate(header):
        cells = [row[position] for row in sample if position < len(row) and row[position].strip()]
        if len(cells) >= 3 and sum(map(is_national_number, cells)) * 2 > len(cells):
            found.append(name.strip())
    return found
