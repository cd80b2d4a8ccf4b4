"""From a file on disk to the staging table: start the reader, pour its frames into COPY."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import IO, Any, NamedTuple, cast

from django.conf import settings
from django.db import connection

from bibmail.tenancy import acting_for
from bibmail.tenancy.sinks import Sink
from members.imports.failure import Unreadable
from members.imports.spec import BOOKKEEPING, dump, from_columns

_MEMORY_BYTES = 512 * 1024**2
_CPU_SECONDS = 3600

_BOOKKEEPING_TYPES = ("bigint", "text", "text", "text", "bigint")

_CREATE = """
    DROP TABLE IF EXISTS staging CASCADE;
    CREATE TEMP TABLE staging ({columns});
    CREATE TEMP VIEW accepted AS SELECT * FROM staging WHERE refusal IS NULL;
"""

_REFUSE_REPEATED = """
    WITH seen AS (
        SELECT line, first_value(line) OVER (PARTITION BY {key} ORDER BY line) AS first_line
          FROM staging
         WHERE refusal IS NULL
    )
    UPDATE staging AS s
       SET refusal        = 'duplicate',
           refused_column = %(header)s,
           refused_value  = left(s.{shown}::text, 200),
           other_line     = seen.first_line
      FROM seen
     WHERE s.line = seen.line
       AND seen.line <> seen.first_line
"""


# What the reader says of the next bytes, and the bytes.
Frame = tuple[dict[str, Any], bytes]


class Progress(NamedTuple):
    """How far the reader is."""

    share: float
    rows: int


def stage(
    frames: Iterable[Frame], sink: Sink, *, library_id: int, on_progress: Callable[[Progress], None]
) -> dict[str, Any]:
    """Fill `staging` with the rows of a file, refused ones included; return how it was read.

    Each frame is a short transaction, so that progress shows and a long file holds no lock. The table is
    temporary and outlives them; `drop` ends it. Raises Unreadable.
    """
    staged = [pair for column in from_columns(sink.columns) for pair in column.staged()]
    with acting_for(library_id):
        _create(staged)
    copy = f"COPY staging ({', '.join([*BOOKKEEPING, *(name for name, _ in staged)])}) FROM STDIN"
    rows = 0
    for frame, payload in frames:
        if "done" in frame:
            with acting_for(library_id), connection.cursor() as cursor:
                _refuse_repeated(cursor, sink)
                # A small sample tells the planner enough: how many rows, how different their keys.
                cursor.execute("SET LOCAL default_statistics_target = 10")
                cursor.execute("ANALYZE staging")
            return {**frame["done"], "rows": rows}
        if "failed" in frame:
            raise Unreadable(frame["failed"]["code"], **frame["failed"]["detail"])
        rows += frame["rows"]
        with acting_for(library_id), connection.cursor() as cursor:
            cursor.copy_expert(copy, BytesIO(payload))
        on_progress(Progress(frame["share"], rows))
    raise Unreadable("reader_died")


def drop() -> None:
    """Forget the staged rows."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS staging CASCADE")


def _create(staged: Sequence[tuple[str, str]]) -> None:
    bookkeeping = zip(BOOKKEEPING, _BOOKKEEPING_TYPES, strict=True)
    columns = ", ".join(f"{name} {kind}" for name, kind in (*bookkeeping, *staged))
    with connection.cursor() as cursor:
        cursor.execute(_CREATE.format(columns=columns))


def _refuse_repeated(cursor: Any, sink: Sink) -> None:
    if sink.key:
        shown = next(column for column in sink.columns if column.name == sink.key[0])
        statement = _REFUSE_REPEATED.format(key=", ".join(sink.key), shown=shown.name)
        cursor.execute(statement, {"header": shown.header})


def read(path: Path, sink: Sink, *, chosen: Mapping[str, str] | None = None) -> Iterator[Frame]:
    """The frames of the file, as the reader (child.py) makes them while we take them.

    `chosen` maps a title of the file to a canonical header, or to nothing.
    """
    columns = dump(from_columns(sink.columns))
    return _asked(path, {"columns": columns, "pepper": settings.RECIPIENT_PEPPER, "chosen": chosen})


def look(path: Path) -> dict[str, Any]:
    """How the file was written and what its columns are called, with a few values; raises Unreadable."""
    for frame, _payload in _asked(path, {}):
        if "failed" in frame:
            raise Unreadable(frame["failed"]["code"], **frame["failed"]["detail"])
        return dict(frame["looked"])
    raise Unreadable("reader_died")


def _asked(path: Path, order: dict[str, Any]) -> Iterator[Frame]:
    with _reader(path) as reader:
        stdin, stdout = _pipes(reader)
        stdin.write(json.dumps(order).encode())
        stdin.close()
        while line := stdout.readline():
            frame = json.loads(line)
            yield frame, stdout.read(frame.get("size", 0))


def _pipes(reader: "subprocess.Popen[bytes]") -> tuple[IO[bytes], IO[bytes]]:
    return cast(IO[bytes], reader.stdin), cast(IO[bytes], reader.stdout)


@contextmanager
def _reader(path: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """The child, killed when we stop listening; it gets no environment beyond what Python needs."""
    arguments = [sys.executable, "-m", "members.imports.child"]
    with subprocess.Popen(  # noqa: S603  # our own module; the path is an argument, not a command
        [*arguments, str(path), str(_MEMORY_BYTES), str(_CPU_SECONDS)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=settings.ROOT,
        env={"PYTHONPATH": str(settings.ROOT), "PYTHONUTF8": "1"},
    ) as reader:
        try:
            yield reader
        finally:
            reader.kill()
