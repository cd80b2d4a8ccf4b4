"""The steps of a person who brings a file in: keep it, look at it, rehearse it, and only then do it."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.conf import settings
from django.db import transaction

from bibmail.tenancy import audit, current_library_id, sinks
from bibmail.tenancy.models import User
from members import actions, tasks
from members.imports import intake, presets, runs
from members.imports.failure import Unreadable
from members.models import ImportRefusal, ImportRun

State = ImportRun.State


class NotNow(Exception):
    """The run is no longer at this step; somebody else was first, or it was dropped."""


class NotConfirmed(Exception):
    """More than a fifth would go, and nobody said that this is meant."""


@transaction.atomic
def begin(*, file_name: str, chunks: Iterable[bytes], by: User, at: datetime, sink: str = "") -> ImportRun:
    """Keep an uploaded file and look at its columns: a draft, or a failed run when it is no table.

    Raises TooLarge, NothingInIt, UnknownSink.
    """
    if sink:
        sinks.get(sink)
    draft = actions.keep_upload(sink=sink or "members", file_name=file_name, chunks=chunks, by=by, at=at)
    path = settings.UPLOADS_DIR / draft.stored_as
    try:
        draft.looked = intake.look(path)
    except Unreadable as refusal:
        path.unlink(missing_ok=True)
        draft.state, draft.stored_as, draft.finished_at = State.FAILED, "", at
        draft.failure = {"code": refusal.code, "detail": refusal.detail}
    else:
        titles = titles_of(draft)
        known = presets.remembered(titles) or presets.guess(titles)
        draft.state = State.DRAFT
        draft.sink = sink or known.sink or draft.sink
        draft.is_full = known.is_full
    draft.save()
    return draft


def titles_of(run: ImportRun) -> list[str]:
    return [column["title"] for column in run.looked.get("columns", [])]


def columns_of(run: ImportRun, *, sink: str, preset: str = "") -> dict[str, str]:
    """Each title of the draft with what it stands for: by this preset, as last time, or guessed."""
    titles = titles_of(run)
    found = presets.find(preset) if preset else presets.remembered(titles)
    chosen: Mapping[str, str] = found.chosen if found and found.sink in {"", sink} else {}
    if not preset and not chosen:
        guessed = presets.guess(titles)
        chosen = guessed.chosen if guessed.sink == sink else {}
    return presets.mapped(sinks.get(sink), titles, chosen)


@transaction.atomic
def rehearse(
    run_id: int, *, sink: str, chosen: Mapping[str, str], is_full: bool, at: datetime, save_as: str = ""
) -> ImportRun:
    """Let a worker look through the whole file; changes nothing yet. Raises NotNow, UnknownSink."""
    sinks.get(sink)
    run = _held(run_id, State.DRAFT, State.CHECKED)
    titles = titles_of(run)
    for name in {"", save_as.strip()}:
        presets.keep(name=name, sink=sink, titles=titles, chosen=chosen, is_full=is_full, at=at)
    ImportRefusal.objects.filter(run=run).delete()
    run.sink, run.chosen, run.is_full = sink, dict(chosen), is_full
    run.is_removal_confirmed, run.is_rehearsal, run.rehearsal, run.failure = False, True, {}, {}
    _queue(run)
    return run


@transaction.atomic
def confirm(run_id: int, *, is_removal_confirmed: bool, by: User, at: datetime) -> ImportRun:
    """Let a worker do what the rehearsal showed. Raises NotNow, NotConfirmed."""
    run = _held(run_id, State.CHECKED)
    if needs_word(run) and not is_removal_confirmed:
        raise NotConfirmed
    ImportRefusal.objects.filter(run=run).delete()
    run.is_removal_confirmed, run.looked, run.failure = is_removal_confirmed, {}, {}
    run.rehearsal.pop("examples", None)
    _queue(run)
    audit.record(
        "import.started", by=by, at=at, subject_kind="import", subject_id=run.pk, sink=run.sink,
        vanished=run.vanished_count,
    )  # fmt: skip
    return run


@transaction.atomic
def drop(run_id: int, *, at: datetime) -> ImportRun:
    """Go no further with a file; nothing of it stays but that it was here. Raises NotNow."""
    run = _held(run_id, State.DRAFT, State.CHECKED)
    runs.drop(run, at=at)
    return run


def needs_word(run: ImportRun) -> bool:
    """Whether more than a fifth of the memberships would end."""
    of = int(run.rehearsal.get("vanished_of", 0) or run.failure.get("detail", {}).get("of", 0))
    return run.vanished_count * 5 > of > 0


def same_before(run: ImportRun) -> ImportRun | None:
    """The last run that brought in exactly this file."""
    same = ImportRun.objects.filter(sha256=run.sha256, state=State.DONE).exclude(pk=run.pk)
    return same.first() if run.sha256 else None


def _held(run_id: int, *states: str) -> ImportRun:
    run = ImportRun.objects.select_for_update().filter(pk=run_id, state__in=states).first()
    if run is None:
        raise NotNow
    return run


def _queue(run: ImportRun) -> None:
    run.state, run.attempts_count, run.bytes_read, run.rows_count = State.WAITING, 0, 0, 0
    run.refused_count, run.refused_by_code = 0, {}
    run.save()
    library_id, run_id = current_library_id(), run.pk
    transaction.on_commit(lambda: tasks.run_import.delay(library_id=library_id, run_id=run_id), robust=True)
