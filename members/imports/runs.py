"""One import run from waiting to done: read, merge, report. Safe to run twice; the row is the queue."""

import hashlib
import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import DataError, IntegrityError, transaction
from django.db.models import Q

from bibmail.tenancy import acting_for, acting_for_network, clock, sinks, staging
from bibmail.tenancy.sinks import Run, Sink
from members import turns
from members.imports import intake, merging, rehearsing
from members.imports.failure import Unreadable
from members.models import ImportRefusal, ImportRun

logger = logging.getLogger(__name__)

# A run that has not moved for so long has lost its worker.
SILENCE = timedelta(minutes=10)
_MOST_ATTEMPTS = 3
# Its file is needed no more.
_ENDED = {ImportRun.State.DONE, ImportRun.State.FAILED}


class Overtaken(Exception):
    """Another worker has the run by now, or has ended it; this one stops and leaves everything to it."""


def run(*, run_id: int, library_id: int, at: datetime) -> ImportRun | None:
    """Load the file of a run and report; None when it is not ours to end, or an older file comes first."""
    with acting_for(library_id):
        found = _begin(run_id, at=at)
    if found is None:
        return None
    path = settings.UPLOADS_DIR / found.stored_as
    try:
        _load_file(found, path, library_id=library_id, at=at)
    except Overtaken:
        logger.info("import %s of library %s went to another worker", run_id, library_id)
        return None
    if found.state in _ENDED and path.is_file():
        path.unlink(missing_ok=True)
    return found


def _begin(run_id: int, *, at: datetime) -> ImportRun | None:
    """Take the run, unless a worker that still moves has it or an older file must go first."""
    found = ImportRun.objects.select_for_update(skip_locked=True).filter(pk=run_id).first()
    if found is None or not found.is_under_way:
        return None
    # A lease, so on the database's clock; `at` is domain time (decision D11).
    now = clock.database_now()
    if found.state == ImportRun.State.RUNNING and found.heartbeat_at and found.heartbeat_at > now - SILENCE:
        return None
    if ImportRun.objects.older_than(found).alive(since=now - SILENCE).exists():
        return None
    found.attempts_count += 1
    found.state, found.started_at, found.heartbeat_at = ImportRun.State.RUNNING, at, now
    found.save()
    return found


def _load_file(found: ImportRun, path: Path, *, library_id: int, at: datetime) -> None:
    """The run ends here, well or not, unless it is no longer ours: then Overtaken."""
    try:
        if found.attempts_count > _MOST_ATTEMPTS:
            raise Unreadable("worker_died")
        if not path.is_file():
            raise Unreadable("file_is_gone")
        sink = sinks.get(found.sink)
        load(found, sink, intake.read(path, sink, chosen=found.chosen), library_id=library_id, at=at)
    except Unreadable as refusal:
        fail(found, refusal.code, refusal.detail, library_id=library_id, at=at)
    except (DataError, IntegrityError) as error:
        note_unstorable(found, error, library_id=library_id, at=at)
    finally:
        intake.drop()


def load(
    found: ImportRun,
    sink: Sink,
    frames: Iterable[intake.Frame],
    *,
    library_id: int,
    at: datetime,
    told: dict[int, staging.Word] | None = None,
) -> None:
    """Stage the frames, then merge and close the run in one transaction; raises Unreadable, Overtaken.

    What became of each accepted row is put in `told`, by its line.
    """
    reading = intake.stage(
        frames, sink, library_id=library_id, on_progress=_progress_of(found, library_id=library_id)
    )
    facts = Run(
        run_id=found.pk,
        library_id=library_id,
        source=found.source,
        at=at,
        speaks_at=found.created_at,
        present=frozenset(reading.pop("present")),
        is_full=found.is_full,
        # A rehearsal counts them, so that somebody can confirm.
        is_removal_confirmed=found.is_removal_confirmed or found.is_rehearsal,
    )
    if found.is_rehearsal:
        _rehearse(found, sink, facts, reading)
        return
    if sink.prepare_shared:
        with acting_for_network():
            sink.prepare_shared(facts)
    with acting_for(library_id):
        _note(found, heartbeat_at=clock.database_now())
    try:
        with acting_for(library_id):
            turns.take()
            _hold(found)
            merged = merging.merge(facts, sink)
            merging.keep(facts)
            if told is not None:
                told |= staging.by_line()
            _report(found, merged, reading, at=at)
    except sinks.TooManyGone as stop:
        _stop(found, stop, library_id=library_id)


