"""The process that reads an uploaded file, with limits on memory and time: what it meets cannot hurt a worker.

    python -m members.imports.child FILE MEMORY_BYTES CPU_SECONDS   (columns and pepper on standard input)

On standard output come frames: a line of JSON, and after {"size": n, ...} n bytes in the text format of
COPY. The last frame says {"done": ...} or {"failed": ...}; without one the process has died.
"""

import csv
import json
import resource
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import IO, Protocol

from members.imports import dialect, header
from members.imports.failure import Unreadable
from members.imports.rows import RowReader
from members.imports.spec import ColumnSpec, load

_FRAME_ROWS = 5_000
_SAMPLE_ROWS = 200
# Longer than any cell we keep; a quote that is never closed runs into it.
_CELL_LIMIT = 100_000


class Rows(Protocol):
    """What csv.reader gives: rows, and the line it stands on."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...


def read(path: Path, columns: list[ColumnSpec], pepper: bytes) -> Iterator[tuple[dict[str, object], bytes]]:
    """Yield frames of staged rows, then the frame that says how the file was read."""
    found = dialect.detect(path)
    csv.field_size_limit(_CELL_LIMIT)
    with path.open(encoding=found.encoding, errors="replace", newline="") as file:
        rows = csv.reader(file, delimiter=found.separator)
        try:
            titles = next(rows, None)
            if not titles or not any(cell.strip() for cell in titles):
                raise Unreadable("empty_file")
            mapping = header.match(titles, columns)
            sample = [(rows.line_num, row) for row in islice(rows, _SAMPLE_ROWS)]
            national = header.national_columns(titles, [row for _, row in sample])
            _refuse_mapped_national(national, titles, mapping)
            reader = RowReader(columns, mapping.places, width=len(titles), pepper=pepper)
            yield from _frames(reader, sample, rows, file)
        except csv.Error:
            raise Unreadable("unclosed_quote", line=rows.line_num) from None
    yield (
        {
            "done": {
                "encoding": found.encoding,
                "separator": found.separator,
                "present": [
                    c.name for c, place in zip(columns, mapping.places, strict=True) if place is not None
                ],
                "ignored": [name for name in mapping.ignored if name not in national],
                "national": sorted({*mapping.national, *national}),
            }
        },
        b"",
    )


def _refuse_mapped_national(national: list[str], titles: list[str], mapping: header.Mapping) -> None:
    mapped = {titles[place].strip() for place in mapping.places if place is not None}
    for name in national:
        if name in mapped:
            raise Unreadable("national_number", column=name)


def _frames(
    reader: RowReader, sample: list[tuple[int, list[str]]], rows: "Rows", file: IO[str]
) -> Iterator[tuple[dict[str, object], bytes]]:
    lines: list[str] = []
    for line, row in _numbered(sample, rows):
        if not row:
            continue
        lines.append(reader.staged(line, row))
        if len(lines) == _FRAME_ROWS:
            yield _frame(lines, file)
            lines = []
    if lines:
        yield _frame(lines, file)


def _numbered(sample: list[tuple[int, list[str]]], rows: "Rows") -> Iterator[tuple[int, list[str]]]:
    yield from sample
    for row in rows:
        yield rows.line_num, row


def _frame(lines: list[str], file: IO[str]) -> tuple[dict[str, object], bytes]:
    payload = "".join(lines).encode()
    # The position of the decoder's buffer; near enough for a progress bar.
    return {"size": len(payload), "rows": len(lines), "read": file.buffer.tell()}, payload  # type: ignore[attr-defined]


def main(path: str, memory_bytes: str, cpu_seconds: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (int(memory_bytes), int(memory_bytes)))
    resource.setrlimit(resource.RLIMIT_CPU, (int(cpu_seconds), int(cpu_seconds) + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    order = json.loads(sys.stdin.read())
    out = sys.stdout.buffer
    try:
        for frame, payload in read(Path(path), load(order["columns"]), order["pepper"].encode()):
            out.write(json.dumps(frame).encode() + b"\n" + payload)
            out.flush()
    except Unreadable as refusal:
        out.write(json.dumps({"failed": {"code": refusal.code, "detail": refusal.detail}}).encode() + b"\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
