"""What is past its retention goes, every night; what it added up to stays in the baseline (decision D14)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bibmail.tenancy import current_library_id
from members import clocks, custom_fields, summary
from members.clocks import Clock
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


def next_night(at: datetime) -> datetime:
    """The coming 3.30 in Brussels, when what is past its time goes (CELERY_BEAT_SCHEDULE)."""
    local = timezone.localtime(at)
    night = local.replace(hour=3, minute=30, second=0, microsecond=0)
    return night if night > local else night + timedelta(days=1)


def _figures(statement: str) -> Callable[[datetime], tuple[int, int]]:
    """Run a SELECT of two counts, with %(tonight)s."""

    def counted(tonight: datetime) -> tuple[int, int]:
        with connection.cursor() as cursor:
            cursor.execute(statement, {"tonight": tonight})
            held, due = cursor.fetchone()
            return held, due

    return counted


def register_clocks() -> None:
    """Tell the page of retention clocks what this app deletes, beside activities."""
    clocks.register(
        "custom_values",
        Clock(
            label=_("Waarden van eigen velden"),
            kept=_("zolang als het veld zegt"),
            because=_("Elk eigen veld heeft een einde (AVG, artikel 5.1.e)."),
            figures=_figures(
                "SELECT count(*), count(*) FILTER (WHERE v.sourced_at < %(tonight)s::timestamptz"
                " - make_interval(months => f.keep_months))"
                " FROM members_customvalue AS v JOIN members_customfield AS f ON f.id = v.field_id"
            ),
        ),
    )
    clocks.register(
        "refused_values",
        Clock(
            label=_("Wat fout stond in rijen die niet ingeladen zijn"),
            kept=_("30 dagen na het inladen"),
            because=_("Lang genoeg om het bestand aan de bron te verbeteren."),
            figures=_figures(
                "SELECT count(*), count(*) FILTER (WHERE r.finished_at < %(tonight)s::timestamptz"
                f" - interval '{REFUSED_VALUE_DAYS} days')"
                " FROM members_importrefusal AS f JOIN members_importrun AS r ON r.id = f.run_id WHERE f.value <> ''"
            ),
        ),
    )
    clocks.register(
        "identity_images",
        Clock(
            label=_("Hoe iemand was voor een samenvoeging"),
            kept=_("30 dagen"),
            because=_("Zo lang kan je een samenvoeging ongedaan maken."),
            figures=_figures(
                "SELECT count(*), count(*) FILTER (WHERE at < %(tonight)s::timestamptz"
                f" - interval '{IMAGE_DAYS} days') FROM members_identitychange WHERE images <> '{{}}'"
            ),
        ),
    )


def _is_older(path: Path, moment: datetime) -> bool:
    try:
        return path.stat().st_mtime < moment.timestamp()
    except FileNotFoundError:
        # Its run ended just now.
        return False
