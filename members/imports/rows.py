"""One row of a file into one line of COPY text, good or refused."""

from collections.abc import Sequence

from members import identity
from members.imports import cells
from members.imports.cells import Bad
from members.imports.spec import BOOKKEEPING, ColumnSpec

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_NULL = "\\N"


class RowReader:
    """Reads rows of one file; made once per file."""

    def __init__(
        self, columns: Sequence[ColumnSpec], places: Sequence[int | None], *, width: int, pepper: bytes
    ) -> None:
        self._columns = list(zip(columns, places, strict=True))
        self._width = width
        self._pepper = pepper
        staged = sum(len(list(column.staged())) for column in columns)
        self._empty = "\t".join([_NULL] * staged)

    def staged(self, line: int, row: Sequence[str]) -> str:
        """The line for `staging`: its cells, or the code, the column and the cell of its first fault."""
        if len(row) != self._width:
            return self._refused(
                line, "too_many_cells" if len(row) > self._width else "too_few_cells", "", ""
            )
        staged: list[str] = []
        for column, place in self._columns:
            cell = row[place].strip() if place is not None else ""
            try:
                self._add(staged, column, cell)
            except Bad as fault:
                return self._refused(line, str(fault), column.header, cell)
        return "\t".join([str(line), _NULL, _NULL, _NULL, _NULL, *staged]) + "\n"

    def _add(self, staged: list[str], column: ColumnSpec, cell: str) -> None:
        if not cell:
            self._add_empty(staged, column)
        elif column.type == "email":
            address = cells.address(cell)
            staged += [_text(cell), _text(address), str(identity.recipient_hash(address, self._pepper))]
        elif column.type == "choice":
            staged.append(self._choice(column, cell))
        else:
            staged.append(_text(str(cells.READERS[column.type](self._fitting(column, cell)))))
        if column.fold:
            staged.append(_text(identity.folded(cell)))

    def _add_empty(self, staged: list[str], column: ColumnSpec) -> None:
        if column.required:
            raise Bad("missing")
        if column.type == "email":
            staged += ["", "", _NULL]
        elif column.type == "choice":
            staged.append(column.choices.get("", _NULL))
        else:
            staged.append("" if column.type == "text" else _NULL)

    def _choice(self, column: ColumnSpec, cell: str) -> str:
        try:
            return column.choices[cell.lower()]
        except KeyError:
            raise Bad("bad_choice") from None

    def _fitting(self, column: ColumnSpec, cell: str) -> str:
        if column.type == "text" and len(cell) > column.max_length:
            raise Bad("too_long")
        return cell

    def _refused(self, line: int, code: str, header: str, cell: str) -> str:
        fields = [str(line), code, header, _text(cell.replace("\0", " ")[:200]), _NULL]
        assert len(fields) == len(BOOKKEEPING)  # noqa: S101  # both lists name the same columns
        return "\t".join([*fields, self._empty]) + "\n"


def _text(value: str) -> str:
    return value.translate(_ESCAPES)
