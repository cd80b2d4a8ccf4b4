"""What is past its retention goes, every night; what it added up to stays in the baseline (decision D14)."""

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from bibmail.tenancy import current_library_id
from members import custom_fields, summary
from members.imports import runs, undoing
from members.kinds import RULES, oldest_kept
from members.matching import joining
from members.models import ImportRefusal, ImportRun

# Long enough to mend a file at its source; then the line and what was wrong are all that stays.
REFUSED_VALUE_DAYS = 30
# So long can somebody see that two people were not one after all.
IMAGE_DAYS = 30

_DRAFT_STAYS = timedelta(days=7)
_STRAY_AFTER = timedelta(days=1)


@transaction.atomic
def retire_activities(*, at: datetime) -> int:
    """Delete this library's activities that are past their retention; return how many."""
    return summary.retire({kind: oldest for kind in RULES if (oldest := oldest_kept(kind, at=at))})


@transaction.atomic
def forget_refused_values(*, at: datetime) -> int:
    """Empty what stood in this library's refused rows of a month ago; return how many."""
    ended = ImportRun.objects.filter(finished_at__lt=at - timedelta(days=REFUSED_VALUE_DAYS))
    return ImportRefusal.objects.filter(run__in=ended).exclude(value="").update(value="")


@transaction.atomic
def forget_import_changes(*, at: datetime) -> int:
    """Delete what this library's runs of a month ago kept for undoing; return how many rows."""
    return undoing.forget(before=at - timedelta(days=undoing.UNDO_DAYS))


@transaction.atomic
def forget_drafts(*, at: datetime) -> int:
    """Drop this library's files that nobody confirmed within a week; return how many."""
    waiting = [ImportRun.State.DRAFT, ImportRun.State.CHECKED]
    stale = list(ImportRun.objects.filter(state__in=waiting, created_at__lt=at - _DRAFT_STAYS))
    for run in stale:
        runs.drop(run, at=at)
    return len(stale)


@transaction.atomic
def forget_identity_images(*, at: datetime) -> int:
    """Empty what this library's joinings of a month ago kept for undoing; return how many."""
    return joining.forget_images(before=at - timedelta(days=IMAGE_DAYS))


@transaction.atomic
def retire_custom_values(*, at: datetime) -> int:
    """Delete values of this library's own fields that are older than their field is kept; return how many."""
    return custom_fields.retire(at=at)


def remove_stray_uploads(*, now: datetime) -> int:
    """Remove this library's files that wait for no run; return how many.

    Files have the machine's own clock, so `now` is real time (decision D11). A file of today may be one
    whose run is still being written down.
    """
    awaited = [*ImportRun.UNDER_WAY, ImportRun.State.DRAFT, ImportRun.State.CHECKED]
    wanted = set(ImportRun.objects.filter(state__in=awaited).values_list("stored_as", flat=True))
    uploads = Path(settings.UPLOADS_DIR)
    stray = [
        path
        for path in (uploads / str(current_library_id())).glob("*")
        if str(path.relative_to(uploads)) not in wanted and _is_older(path, now - _STRAY_AFTER)
    ]
    for path in stray:
        path.unlink(missing_ok=True)
    return len(stray)


def _is_older(path: Path, moment: datetime) -> bool:
    try:
        return path.stat().st_mtime < moment.timestamp()
    except FileNotFoundError:
        # Its run ended just now.
        return False
