"""What every format gives the reader: a title row, then rows with the line they stand on."""

from collections.abc import Iterator
from typing import Protocol

from members.imports.failure import Unreadable

# Longer than any cell we keep; a quote that is never closed runs into it.
CELL_LIMIT = 100_000
# Bibmail's largest file has some twenty; a spreadsheet has at most 16384.
MOST_COLUMNS = 1_000
MOST_ROWS = 5_000_000

# In place of a cell that has no value of its own: NUL, then the code of its refusal.
NO_VALUE = "\0"
FORMULA = NO_VALUE + "formula"
NESTED = NO_VALUE + "nested"
# In place of a row that cannot be read at all.
BAD_JSON = [NO_VALUE + "bad_json"]


class Table(Protocol):
    """One file, opened; `facts` says how it was written."""

    facts: dict[str, object]
    titles: list[str]
    # How far we are, out of `size`: bytes of the file or of the part that holds its rows.
    position: int
    size: int

    def rows(self) -> Iterator[tuple[int, list[str]]]: ...


def checked_titles(cells: list[str]) -> list[str]:
    """The title row, when it can be one; raises Unreadable."""
    while cells and not cells[-1].strip():
        cells = cells[:-1]
    if not cells:
        raise Unreadable("empty_file")
    if len(cells) > MOST_COLUMNS:
        raise Unreadable("too_many_columns", number=MOST_COLUMNS)
    return [cell.replace("\0", " ").strip() for cell in cells]


def as_wide(cells: dict[int, str], width: int) -> list[str]:
    """A spreadsheet's row, in which empty cells are left out, as wide as the title row."""
    row = [""] * width
    for place, cell in cells.items():
        if place < width:
            row[place] = cell
        elif cell:
            # Something stands outside the table: the row says so by being too long.
            return [*row, cell]
    return row
