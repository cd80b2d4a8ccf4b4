"""Who may load a file, in which order, and what stays behind when it ends badly."""

import os
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connection

from bibmail.tenancy import acting_for, clock, sinks
from bibmail.tenancy.models import Library
from bibmail.tenancy.sinks import Sink
from members import actions, queries, retention, sentences, tasks
from members.imports import intake, runs
from members.imports.failure import Unreadable
from members.models import Contact, ImportRefusal, ImportRun
from tests.factories import NOON, a_contact, a_membership

pytestmark = pytest.mark.django_db

Note = Callable[..., ImportRun]
State = ImportRun.State


@pytest.fixture
def note(zottegem: Library, tmp_path: Path, settings: LazySettings) -> Note:
    """`note()` puts a file with one member in the queue; nobody loads it yet."""
    settings.UPLOADS_DIR = tmp_path / "uploads"
    file = tmp_path / "members.csv"

    def noting(*, last_name: str = "Lemmens", at: datetime = NOON) -> ImportRun:
        file.write_text(f"externalId;lastName\n7301;{last_name}\n")
        with acting_for(zottegem.pk):
            return actions.note_local_file(sink="members", source_file=file, source="wise", at=at)

    return noting


def load(run: ImportRun, *, at: datetime = NOON) -> ImportRun | None:
    return runs.run(run_id=run.pk, library_id=run.library.pk, at=at)


def now(run: ImportRun) -> ImportRun:
    with acting_for(run.library.pk):
        return ImportRun.objects.get(pk=run.pk)


def change(run: ImportRun, **fields: object) -> None:
    with acting_for(run.library.pk):
        ImportRun.objects.filter(pk=run.pk).update(**fields)


def stored(run: ImportRun, settings: LazySettings) -> Path:
    return Path(settings.UPLOADS_DIR) / run.stored_as


def names(library: Library) -> list[str]:
    with acting_for(library.pk):
        return list(Contact.objects.order_by("pk").values_list("last_name", flat=True))


def meanwhile(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], None]) -> None:
    """Let something happen between the reading of the file and its merge."""
    read = intake.read

    def reading(path: Path, sink: Sink, *, chosen: object = None) -> Iterator[intake.Frame]:
        for frame in read(path, sink):
            if "done" in frame[0]:
                happens()
            yield frame

    monkeypatch.setattr(intake, "read", reading)


def long_ago() -> datetime:
    return clock.database_now() - runs.SILENCE - timedelta(seconds=1)


# --- One worker -------------------------------------------------------------------------------------


