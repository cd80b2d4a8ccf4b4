"""XLSX as Excel and LibreOffice write it: the first sheet, row by row; texts wait on disk, not in memory."""

import posixpath
import re
import struct
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta

from members.imports.archive import Archive
from members.imports.failure import Unreadable
from members.imports.table import CELL_LIMIT, FORMULA, MOST_ROWS, as_wide, checked_titles

_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships id"
_STRICT_RELATION = "http://purl.oclc.org/ooxml/officeDocument/relationships id"
# Excel's own numbers of formats that show a day or an hour.
_DATE_FORMATS = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_MOST_PLACE = 16_384
_PLACE = struct.Struct("<Q")
# A spreadsheet's days know no time zone.
_DAY_ZERO, _DAY_ZERO_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001


class Xlsx:
    """One workbook; see table.Table."""

    def __init__(self, archive: Archive) -> None:
        book = _Book(archive)
        self._archive, self._part = archive, book.sheet
        self._strings = _Strings(archive)
        self._dates = _date_styles(archive)
        self._start = _DAY_ZERO_1904 if book.is_1904 else _DAY_ZERO
        self.facts: dict[str, object] = {"format": "xlsx", "sheet": book.sheet_name}
        self.position, self.size = 0, archive.size(book.sheet)
        self._rows = self._read()
        _line, cells = next(self._rows, (0, {}))
        self.titles = checked_titles(as_wide(cells, max(cells, default=-1) + 1))

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Rows with something in them, below the titles."""
        width = len(self.titles)
        for line, cells in self._rows:
            yield line, as_wide(cells, width)

    def _read(self) -> Iterator[tuple[int, dict[int, str]]]:
        sheet = _Sheet(self._value)
        for read in self._archive.parse(self._part, start=sheet.start, end=sheet.end, text=sheet.text):
            self.position += read
            yield from sheet.found
            sheet.found.clear()

    def _value(self, kind: str, style: str, text: str) -> str:
        """A cell as text: days as ISO, numbers without what a spreadsheet adds."""
        if kind == "s":
            return self._strings[text]
        if kind == "b":
            return "true" if text == "1" else "false"
        if kind == "e":
            return FORMULA
        if kind in {"str", "inlineStr", "d"} or not text:
            return text
        if style in self._dates:
            return self._moment(text)
        return number(text)

    def _moment(self, text: str) -> str:
        try:
            days = float(text)
            # Excel's 29 February 1900 never was.
            found = self._start + timedelta(seconds=round((days + (0 < days < 60)) * 86400))
        except (ValueError, OverflowError):
            return text
        if 0 <= days < 1:
            return found.strftime("%H:%M:%S")
        return found.date().isoformat() if not found.hour + found.minute + found.second else found.isoformat()


class _Sheet:
    """The callbacks of one sheet; complete rows that are not empty gather in `found`."""

    def __init__(self, value: object) -> None:
        self.found: list[tuple[int, dict[int, str]]] = []
        self._value = value
        self._line = 0
        self._place = -1
        self._cells: dict[int, str] = {}
        self._kind = self._style = ""
        self._has_formula = self._listens = False
        self._texts: list[str] = []
        self._length = 0
        self._phonetic = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "c":
            self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "0")
            name = attributes.get("r", "")
            self._place = place_of(name) if name else self._place + 1
            self._texts, self._length, self._has_formula = [], 0, False
        elif tag == "v" or (tag == "t" and not self._phonetic):
            self._listens = True
        elif tag == "f":
            self._has_formula = True
        elif tag == "row":
            said = attributes.get("r", "")
            self._line = int(said) if said.isdigit() and self._line < int(said) < 2**31 else self._line + 1
            if self._line > MOST_ROWS:
                raise Unreadable("too_many_rows")
            self._cells, self._place = {}, -1
        elif tag == "rPh":
            self._phonetic += 1

    def text(self, text: str) -> None:
        if self._listens and self._length <= CELL_LIMIT:
            self._texts.append(text)
            self._length += len(text)

    def end(self, tag: str) -> None:
        if tag in {"v", "t"}:
            self._listens = False
        elif tag == "c":
            if self._texts:
                found = self._value(self._kind, self._style, "".join(self._texts))  # type: ignore[operator]
                if found:
                    self._cells[self._place] = found
            elif self._has_formula:
                # Without the value that a spreadsheet keeps beside it a formula says nothing.
                self._cells[self._place] = FORMULA
        elif tag == "row":
            if self._cells:
                self.found.append((self._line, self._cells))
        elif tag == "rPh":
            self._phonetic -= 1


class _Book:
    """Which part holds the first sheet, and how days are counted."""

    def __init__(self, archive: Archive) -> None:
        self.is_1904 = False
        self.sheet_name = self.sheet = ""
        self._id = ""
        archive.read_small("xl/workbook.xml", start=self._in_book)
        if "xl/_rels/workbook.xml.rels" in archive:
            archive.read_small("xl/_rels/workbook.xml.rels", start=self._in_relations)
        if self.sheet not in archive:
            self.sheet = "xl/worksheets/sheet1.xml"
        if self.sheet not in archive:
            raise Unreadable("broken_file")

    def _in_book(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "workbookPr":
            self.is_1904 = attributes.get("date1904") in {"1", "true"}
        if tag == "sheet" and not self._id and attributes.get("state", "visible") == "visible":
            self.sheet_name = attributes.get("name", "")[:31]
            self._id = attributes.get(_RELATION) or attributes.get(_STRICT_RELATION, "")

    def _in_relations(self, tag: str, attributes: dict[str, str]) -> None:
        is_ours = tag == "Relationship" and attributes.get("Id") == self._id
        if is_ours and attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "")
            self.sheet = posixpath.normpath(target.lstrip("/") if target[:1] == "/" else f"xl/{target}")


class _Strings:
    """The workbook's shared texts in a file without a name; only their places are kept in memory."""

    def __init__(self, archive: Archive) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  # lives as long as this process
        # Where each text ends, eight bytes each: of millions of texts even that would fill the memory.
        self._ends = tempfile.TemporaryFile()  # noqa: SIM115
        self._ends.write(_PLACE.pack(0))
        self._count = self._end_of_last = 0
        self._texts: list[str] = []
        self._length = 0
        self._listens = False
        self._phonetic = 0
        self._remembered: dict[str, str] = {}
        if "xl/sharedStrings.xml" in archive:
            for _read in archive.parse(
                "xl/sharedStrings.xml", start=self._start, end=self._end, text=self._text
            ):
                pass
        self._file.flush()
        self._ends.flush()

    def __getitem__(self, index: str) -> str:
        found = self._remembered.get(index)
        if found is None:
            found = self._at(index)
            # The same few words come again and again.
            if len(self._remembered) < 20_000:
                self._remembered[index] = found
        return found

    def _at(self, index: str) -> str:
        if not index.isdigit() or int(index) >= self._count:
            raise Unreadable("broken_file")
        self._ends.seek(int(index) * _PLACE.size)
        (begins,), (ends,) = _PLACE.iter_unpack(self._ends.read(2 * _PLACE.size))
        self._file.seek(begins)
        return self._file.read(ends - begins).decode()

    def _start(self, tag: str, _attributes: dict[str, str]) -> None:
        if tag == "si":
            self._texts, self._length = [], 0
        elif tag == "rPh":
            self._phonetic += 1
        elif tag == "t" and not self._phonetic:
            self._listens = True

    def _text(self, text: str) -> None:
        if self._listens and self._length <= CELL_LIMIT:
            self._texts.append(text)
            self._length += len(text)

    def _end(self, tag: str) -> None:
        if tag == "si":
            written = self._file.write("".join(self._texts).encode())
            self._end_of_last += written
            self._count += 1
            self._ends.write(_PLACE.pack(self._end_of_last))
        elif tag == "rPh":
            self._phonetic -= 1
        elif tag == "t":
            self._listens = False


