"""A worker is killed with -9 in the middle of an import; the run is rung again and ends with the same figures."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from signal import SIGKILL

import pytest
from django.conf import LazySettings, settings
from django.db import connection

from bibmail.tenancy import acting_for, clock
from bibmail.tenancy.models import Library
from members import actions, queries
from members.imports import runs
from members.models import Contact, ImportRun, Membership
from tests import factories
from tests.faults import worker as worker_processes

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

ROWS = 40_000

_WORKER = """
import sys, django
django.setup()
from members.imports import runs
from bibmail.tenancy import clock
runs.run(run_id=int(sys.argv[1]), library_id=int(sys.argv[2]), at=clock.now())
"""

_WAITING_FOR_THE_LOCK = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


@pytest.fixture
def waiting(tmp_path: Path, settings: LazySettings) -> ImportRun:
    settings.UPLOADS_DIR = tmp_path / "uploads"
    library = factories.a_library(slug="zottegem")
    file = tmp_path / "members.csv"
    lines = (f"7{number:06},Noor,Lemmens,noor{number}@example.org,02/09/2024\n" for number in range(ROWS))
    file.write_text("externalId,firstName,lastName,email,enrolledOn\n" + "".join(lines))
    with acting_for(library.pk):
        return actions.note_local_file(
            sink="members", source_file=file, source="wise", at=clock.database_now()
        )


def test_a_worker_killed_while_it_reads_leaves_the_run_to_the_next(waiting: ImportRun) -> None:
    with _worker(waiting) as worker:
        _until(lambda: _now(waiting).rows_count > 0)
        worker.send_signal(SIGKILL)

    assert _now(waiting).state == ImportRun.State.RUNNING
    _rung_again_ends_well(waiting)


def test_a_worker_killed_at_the_door_of_the_merge_leaves_the_run_to_the_next(waiting: ImportRun) -> None:
    with _imports_held(waiting.library), _worker(waiting) as worker:
        _until(lambda: _waiters() == 1)
        worker.send_signal(SIGKILL)

    _rung_again_ends_well(waiting)


def test_a_killed_reader_fails_the_run_and_brings_nothing_in(waiting: ImportRun) -> None:
    # Long enough to be read still when a busy machine sees the reader late.
    with (Path(settings.UPLOADS_DIR) / waiting.stored_as).open("a") as file:
        file.writelines(
            f"8{number:06},Wout,Maes,wout{number}@example.org,02/09/2024\n" for number in range(400_000)
        )
    with _worker(waiting) as worker:
        _until(lambda: bool(_children(worker.pid)))
        os.kill(_children(worker.pid)[0], SIGKILL)
        worker.wait(60)

    run = _now(waiting)
    assert (run.state, run.failure["code"]) == (ImportRun.State.FAILED, "reader_died")
    with acting_for(run.library.pk):
        assert not Contact.objects.exists()


def test_a_run_rung_again_while_it_lives_is_merged_once(waiting: ImportRun) -> None:
    with _imports_held(waiting.library), _worker(waiting) as first:
        _until(lambda: _waiters() == 1)
        _fall_silent(waiting)
        with _worker(waiting) as second:
            _until(lambda: _waiters() == 2)
            _let_go()
            assert (first.wait(60), second.wait(60)) == (0, 0)

    run = _now(waiting)
    assert (run.state, run.attempts_count, run.failure) == (ImportRun.State.DONE, 2, {})
    assert (run.new_count, run.changed_count, run.unchanged_count) == (ROWS, 0, 0)


def _rung_again_ends_well(waiting: ImportRun) -> None:
    now, library_id = clock.database_now(), waiting.library.pk
    _fall_silent(waiting)
    with acting_for(library_id):
        assert not Contact.objects.exists()
        assert list(queries.silent_import_runs(before=now - runs.SILENCE)) == [waiting.pk]

    done = runs.run(run_id=waiting.pk, library_id=library_id, at=clock.now())

    assert done
    assert (done.state, done.attempts_count) == (ImportRun.State.DONE, 2)
    assert (done.rows_count, done.new_count, done.refused_count) == (ROWS, ROWS, 0)
    with acting_for(library_id):
        assert (Contact.objects.count(), Membership.objects.count()) == (ROWS, ROWS)


@contextmanager
def _worker(waiting: ImportRun) -> Iterator["subprocess.Popen[bytes]"]:
    """A real process that runs the import as the plain role in the database of this test."""
    words = [sys.executable, "-c", _WORKER, str(waiting.pk), str(waiting.library_id)]
    environ = worker_processes.environ(UPLOADS_DIR=str(settings.UPLOADS_DIR))
    with subprocess.Popen(words, env=environ, cwd=settings.ROOT) as worker:
        try:
            yield worker
        finally:
            worker.kill()


def _now(run: ImportRun) -> ImportRun:
    with acting_for(run.library.pk):
        return ImportRun.objects.get(pk=run.pk)


def _until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _fall_silent(run: ImportRun) -> None:
    """As if its worker had last moved too long ago."""
    with acting_for(run.library.pk):
        silent = clock.database_now() - runs.SILENCE - timedelta(seconds=1)
        ImportRun.objects.filter(pk=run.pk).update(heartbeat_at=silent)


@contextmanager
def _imports_held(library: Library) -> Iterator[None]:
    """Nobody merges in this library meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext('import'), %s)", [library.pk])
    try:
        yield
    finally:
        _let_go()


def _let_go() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock_all()")


def _waiters() -> int:
    with connection.cursor() as cursor:
        cursor.execute(_WAITING_FOR_THE_LOCK)
        return int(cursor.fetchone()[0])


def _children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
