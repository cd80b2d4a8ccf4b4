"""One row of a file into one line of COPY text, good or refused."""

import re
from collections.abc import Callable, Sequence
from contextlib import suppress

from members import identity
from members.imports import cells
from members.imports.cells import Bad
from members.imports.spec import BOOKKEEPING, ColumnSpec
from members.imports.table import NO_VALUE

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_NULL = "\\N"
_ACCEPTED = "\t".join([_NULL] * (len(BOOKKEEPING) - 1))
# Taking letters apart can make a name longer than it was.
_LONGEST_FOLDED = 120
# Most columns say the same few things again and again; what was read once is not read twice. Bounded, so
# that a file of a million different values stays flat in memory.
_REMEMBERED = 20_000
# What our own exports put before a cell that a spreadsheet would take for a formula.
_DISARMED = ("'=", "'+", "'-", "'@", "'\t", "'\r")
_DAY_AND_MONTH = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-]\d{4}")

# A cell that is not empty into the text of its staging columns, joined by tabs; raises Bad.
Convert = Callable[[str], str]


class _Known(dict[str, str]):
    """Cells of one column that were read before; a new one is read, or refused with Bad."""

    def __init__(self, column: ColumnSpec, pepper: bytes, date_style: str) -> None:
        super().__init__()
        self._convert = _converter(column, pepper, date_style)
        if (empty := _empty(column)) is not None:
            self[""] = empty

    def __missing__(self, cell: str) -> str:
        if not cell:
            raise Bad("missing")
        if cell[0] == NO_VALUE:
            raise Bad(cell[1:])
        found = self._convert(_without_apostrophe(cell))
        if len(self) < _REMEMBERED:
            self[cell] = found
        return found


class RowReader:
    """Reads rows of one file; made once per file."""

    def __init__(
        self,
        columns: Sequence[ColumnSpec],
        places: Sequence[int | None],
        *,
        width: int,
        pepper: bytes,
        date_style: str = "dmy",
    ) -> None:
        # A column that the file lacks reads the empty cell that stands behind every row.
        self._columns = [
            (width if place is None else place, column.header, _Known(column, pepper, date_style))
            for column, place in zip(columns, places, strict=True)
        ]
        self._width = width
        self._nothing = [_NULL for column in columns for _staged in column.staged()]
        # What names a row is kept of a refused one too: whom it is about has not left.
        self._names = [
            (sum(len(list(before.staged())) for before in columns[:i]), *self._columns[i])
            for i, column in enumerate(columns)
            if column.required and column.type == "text" and not column.fold
        ]

    def staged(self, line: int, row: Sequence[str]) -> str:
        """The line for `staging`: its cells, or the code, the column and the cell of its first fault."""
        if len(row) != self._width:
            if len(row) == 1 and row[0].startswith(NO_VALUE):
                return self._refused(line, row[0][1:], "", "")
            return self._refused(
                line, "too_many_cells" if len(row) > self._width else "too_few_cells", "", ""
            )
        cells_and_one_more = [cell.strip() for cell in row]
        cells_and_one_more.append("")
        staged = [f"{line}\t{_ACCEPTED}"]
        place, header = 0, ""
        try:
            for place, header, known in self._columns:  # noqa: B007  # both are read when a cell is refused
                staged.append(known[cells_and_one_more[place]])
        except Bad as fault:
            shown = "" if cells_and_one_more[place].startswith(NO_VALUE) else cells_and_one_more[place]
            return self._refused(line, str(fault), header, shown, names=self._named(cells_and_one_more))
        return "\t".join(staged) + "\n"

    def _named(self, cells: Sequence[str]) -> list[str]:
        staged = list(self._nothing)
        for position, place, _header, known in self._names:
            # A fault of the name itself leaves it out.
            with suppress(Bad):
                staged[position] = known[cells[place]]
        return staged

    def _refused(self, line: int, code: str, header: str, cell: str, names: list[str] | None = None) -> str:
        shown = _text(cell.replace(chr(0), " ")[:200])
        staged = "\t".join(names or self._nothing)
        return f"{line}\t{code}\t{header}\t{shown}\t{_NULL}\t{staged}\n"


def _empty(column: ColumnSpec) -> str | None:
    """What an empty cell becomes; None where it may not be empty."""
    if column.required:
        return None
    if column.type == "email":
        return f"\t\t{_NULL}"
    if column.type == "choice":
        return column.choices.get("", _NULL)
    if column.type != "text":
        return _NULL
    return "\t" if column.fold else ""


def _converter(column: ColumnSpec, pepper: bytes, date_style: str) -> Convert:
    if column.type == "email":
        return lambda cell: _address(cell, pepper)
    if column.type == "choice":
        return lambda cell: _choice(cell, column.choices)
    if column.type != "text":
        american = column.type in {"date", "moment"} and date_style == "mdy"
        read = cells.AMERICAN[column.type] if american else cells.READERS[column.type]
        return lambda cell: str(read(cell))
    if column.fold:
        return lambda cell: f"{_fitting(cell, column.max_length)}\t{identity.folded(cell)[:_LONGEST_FOLDED]}"
    return lambda cell: _fitting(cell, column.max_length)


def _address(cell: str, pepper: bytes) -> str:
    address = cells.address(cell)
    return f"{_text(cell)}\t{_text(address)}\t{identity.recipient_hash(address, pepper)}"


def _choice(cell: str, choices: dict[str, str]) -> str:
    try:
        return choices[cell.lower()]
    except KeyError:
        raise Bad("bad_choice") from None


def _fitting(cell: str, max_length: int) -> str:
    if len(cell) > max_length:
        raise Bad("too_long")
    return _text(cells.text(cell))


def _text(value: str) -> str:
    # Nearly every value is plain; only then is there nothing to escape.
    return value if value.isprintable() and "\\" not in value else value.translate(_ESCAPES)


def _without_apostrophe(cell: str) -> str:
    return cell[1:] if cell.startswith(_DISARMED) else cell


def date_style(
    columns: Sequence[ColumnSpec], places: Sequence[int | None], sample: Sequence[Sequence[str]]
) -> str:
    """`mdy` when the days of the sample can only be read month first, otherwise `dmy`."""
    dated = [
        place
        for column, place in zip(columns, places, strict=True)
        if column.type in {"date", "moment"} and place is not None
    ]
    found = [
        (int(match[1]), int(match[2]))
        for row in sample
        for place in dated
        if place < len(row) and (match := _DAY_AND_MONTH.match(row[place].strip()))
    ]
    day_first = sum(first > 12 >= second for first, second in found)
    month_first = sum(second > 12 >= first for first, second in found)
    return "mdy" if month_first > 2 * day_first else "dmy"
