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
from django.db import connection, transaction

from bibmail.tenancy import acting_for, clock, database
from bibmail.tenancy.models import Library
from members import actions, queries
from members.imports import runs
from members.models import Contact, ImportRun, Membership
from tests import factories

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

ROWS = 40_000

_WORKER = """
import sys, django
django.setup()
from members.imports import runs
from bibmail.tenancy import clock
runs.run(run_id=int(sys.argv[1]), library_id=int(sys.argv[2]), at=clock.database_now())
"""

_WAITS_FOR_THE_LOCK = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


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
    with transaction.atomic():
        _lock_imports_of(waiting.library)
        with _worker(waiting) as worker:
            _until(_somebody_waits)
            worker.send_signal(SIGKILL)

    _rung_again_ends_well(waiting)


def test_a_killed_reader_fails_the_run_and_brings_nothing_in(waiting: ImportRun) -> None:
    with _worker(waiting) as worker:
        _until(lambda: bool(_children(worker.pid)))
        os.kill(_children(worker.pid)[0], SIGKILL)
        worker.wait(60)

    run = _now(waiting)
    assert (run.state, run.failure["code"]) == (ImportRun.State.FAILED, "reader_died")
    with acting_for(run.library.pk):
        assert not Contact.objects.exists()


def _rung_again_ends_well(waiting: ImportRun) -> None:
    later = clock.database_now() + runs.SILENCE + timedelta(seconds=1)
    library_id = waiting.library.pk
    with acting_for(library_id):
        assert not Contact.objects.exists()
        assert list(queries.silent_import_runs(before=later - runs.SILENCE)) == [waiting.pk]

    done = runs.run(run_id=waiting.pk, library_id=library_id, at=later)

    assert done
    assert (done.state, done.attempts_count) == (ImportRun.State.DONE, 2)
    assert (done.rows_count, done.new_count, done.refused_count) == (ROWS, ROWS, 0)
    with acting_for(library_id):
        assert (Contact.objects.count(), Membership.objects.count()) == (ROWS, ROWS)


@contextmanager
def _worker(waiting: ImportRun) -> Iterator["subprocess.Popen[bytes]"]:
    """A real process that runs the import as the plain role in the database of this test."""
    name = connection.settings_dict["NAME"]
    url = f"{database.with_database(os.environ['DATABASE_URL'], name)}&options=-c%20role%3Dbibmail_app"
    words = [sys.executable, "-c", _WORKER, str(waiting.pk), str(waiting.library_id)]
    uploads = str(settings.UPLOADS_DIR)
    with subprocess.Popen(
        words, env=os.environ | {"DATABASE_URL": url, "UPLOADS_DIR": uploads}, cwd=settings.ROOT
    ) as worker:
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


def _lock_imports_of(library: Library) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('import'), %s)", [library.pk])


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_WAITS_FOR_THE_LOCK)
        return cursor.fetchone() is not None


def _children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
