"""Bringing a small file in, as a test writes it."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library
from members import actions
from members.imports import runs
from members.models import ImportRun
from tests.factories import NOON

Deliver = Callable[..., ImportRun]


def deliver(
    library: Library,
    folder: Path,
    *,
    sink: str,
    content: str | bytes,
    at: datetime = NOON,
    source: str = "wise",
    is_full: bool = False,
) -> ImportRun:
    """Import one file and return its run as the database has it."""
    file = folder / f"{sink}.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with acting_for(library.pk):
        waiting = actions.note_local_file(sink=sink, source_file=file, source=source, at=at, is_full=is_full)
    runs.run(run_id=waiting.pk, library_id=library.pk, at=at)
    with acting_for(library.pk):
        return ImportRun.objects.get(pk=waiting.pk)
