"""Doorbells: ids in, one call down."""

from celery import shared_task

from bibmail.tenancy import acting_for, clock
from bibmail.tenancy.models import Library
from members import funnel, nonmembers, queries, retention
from members.connectors import fetching
from members.imports import runs
from members.models import DataSource
from members.segments import stays


@shared_task
def run_import(*, library_id: int, run_id: int) -> None:
    if runs.run(run_id=run_id, library_id=library_id, at=clock.now()):
        _ring_next(library_id)


def _ring_next(library_id: int) -> None:
    """Files are loaded in the order they came: whoever ends one rings for the next."""
    with acting_for(library_id):
        waiting = queries.next_waiting_run()
    if waiting:
        run_import.delay(library_id=library_id, run_id=waiting)


@shared_task
def ring_waiting_imports() -> None:
    """Ring again for runs whose bell was lost or whose worker went silent; the rows are the queue."""
    before = clock.database_now() - runs.SILENCE
    for library_id in Library.objects.values_list("pk", flat=True):
        with acting_for(library_id):
            waiting = queries.silent_import_runs(before=before)
        for run_id in waiting:
            run_import.delay(library_id=library_id, run_id=run_id)


@shared_task
def fetch_source(*, library_id: int, source_id: int) -> None:
    fetching.fetch(source_id=source_id, library_id=library_id, at=clock.now())


@shared_task
def ring_due_sources() -> None:
    """Ring for every source whose time has come and that nobody holds; the rows are the queue."""
    at, now = clock.now(), clock.database_now()
    for library_id in Library.objects.values_list("pk", flat=True):
        with acting_for(library_id):
            due = list(DataSource.objects.due(at=at).free(now=now).values_list("pk", flat=True))
        for source_id in due:
            fetch_source.delay(library_id=library_id, source_id=source_id)


@shared_task
def retire_activities() -> None:
    """Nightly, library by library, each in a transaction of its own."""
    at = clock.now()
    for library_id in Library.objects.values_list("pk", flat=True):
        with acting_for(library_id):
            retention.retire_activities(at=at)
            retention.retire_custom_values(at=at)


@shared_task
def forget_imports() -> None:
    """Nightly: files that wait for no run go, and what stood in refused rows of a month ago."""
    at, now = clock.now(), clock.database_now()
    for library_id in Library.objects.values_list("pk", flat=True):
        with acting_for(library_id):
            retention.forget_refused_values(at=at)
            retention.forget_identity_images(at=at)
            retention.forget_drafts(at=at)
            retention.forget_import_changes(at=at)
            retention.remove_stray_uploads(now=now)


@shared_task
def follow_non_members() -> None:
    """Nightly: how close people came, until when we keep who is no member, and who goes."""
    at = clock.now()
    for library_id in Library.objects.values_list("pk", flat=True):
        with acting_for(library_id):
            funnel.derive(at=at)
            nonmembers.set_days(at=at)
            nonmembers.let_go(at=at)


@shared_task
def count_segments() -> None:
    """Nightly: how many people each segment has, and who entered and left; each library by itself."""
    at = clock.now()
    for library_id in Library.objects.values_list("pk", flat=True):
        with acting_for(library_id):
            stays.refresh_counts(at=at)
