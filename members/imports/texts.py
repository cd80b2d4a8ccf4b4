"""Tables that are text: CSV in every dialect, and JSON Lines."""

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from members.imports import dialect
from members.imports.failure import Unreadable
from members.imports.table import BAD_JSON, CELL_LIMIT, NESTED, checked_titles

_LINE_BYTES = 1 << 20
_LONE_RETURN = re.compile(r"(?<=\r)(?!\n)")


class Csv:
    """Rows between separators; see table.Table."""

    def __init__(self, path: Path) -> None:
        found = dialect.detect(path)
        self._encoding = found.encoding
        self.facts: dict[str, object] = {
            "format": "tsv" if found.separator == "\t" else "csv",
            "encoding": found.encoding,
            "separator": found.separator,
        }
        self.position, self.size = 0, path.stat().st_size
        csv.field_size_limit(CELL_LIMIT)
        self._reader = csv.reader(self._lines(path), delimiter=found.separator)
        try:
            self.titles = checked_titles(next(self._reader, []))
        except csv.Error:
            raise self._broken() from None

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Rows below the titles, an empty line left out; raises Unreadable where a quote never closes."""
        try:
            for row in self._reader:
                if row:
                    yield self._reader.line_num, row
        except csv.Error:
            raise self._broken() from None

    def _broken(self) -> Unreadable:
        return Unreadable("unclosed_quote", line=self._reader.line_num)

    def _lines(self, path: Path) -> Iterator[str]:
        if self._encoding in {"utf-8-sig", *dialect.WIDE}:
            with path.open(encoding=self._encoding, errors="replace", newline="") as file:
                for line in file:
                    self.position = file.buffer.tell()  # type: ignore[attr-defined]  # a file on disk
                    yield line
        else:
            with path.open("rb") as raw:
                yield from self._mixed(raw)

    def _mixed(self, raw: IO[bytes]) -> Iterator[str]:
        """Line by line: who pastes two exports together has two encodings in one file."""
        while line := raw.readline(_LINE_BYTES):
            self.position += len(line)
            try:
                text = line.decode("utf-8")
                if not line.isascii():
                    self.facts["encoding"] = "mixed"
            except UnicodeDecodeError:
                text = line.decode("cp1252", errors="replace")
            if "\r" in text[:-2]:
                yield from (part for part in _LONE_RETURN.split(text) if part)
            else:
                yield text


class JsonLines:
    """An object a line; the titles are every name that occurs in any of them."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._encoding = dialect.encoding_of(path)
        self.facts: dict[str, object] = {"format": "jsonl", "encoding": self._encoding}
        self.position, self.size = 0, path.stat().st_size
        names: dict[str, None] = {}
        for _line, found in self._objects():
            if found is not None:
                names.update(dict.fromkeys(found))
                checked_titles(list(names)) if len(names) > 1_000 else None
        self.titles = checked_titles(list(names))
        self._names = list(names)
        self.position = 0

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Every object as a row of all titles; a line that is no object is a row that says so."""
        for line, found in self._objects():
            if found is None:
                yield line, BAD_JSON
            else:
                yield line, [_cell(found.get(name)) for name in self._names]

    def _objects(self) -> Iterator[tuple[int, dict[str, object] | None]]:
        with self._path.open(encoding=self._encoding, errors="replace") as file:
            line = 0
            while text := file.readline(_LINE_BYTES):
                line += 1
                self.position += len(text)
                if text.strip():
                    yield line, _object(text)


def _object(text: str) -> dict[str, object] | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | dict):
        return NESTED
    return str(value)
