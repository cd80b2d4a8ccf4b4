"""The door for records that come one by one: another system's API, a connector. No file, no child process.

They go the same way as a file: read cell by cell, staged, merged as a set, reported row by row.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from django.conf import settings
from django.db import DataError, IntegrityError

from bibmail.tenancy import acting_for, clock, sinks, staging
from bibmail.tenancy.models import User
from bibmail.tenancy.sinks import Sink
from members.imports import header, intake, runs
from members.imports.failure import Unreadable
from members.imports.rows import RowReader
from members.imports.spec import ColumnSpec, from_columns
from members.models import ImportRun

_FRAME_ROWS = 5_000


def deliver(
    sink: str,
    rows: Iterable[Mapping[str, str]],
    *,
    source: str,
    library_id: int,
    at: datetime,
    name: str = "",
    by: User | None = None,
    told: dict[int, staging.Word] | None = None,
) -> ImportRun:
    """Bring records in now and return their run, done or failed; a refusal's line is the record's place from 1.

    A record says text by canonical header ("memberExternalId"); what only other records of the delivery say
    is empty in it, and what none says stays as it was. `name` is what the history shows; `told` is given what
    became of each accepted record, by its place. Call it outside a transaction: rows are staged in short ones,
    and records of shared things (titles) need a scope of their own. An error of `rows` itself ends the run as
    failed and goes on to the caller. Raises UnknownSink.
    """
    wanted = sinks.get(sink)
    with acting_for(library_id):
        run = ImportRun.objects.create(
            sink=sink,
            file_name=(name or source)[-255:],
            source=source,
            started_by=by,
            state=ImportRun.State.RUNNING,
            attempts_count=1,
            created_at=at,
            started_at=at,
            heartbeat_at=clock.database_now(),
        )
    try:
        runs.load(run, wanted, frames(wanted, rows), library_id=library_id, at=at, told=told)
    except Unreadable as refusal:
        runs.fail(run, refusal.code, refusal.detail, library_id=library_id, at=at)
    except (DataError, IntegrityError) as error:
        runs.note_unstorable(run, error, library_id=library_id, at=at)
    except runs.Overtaken:
        pass
    except Exception:
        runs.fail(run, "source_broke", {}, library_id=library_id, at=at)
        raise
    finally:
        intake.drop()
    with acting_for(library_id):
        return ImportRun.objects.get(pk=run.pk)


def frames(sink: Sink, rows: Iterable[Mapping[str, str]]) -> Iterator[intake.Frame]:
    """The records as the reader of a file would hand them over."""
    columns = from_columns(sink.columns)
    shape = _Shape(columns)
    reader = RowReader(
        columns, list(range(len(columns))), width=len(columns), pepper=settings.RECIPIENT_PEPPER.encode()
    )
    lines: list[str] = []
    for line, row in enumerate(rows, 1):
        lines.append(reader.staged(line, shape.cells(row)))
        if len(lines) == _FRAME_ROWS:
            yield _frame(lines)
            lines = []
    if lines:
        yield _frame(lines)
    yield {"done": shape.seen()}, b""


class _Shape:
    """Which key of a record is which column, and which of them came by."""

    def __init__(self, columns: list[ColumnSpec]) -> None:
        self._columns = columns
        self._known = header.known_names(columns)
        self._places: dict[str, int | None] = {}

    def cells(self, row: Mapping[str, str]) -> list[str]:
        """The record as a row of all columns, in their order."""
        cells = [""] * len(self._columns)
        for key, cell in row.items():
            if key not in self._places:
                self._places[key] = self._known.get(header.plain(key))
            place = self._places[key]
            if place is not None:
                cells[place] = cell
        return cells

    def seen(self) -> dict[str, object]:
        """What the reader of a file says at its end."""
        ignored = sorted(key for key, place in self._places.items() if place is None)
        return {
            "present": sorted({self._columns[p].name for p in self._places.values() if p is not None}),
            "ignored": [key for key in ignored if not header.is_national_name(key)],
            "national": [key for key in ignored if header.is_national_name(key)],
        }


def _frame(lines: list[str]) -> intake.Frame:
    payload = "".join(lines).encode()
    return {"size": len(payload), "rows": len(lines), "share": 0}, payload
