"""What the library systems delivered this morning: noted, rung and loaded by the worker, as on any day."""

from datetime import date, datetime
from pathlib import Path

from bibmail.tenancy import acting_for, sinks
from bibmail.tenancy.models import Library
from members import actions, tasks


def deliver(folder: Path, day: date, *, at: datetime) -> int:
    """Hand the files of a day to the import worker, in their order; return how many there were."""
    files = 0
    for library in Library.objects.order_by("pk"):
        waiting = []
        for sink in sinks.in_order():
            file = folder / day.isoformat() / library.slug / f"{sink.code}.csv"
            if file.is_file():
                with acting_for(library.pk):
                    waiting.append(
                        actions.note_local_file(sink=sink.code, source_file=file, source="wise", at=at)
                    )
        if waiting:
            # The one who ends it rings for the next.
            tasks.run_import.delay(library_id=library.pk, run_id=waiting[0].pk)
        files += len(waiting)
    return files
