"""ODS as LibreOffice writes it: the first sheet, row by row."""

from collections.abc import Iterator

from members.imports.archive import Archive
from members.imports.failure import Unreadable
from members.imports.table import CELL_LIMIT, FORMULA, MOST_ROWS, as_wide, checked_titles
from members.imports.xlsx import number

_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0 "
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0 "
_TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0 "
_MOST_PLACE = 16_384


class Ods:
    """One document; see table.Table."""

    def __init__(self, archive: Archive) -> None:
        _refuse_encrypted(archive)
        self._archive = archive
        self._sheet = _Sheet()
        self.position, self.size = 0, archive.size("content.xml")
        self._rows = self._read()
        _line, cells = next(self._rows, (0, {}))
        self.facts: dict[str, object] = {"format": "ods", "sheet": self._sheet.name}
        self.titles = checked_titles(as_wide(cells, max(cells, default=-1) + 1))

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Rows with something in them, below the titles."""
        width = len(self.titles)
        for line, cells in self._rows:
            yield line, as_wide(cells, width)

    def _read(self) -> Iterator[tuple[int, dict[int, str]]]:
        sheet = self._sheet
        for read in self._archive.parse("content.xml", start=sheet.start, end=sheet.end, text=sheet.text):
            self.position += read
            for line, cells, times in sheet.found:
                for repeated in range(times):
                    yield line + repeated, cells
            sheet.found.clear()
            if sheet.is_over:
                return


class _Sheet:
    """The callbacks of content.xml; complete rows that are not empty gather in `found`."""

    def __init__(self) -> None:
        self.found: list[tuple[int, dict[int, str], int]] = []
        self.name = ""
        self.is_over = False
        self._depth = 0
        self._line = self._next_line = 1
        self._times = 1
        self._place = self._width = 0
        self._cells: dict[int, str] = {}
        self._value: str | None = None
        self._formula = False
        self._texts: list[str] = []
        self._length = 0
        self._listens = 0
        self._aside = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "table":
            self._depth += 1
            if self._depth == 1 and not self.name:
                self.name = attributes.get(f"{_TABLE}name", "")[:31]
        elif self.is_over or self._depth != 1:
            return
        elif tag == "table-row":
            self._line, self._times = self._next_line, _times(attributes, "rows")
            self._next_line += self._times
            self._cells, self._place = {}, 0
        elif tag in {"table-cell", "covered-table-cell"}:
            self._width = _times(attributes, "columns")
            self._value = _value(attributes)
            self._formula = f"{_TABLE}formula" in attributes
            self._texts, self._length = [], 0
        elif tag == "annotation":
            self._aside += 1
        elif tag == "p" and not self._aside:
            if self._texts:
                self._texts.append(" ")
            self._listens += 1
        elif tag == "s" and self._listens:
            self.text(" " * min(_number(attributes.get(f"{_TEXT}c", "1")), 100))

    def text(self, text: str) -> None:
        if self._listens and not self._aside and self._length <= CELL_LIMIT:
            self._texts.append(text)
            self._length += len(text)

    def end(self, tag: str) -> None:
        if tag == "table":
            self._depth -= 1
            self.is_over = self.is_over or not self._depth
        elif self.is_over or self._depth != 1:
            return
        elif tag == "p" and not self._aside:
            self._listens -= 1
        elif tag == "annotation":
            self._aside -= 1
        elif tag in {"table-cell", "covered-table-cell"}:
            self._keep()
        elif tag == "table-row" and self._cells:
            if self._next_line > MOST_ROWS:
                raise Unreadable("too_many_rows")
            self.found.append((self._line, self._cells, self._times))

    def _keep(self) -> None:
        found = "".join(self._texts) if self._value is None else self._value
        if not found and self._formula:
            found = FORMULA
        if found:
            if self._place + self._width > _MOST_PLACE:
                raise Unreadable("broken_file")
            for place in range(self._place, self._place + self._width):
                self._cells[place] = found
        self._place += self._width


def _value(attributes: dict[str, str]) -> str | None:
    """What the cell holds by itself; None where its text is all there is."""
    kind = attributes.get(f"{_OFFICE}value-type", "")
    if kind in {"float", "percentage", "currency"}:
        return number(attributes.get(f"{_OFFICE}value", ""))
    if kind == "date":
        return attributes.get(f"{_OFFICE}date-value", "").removesuffix("T00:00:00")
    if kind == "boolean":
        return attributes.get(f"{_OFFICE}boolean-value", "")
    return None


def _times(attributes: dict[str, str], what: str) -> int:
    return max(1, _number(attributes.get(f"{_TABLE}number-{what}-repeated", "1")))


def _number(text: str) -> int:
    return int(text) if text.isdigit() and len(text) < 10 else 1


def _refuse_encrypted(archive: Archive) -> None:
    def start(tag: str, _attributes: dict[str, str]) -> None:
        if tag == "encryption-data":
            raise Unreadable("encrypted")

    if "META-INF/manifest.xml" in archive:
        archive.read_small("META-INF/manifest.xml", start=start)
