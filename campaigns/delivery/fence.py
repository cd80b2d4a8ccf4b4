"""The restore fence: a database that was put back, copied or long asleep sends nothing until somebody says it may.

Mail that left after the backup was made stands in the backup as waiting; without a fence it would leave again.
Four signs, each of which keeps everything in the queue (docs/operations.md has what to do then).
"""

import hashlib
import logging
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import connection, transaction

from bibmail.tenancy import acting_for_network
from bibmail.tenancy.models import User
from campaigns.models import SendingFence

logger = logging.getLogger(__name__)

Why = SendingFence.Why

# Of PostgreSQL itself: an identity that is made with the cluster, and a timeline that a recovery begins anew.
# The last number of a submission never goes back, unless the database does.
_SEEN = """
    SELECT (SELECT system_identifier FROM pg_control_system()) || ':' ||
           (SELECT timeline_id FROM pg_control_checkpoint()),
           coalesce(pg_sequence_last_value('campaigns_submission_id_seq'::regclass), 0),
           clock_timestamp()
"""


class NoReason(Exception):
    """Whoever opens the fence says why."""


class Seen(NamedTuple):
    """What this process finds around it."""

    database: str
    submissions_count: int
    now: datetime
    installation: str
    mark: int


def keeps_shut() -> str:
    """Why nothing may leave now, as a code of SendingFence.Why; empty when all is well. One look."""
    row = SendingFence.objects.filter(pk=1).first()
    if row is None:
        return ""
    return row.locked_why if row.locked_at else _mismatch(row, _seen())


def beat() -> str:
    """Say that this database lives, or lock it; called by every sweep. Returns why it is locked, or nothing."""
    with acting_for_network():
        SendingFence.objects.bulk_create([SendingFence(pk=1)], ignore_conflicts=True)
        row = SendingFence.objects.select_for_update().get(pk=1)
        seen = _seen()
        why = _mismatch(row, seen)
        if why and not row.locked_at:
            logger.error("sending is locked: %s", why)
            row.locked_at, row.locked_why = seen.now, why
        if not row.locked_at:
            _accept(row, seen)
        row.beat_at = seen.now
        row.save()
        return row.locked_why if row.locked_at else ""


@transaction.atomic
def acknowledge(*, reason: str, by: User | None) -> None:
    """Let this database send from now on, as it is; for scope network. Raises NoReason."""
    if not reason.strip():
        raise NoReason
    row = SendingFence.objects.select_for_update().get(pk=1)
    seen = _seen()
    _accept(row, seen, is_mark_kept=False)
    row.locked_at, row.locked_why, row.beat_at = None, "", seen.now
    row.reason, row.acknowledged_at = reason.strip()[:200], seen.now
    row.save()
    logger.warning("sending is unlocked by=%s", by.pk if by else "command")


def _seen() -> Seen:
    with connection.cursor() as cursor:
        cursor.execute(_SEEN)
        database, count, now = cursor.fetchone()
    secret = f"{settings.SECRET_KEY}|{settings.INSTALLATION}"
    return Seen(database, count, now, hashlib.sha256(secret.encode()).hexdigest(), _mark())


def _mismatch(row: SendingFence, seen: Seen) -> str:
    silence = settings.SENDING_SILENCE_MINUTES
    if row.database and row.database != seen.database:
        return Why.DATABASE
    if row.installation and row.installation != seen.installation:
        return Why.INSTALLATION
    if seen.mark > seen.submissions_count:
        return Why.MARK
    if silence and row.beat_at and seen.now - row.beat_at > timedelta(minutes=silence):
        return Why.SILENCE
    return ""


def _accept(row: SendingFence, seen: Seen, *, is_mark_kept: bool = True) -> None:
    """What is seen is what we are, here and in the file outside the database."""
    row.database, row.installation, row.submissions_count = (
        seen.database,
        seen.installation,
        seen.submissions_count,
    )
    if settings.SENDING_MARK_FILE and (seen.submissions_count > seen.mark or not is_mark_kept):
        path = Path(settings.SENDING_MARK_FILE)
        # A whole file or the old one: half a number would be a lower mark.
        half = path.with_name(f"{path.name}.new")
        half.write_text(f"{seen.submissions_count}\n")
        half.replace(path)


def _mark() -> int:
    """The highest number of a submission that was ever seen here; 0 without a file."""
    if not settings.SENDING_MARK_FILE:
        return 0
    try:
        return int(Path(settings.SENDING_MARK_FILE).read_text())
    except (FileNotFoundError, ValueError):
        return 0