def _date_styles(archive: Archive) -> frozenset[str]:
    """The style numbers that show a day."""
    codes: dict[str, str] = {}
    shown: list[str] = []
    inside: list[str] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "numFmt":
            codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif tag in {"cellXfs", "cellStyleXfs"}:
            inside.append(tag)
        elif tag == "xf" and inside[-1:] == ["cellXfs"]:
            shown.append(attributes.get("numFmtId", "0"))

    if "xl/styles.xml" in archive:
        archive.read_small("xl/styles.xml", start=start)
    return frozenset(
        str(style) for style, number_format in enumerate(shown) if _is_date(number_format, codes)
    )


def _is_date(number_format: str, codes: dict[str, str]) -> bool:
    if number_format in codes:
        bare = re.sub(r'"[^"]*"|\\.|_.|\[(?!h|m|s)[^\]]*\]', "", codes[number_format].lower())
        return bool(re.search("[dmyhsj]", bare.split(";")[0]))
    return number_format.isdigit() and int(number_format) in _DATE_FORMATS


def number(text: str) -> str:
    """`7301`, whatever way a spreadsheet wrote it; what is no number stays."""
    if text.isdigit():
        return text
    try:
        found = float(text)
    except ValueError:
        return text
    return str(int(found)) if found.is_integer() and abs(found) < 1e15 else repr(found)


def place_of(name: str) -> int:
    """27 for `AB12`; raises Unreadable for a column no spreadsheet has."""
    place = 0
    for letter in name:
        if not "A" <= letter <= "Z":
            break
        place = place * 26 + ord(letter) - 64
        if place > _MOST_PLACE:
            raise Unreadable("broken_file")
    return max(place - 1, 0)
