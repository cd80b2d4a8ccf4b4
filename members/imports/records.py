"""Records that a program delivers, by the same reader, merge and report as the rows of a file."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from django.conf import settings
from django.db import DataError, IntegrityError

from bibmail.tenancy import acting_for, clock, sinks
from members.imports import intake, runs
from members.imports.rows import RowReader
from members.imports.spec import from_columns
from members.models import ImportRun

_FRAME_ROWS = 5000


def deliver(
    sink: str, rows: Iterable[Mapping[str, str]], *, source: str, library_id: int, at: datetime
) -> ImportRun:
    """Bring these records in and give back the run that tells what became of them."""
    wanted = sinks.get(sink)
    records = list(rows)
    with acting_for(library_id):
        found = ImportRun.objects.create(
            sink=sink, file_name=source, source=source, state=ImportRun.State.RUNNING, attempts_count=1,
            created_at=at, started_at=at, heartbeat_at=clock.database_now(),
        )  # fmt: skip
    try:
        runs.load(found, wanted, _frames(wanted, records), library_id=library_id, at=at)
    except (DataError, IntegrityError):
        runs._fail(found, "not_storable", {}, library_id=library_id, at=at)
    finally:
        intake.drop()
    return found


def _frames(sink: sinks.Sink, records: Sequence[Mapping[str, str]]) -> Iterator[intake.Frame]:
    columns = from_columns(sink.columns)
    named = {header for record in records for header in record}
    headers = [column.header for column in columns if column.header in named]
    places = [headers.index(c.header) if c.header in named else None for c in columns]
    reader = RowReader(columns, places, width=len(headers), pepper=settings.RECIPIENT_PEPPER.encode())
    lines = [
        reader.staged(number, [record.get(header, "") for header in headers])
        for number, record in enumerate(records, 1)
    ]
    for start in range(0, len(lines), _FRAME_ROWS):
        part = lines[start : start + _FRAME_ROWS]
        payload = "".join(part).encode()
        yield {"size": len(payload), "rows": len(part), "read": 0}, payload
    present = [c.name for c, place in zip(columns, places, strict=True) if place is not None]
    yield {"done": {"present": present, "ignored": [], "national": []}}, b""