def _rehearse(found: ImportRun, sink: Sink, facts: Run, reading: dict[str, object]) -> None:
    """Note what the merge would do; somebody confirms it, or drops it."""
    with acting_for(facts.library_id):
        _note(found, heartbeat_at=clock.database_now())
    figures, refusals = rehearsing.rehearse(facts, sink)
    with acting_for(facts.library_id):
        _hold(found)
        rehearsing.keep_refusals(refusals)
        found.refused_by_code, found.refused_count = figures.pop("refused_by_code"), figures["refused"]
        found.rows_count = int(str(reading.pop("rows")))
        found.rehearsal, found.reading, found.vanished_count = figures, reading, figures["vanished"]
        found.state, found.is_rehearsal, found.bytes_read = ImportRun.State.CHECKED, False, found.byte_count
        found.save()


def _stop(found: ImportRun, stop: sinks.TooManyGone, *, library_id: int) -> None:
    """Nothing happened; the file waits until somebody confirms."""
    stopped = {
        "state": ImportRun.State.CHECKED,
        "vanished_count": stop.vanished,
        "failure": {"code": "mass_removal", "detail": {"vanished": stop.vanished, "of": stop.of}},
    }
    with acting_for(library_id):
        _note(found, **stopped)
    for name, value in stopped.items():
        setattr(found, name, value)


def _progress_of(found: ImportRun, *, library_id: int) -> Callable[[intake.Progress], None]:
    def note(progress: intake.Progress) -> None:
        with acting_for(library_id):
            _note(
                found,
                bytes_read=int(progress.share * found.byte_count),
                rows_count=progress.rows,
                heartbeat_at=clock.database_now(),
            )

    return note


def _ours(found: ImportRun) -> Q:
    """The row as this attempt left it: who rings a silent run again raises its attempts."""
    return Q(pk=found.pk, state=ImportRun.State.RUNNING, attempts_count=found.attempts_count)


def _note(found: ImportRun, **fields: object) -> None:
    """Change the row while it is ours; raises Overtaken."""
    if not ImportRun.objects.filter(_ours(found)).update(**fields):
        raise Overtaken


def _hold(found: ImportRun) -> None:
    """Lock the row until the merge is there: nobody begins it meanwhile. Raises Overtaken."""
    if not ImportRun.objects.select_for_update().filter(_ours(found)).first():
        raise Overtaken


def _report(found: ImportRun, merged: merging.Found, reading: dict[str, object], *, at: datetime) -> None:
    """Close the run in the transaction of its merge: both are there or neither."""
    outcome = merged.outcome
    found.refused_by_code, found.refused_count = merged.refused_by_code, merged.refused
    found.rows_count = int(str(reading.pop("rows")))
    found.new_count, found.changed_count = outcome.new, outcome.changed
    found.unchanged_count, found.removed_count = outcome.unchanged, outcome.removed
    found.vanished_count = outcome.vanished
    found.reading, found.failure = reading, {}
    found.bytes_read = found.byte_count
    found.state, found.finished_at, found.stored_as = ImportRun.State.DONE, at, ""
    found.save()


def fail(found: ImportRun, code: str, detail: dict[str, object], *, library_id: int, at: datetime) -> None:
    """Close the run without a row; the code becomes a sentence in `members.sentences`. Raises Overtaken."""
    logger.info("import %s of library %s failed: %s", found.pk, library_id, code)
    failed = {"state": ImportRun.State.FAILED, "finished_at": at, "stored_as": ""}
    failed["failure"] = {"code": code, "detail": detail}
    with acting_for(library_id):
        _note(found, **failed)
    for name, value in failed.items():
        setattr(found, name, value)


def note_unstorable(found: ImportRun, error: Exception, *, library_id: int, at: datetime) -> None:
    """Close a run whose rows the database refused; its words may quote a row, so only the class is told."""
    logger.error("import %s of library %s: %s", found.pk, library_id, type(error).__name__)
    fail(found, "not_storable", {}, library_id=library_id, at=at)


def drop(found: ImportRun, *, at: datetime) -> None:
    """Go no further with a run that waits for a person; nothing of its file stays."""
    stored = settings.UPLOADS_DIR / found.stored_as if found.stored_as else None
    ImportRefusal.objects.filter(run=found).delete()
    found.state, found.finished_at, found.stored_as = ImportRun.State.DROPPED, at, ""
    found.looked, found.rehearsal, found.refused_count, found.refused_by_code = {}, {}, 0, {}
    found.save()
    if stored:
        transaction.on_commit(lambda: stored.unlink(missing_ok=True))


def fingerprint(path: Path) -> str:
    """SHA-256 of a file in hexadecimal, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