def test_a_worker_that_was_overtaken_merges_nothing_and_leaves_the_file(
    note: Note, zottegem: Library, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = note()
    meanwhile(monkeypatch, lambda: change(run, attempts_count=2))

    assert load(run) is None

    assert (now(run).state, names(zottegem)) == (State.RUNNING, [])
    assert stored(run, settings).exists()


def test_a_run_that_another_worker_ended_is_not_merged_again(
    note: Note, zottegem: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = note()
    meanwhile(monkeypatch, lambda: change(run, state=State.DONE, new_count=1))

    assert load(run) is None

    assert (now(run).state, now(run).new_count, names(zottegem)) == (State.DONE, 1, [])


def test_a_run_that_succeeded_elsewhere_never_ends_as_failed(
    note: Note, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = note()

    def failing(path: Path, sink: Sink, *, chosen: object = None) -> Iterator[intake.Frame]:
        change(run, state=State.DONE)
        raise Unreadable("reader_died")
        yield

    monkeypatch.setattr(intake, "read", failing)

    assert load(run) is None
    assert (now(run).state, now(run).failure) == (State.DONE, {})


def test_a_run_whose_worker_moves_is_left_alone(note: Note) -> None:
    run = note()
    change(run, state=State.RUNNING, heartbeat_at=clock.database_now())

    assert load(run) is None


def test_a_run_ends_in_domain_time_and_lives_by_the_clock_of_the_database(note: Note) -> None:
    before = clock.database_now()

    run = load(note())

    assert run
    assert (now(run).started_at, now(run).finished_at) == (NOON, NOON)
    heartbeat = now(run).heartbeat_at
    assert heartbeat
    assert before < heartbeat < clock.database_now()


# --- In the order they came -------------------------------------------------------------------------


def test_a_younger_file_waits_for_the_older(note: Note, zottegem: Library) -> None:
    older, younger = note(last_name="Oud"), note(last_name="Nieuw")

    assert load(younger) is None
    assert now(younger).state == State.WAITING

    assert load(older)
    assert load(younger)
    assert names(zottegem) == ["Nieuw"]


def test_a_file_that_lost_its_worker_holds_nobody_up(note: Note) -> None:
    older, younger = note(), note()
    change(older, state=State.RUNNING, heartbeat_at=long_ago())

    assert load(younger)


def test_a_file_of_another_library_holds_nobody_up(note: Note, aalst: Library) -> None:
    run = note()
    with acting_for(aalst.pk):
        ImportRun.objects.create(sink="members", source="wise", created_at=NOON - timedelta(days=1))

    assert load(run)


def test_who_ends_a_run_rings_for_the_next(note: Note, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, _third = note(), note(), note()
    rung: list[int] = []
    monkeypatch.setattr(tasks.run_import, "delay", lambda *, library_id, run_id: rung.append(run_id))

    tasks.run_import(library_id=first.library.pk, run_id=second.pk)
    assert rung == []

    tasks.run_import(library_id=first.library.pk, run_id=first.pk)
    assert rung == [second.pk]


# --- Badly ------------------------------------------------------------------------------------------


def test_after_three_deaths_a_run_fails_and_its_file_goes(note: Note, settings: LazySettings) -> None:
    run = note()
    change(run, state=State.RUNNING, heartbeat_at=long_ago(), attempts_count=3)

    load(run)

    assert (now(run).state, now(run).failure["code"]) == (State.FAILED, "worker_died")
    assert not stored(run, settings).exists()


def test_a_file_that_is_gone_says_so(note: Note, settings: LazySettings) -> None:
    run = note()
    stored(run, settings).unlink()

    load(run)

    assert now(run).failure["code"] == "file_is_gone"


def test_what_the_database_refuses_fails_the_file_and_tells_the_log_no_more_than_its_class(
    note: Note,
    zottegem: Library,
    settings: LazySettings,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def refused(_run: sinks.Run) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT last_name::integer FROM members_contact")

    monkeypatch.setattr(sinks, "followers", lambda _code: [refused])
    run = note()

    load(run)

    assert (now(run).state, now(run).failure["code"]) == (State.FAILED, "not_storable")
    assert f", {run.pk}, aan de helpdesk" in sentences.of_failure(now(run))
    assert names(zottegem) == []
    assert not stored(run, settings).exists()
    assert "DataError" in caplog.text
    assert "Lemmens" not in caplog.text


# --- What does not stay -----------------------------------------------------------------------------


def test_a_stray_file_goes_after_a_day_and_one_that_waits_stays(note: Note, settings: LazySettings) -> None:
    waits, stray, young = note(), note(), note()
    for run in (stray, young):
        change(run, state=State.FAILED)
    yesterday = clock.database_now().timestamp() - 25 * 3600
    for run in (waits, stray):
        os.utime(stored(run, settings), (yesterday, yesterday))

    tasks.forget_imports()

    assert [stored(run, settings).exists() for run in (waits, stray, young)] == [True, False, True]


@pytest.mark.parametrize(("days", "value"), [(29, "jan@example,be"), (31, "")])
def test_a_refused_value_is_forgotten_after_thirty_days(library: Library, days: int, value: str) -> None:
    run = ImportRun.objects.create(sink="members", created_at=NOON, finished_at=NOON, state=State.DONE)
    ImportRefusal.objects.create(run=run, line=2, column="email", code="bad_email", value="jan@example,be")

    retention.forget_refused_values(at=NOON + timedelta(days=days))

    refusal = ImportRefusal.objects.get()
    assert (refusal.value, refusal.line, refusal.code) == (value, 2, "bad_email")


# --- The newest members -----------------------------------------------------------------------------


def test_the_newest_members_come_straight_from_the_index(library: Library) -> None:
    for day in range(1, 29):
        a_membership(a_contact(), enrolled_on=NOON.date() - timedelta(days=day))

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
    plan = queries.newest_memberships().explain()

    assert "membership_newest_first" in plan
    assert "Sort" not in plan
    assert len(queries.newest_members()) == 10
