"""The process that reads an uploaded file, with limits on memory and time: what it meets cannot hurt a worker.

    python -m members.imports.child FILE MEMORY_BYTES CPU_SECONDS   (the order, JSON, on standard input)

On standard output come frames: a line of JSON, and after {"size": n, ...} n bytes in the text format of
COPY. The last frame says {"done": ...}, {"looked": ...} or {"failed": ...}; without one the process has died.
"""

import json
import resource
import sys
from collections.abc import Iterator, Mapping
from itertools import chain, islice
from pathlib import Path
from typing import Any

from members.imports import formats, header
from members.imports.failure import Unreadable
from members.imports.rows import RowReader, date_style
from members.imports.spec import ColumnSpec, load
from members.imports.table import Table

_FRAME_ROWS = 5_000
_SAMPLE_ROWS = 1_000
# What a person sees of each column before they say what it is.
_SHOWN_VALUES = 3
_SHOWN_LENGTH = 60

Frame = tuple[dict[str, object], bytes]


def read(
    path: Path, columns: list[ColumnSpec], pepper: bytes, *, chosen: Mapping[str, str] | None = None
) -> Iterator[Frame]:
    """Yield frames of staged rows, then the frame that says how the file was read.

    `chosen` maps a title of the file to a canonical header, or to nothing; without it we look ourselves.
    """
    table = formats.open_table(path)
    mapping = header.match(table.titles, columns, chosen=chosen)
    rows = table.rows()
    sample = list(islice(rows, _SAMPLE_ROWS))
    national = header.national_columns(table.titles, [row for _, row in sample])
    _refuse_mapped_national(national, table.titles, mapping)
    style = date_style(columns, mapping.places, [row for _, row in sample])
    reader = RowReader(columns, mapping.places, width=len(table.titles), pepper=pepper, date_style=style)
    yield from _frames(reader, chain(sample, rows), table)
    done = {
        **table.facts,
        "date_style": style,
        "present": [c.name for c, place in zip(columns, mapping.places, strict=True) if place is not None],
        "ignored": [name for name in mapping.ignored if name not in national],
        "national": sorted({*mapping.national, *national}),
    }
    yield {"done": done}, b""


def look(path: Path) -> Iterator[Frame]:
    """One frame: the titles, a few values of each column, and which of them may not come in."""
    table = formats.open_table(path)
    sample = [row for _, row in islice(table.rows(), _SAMPLE_ROWS)]
    by_name = [name for name in table.titles if header.is_national_name(name)]
    national = {*header.national_columns(table.titles, sample), *by_name}
    columns = [
        {
            "title": title,
            "values": [] if title in national else _shown(place, sample),
            "is_national": title in national,
        }
        for place, title in enumerate(table.titles)
    ]
    yield {"looked": {**table.facts, "columns": columns}}, b""


def _shown(place: int, sample: list[list[str]]) -> list[str]:
    filled = (row[place].strip() for row in sample if place < len(row))
    different = dict.fromkeys(cell[:_SHOWN_LENGTH] for cell in filled if cell and "\0" not in cell)
    return list(islice(different, _SHOWN_VALUES))


def _refuse_mapped_national(national: list[str], titles: list[str], mapping: header.Mapping) -> None:
    mapped = {titles[place].strip() for place in mapping.places if place is not None}
    for name in national:
        if name in mapped:
            raise Unreadable("national_number", column=name)


def _frames(reader: RowReader, rows: Iterator[tuple[int, list[str]]], table: Table) -> Iterator[Frame]:
    lines: list[str] = []
    for line, row in rows:
        lines.append(reader.staged(line, row))
        if len(lines) == _FRAME_ROWS:
            yield _frame(lines, table)
            lines = []
    if lines:
        yield _frame(lines, table)


def _frame(lines: list[str], table: Table) -> Frame:
    payload = "".join(lines).encode()
    # Near enough for a progress bar; of a spreadsheet it is the part with the rows, unpacked.
    share = table.position / table.size if table.size else 1
    return {"size": len(payload), "rows": len(lines), "share": min(1, share)}, payload


def answer(path: Path, order: dict[str, Any]) -> Iterator[Frame]:
    """The frames that the order asks for; the last one says so when the file cannot be read."""
    try:
        if "columns" not in order:
            yield from look(path)
        else:
            columns = load(order["columns"])
            yield from read(path, columns, order["pepper"].encode(), chosen=order.get("chosen"))
    except Unreadable as refusal:
        yield {"failed": {"code": refusal.code, "detail": refusal.detail}}, b""


def main(path: str, memory_bytes: str, cpu_seconds: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (int(memory_bytes), int(memory_bytes)))
    resource.setrlimit(resource.RLIMIT_CPU, (int(cpu_seconds), int(cpu_seconds) + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    order = json.loads(sys.stdin.read())
    out = sys.stdout.buffer
    for frame, payload in answer(Path(path), order):
        out.write(json.dumps(frame).encode() + b"\n" + payload)
        out.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
