"""Mails that nobody knows of whether they left, sent once more because a colleague says so. Never by itself.

The old row stays in doubt and names the new one; every figure counts the new one in its place.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from bibmail import tenancy
from bibmail.tenancy import audit, clock
from bibmail.tenancy.models import User
from campaigns import tasks
from campaigns.delivery import gate
from campaigns.models import Message

# By then the ESP was asked three times, and its webhooks would have told (campaigns/delivery/looking_up.py).
OLD_ENOUGH = timedelta(hours=24)
# So many at once: a colleague who means more than this should first ask what went wrong.
MOST = 5000


class NoReason(Exception):
    """Whoever sends a mail once more says why."""


class OtherCount(Exception):
    """Meanwhile another number of the chosen mails may go once more."""

    def __init__(self, count: int) -> None:
        super().__init__(str(count))
        self.count = count


_followers: list[Callable[[Mapping[int, int]], None]] = []


def register(follower: Callable[[Mapping[int, int]], None]) -> None:
    """Called from AppConfig.ready(): hears which message goes in the place of which, in the same transaction."""
    _followers.append(follower)


def in_doubt(*, campaign_id: int | None = None) -> QuerySet[Message]:
    """The messages of which nobody knows whether they left and that were not sent again; the oldest first."""
    found = Message.objects.filter(state=Message.State.UNKNOWN, resent_as="").order_by("pk")
    return found.filter(mailing__campaign_id=campaign_id) if campaign_id else found


def resendable(found: QuerySet[Message], *, at: datetime) -> QuerySet[Message]:
    """Those that may go once more: old enough by the real clock, not too late, and to somebody who is still there."""
    return found.filter(
        submission__opened_at__lt=clock.database_now() - OLD_ENOUGH, not_after__gt=at, recipient__isnull=False
    )


# Under the same lock as the webhooks: who turned out to have it meanwhile is left out. A key ends in :r1, :r2, …
_RESEND = """
    WITH doubted AS (
        SELECT g.*,
               CASE WHEN g.key ~ ':r[0-9]+$'
                    THEN regexp_replace(g.key, ':r[0-9]+$', '')
                         || ':r' || (substring(g.key FROM ':r([0-9]+)$')::int + 1)
                    ELSE g.key || ':r1'
                END AS next_key
          FROM campaigns_message AS g
         WHERE g.id = ANY(%(ids)s) AND g.state = 'unknown' AND g.resent_as = ''
         ORDER BY g.id
           FOR UPDATE
    ),
    added AS (
        INSERT INTO campaigns_message (
                   library_id, public_id, key, mailing_id, contact_id, recipient_id, recipient_hash, state, delivery,
                   reason, priority, facts, queued_at, not_before, not_after, attempts_count, topic, esp_message_id,
                   slots)
        SELECT (SELECT current_library_id()), gen_random_uuid(), next_key, mailing_id, contact_id, recipient_id,
               recipient_hash, 'queued', 0, '', priority, facts, %(at)s, %(at)s, not_after, 0, topic, '', '{}'
          FROM doubted
            ON CONFLICT (library_id, key) DO NOTHING
        RETURNING id, key
    )
    UPDATE campaigns_message AS g
       SET resent_as = a.key
      FROM doubted AS d
      JOIN added   AS a ON a.key = d.next_key
     WHERE g.id = d.id
    RETURNING g.id, a.id
"""


@transaction.atomic
def resend(ids: Sequence[int], *, approved: int, reason: str, by: User, at: datetime) -> int:
    """Queue these mails once more and return how many; some people may get theirs twice.

    They pass the same gate as any mail: who withdrew meanwhile gets none. Raises NoReason, and OtherCount when not
    exactly `approved` of them may still go.
    """
    if not reason.strip():
        raise NoReason
    chosen = resendable(in_doubt().filter(pk__in=ids), at=at)
    may_go = list(chosen.values_list("pk", flat=True)[:MOST])
    pairs = _resend(may_go, at=at)
    if len(pairs) != approved:
        transaction.set_rollback(True)
        raise OtherCount(len(pairs))
    # Its place in what an address may get passes to the new one.
    gate.release_caps(list(pairs))
    for follower in _followers:
        follower(pairs)
    audit.record("messages.resent", by=by, at=at, mails=len(pairs), reason=reason.strip()[:200])
    ring = partial(tasks.send.delay, library_id=tenancy.current_library_id())
    transaction.on_commit(ring, robust=True)
    return len(pairs)


def _resend(ids: Sequence[int], *, at: datetime) -> dict[int, int]:
    values: dict[str, Any] = {"ids": list(ids), "at": at}
    with connection.cursor() as cursor:
        cursor.execute(_RESEND, values)
        return dict(cursor.fetchall())
