"""What the news of a batch does to the messages of one library; every statement takes the batch as a whole.

All of it is a maximum, a minimum or a set: whatever order the news comes in, and however often, the end is the same.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

_HOLD = """
    SELECT id, public_id, recipient_id, recipient_hash, submission_id, state
      FROM campaigns_message
     WHERE public_id = ANY(%(public_ids)s::uuid[])
     ORDER BY id
       FOR NO KEY UPDATE
"""


class Held(NamedTuple):
    """A message that waits for the rest of this transaction."""

    id: int
    public_id: UUID
    recipient_id: int | None
    recipient_hash: UUID | None
    submission_id: int | None
    state: str


def hold(public_ids: Sequence[UUID]) -> dict[UUID, Held]:
    """The messages of these public ids, locked in the order of their ids."""
    rows = _rows(_HOLD, {"public_ids": [str(public_id) for public_id in public_ids]})
    return {row[1]: Held(*row) for row in rows}


_KEEP = """
    INSERT INTO campaigns_messageevent (library_id, message_id, kind, at, detail)
    SELECT (SELECT current_library_id()), message_id, kind, at, detail
      FROM unnest(%(message_ids)s::bigint[], %(kinds)s::text[], %(moments)s::timestamptz[], %(details)s::text[])
           AS told (message_id, kind, at, detail)
     ORDER BY message_id, kind, at, detail
        ON CONFLICT ON CONSTRAINT the_same_news_once DO NOTHING
    RETURNING message_id, kind, at
"""


class Event(NamedTuple):
    """One thing the ESP told of one message."""

    message_id: int
    kind: str
    at: datetime
    detail: str = ""


def keep(events: Sequence[Event]) -> list[Event]:
    """Store what was told; return those that are new."""
    if not events:
        return []
    rows = _rows(
        _KEEP,
        {
            "message_ids": [event.message_id for event in events],
            "kinds": [str(event.kind) for event in events],
            "moments": [event.at for event in events],
            "details": [event.detail[:200] for event in events],
        },
    )
    return [Event(*row) for row in rows]


# Whatever waits here is with the ESP already: it must not be sent again, and nothing about it is uncertain.
_RAISE = """
    UPDATE campaigns_message AS g
       SET delivery        = greatest(g.delivery, n.level),
           delivered_at    = least(g.delivered_at, n.delivered_at),
           unsubscribed_at = least(g.unsubscribed_at, n.unsubscribed_at),
           esp_message_id  = CASE WHEN g.esp_message_id = '' THEN n.esp_id ELSE g.esp_message_id END,
           state           = CASE WHEN g.state = ANY(%(waiting)s) THEN 'accepted' ELSE g.state END,
           accepted_at     = CASE WHEN g.state = ANY(%(waiting)s)
                                  THEN coalesce(g.accepted_at, g.submitted_at, %(at)s) ELSE g.accepted_at END,
           settled_at      = CASE WHEN g.state = ANY(%(waiting)s) THEN %(at)s ELSE g.settled_at END,
           lease_token     = CASE WHEN g.state = ANY(%(waiting)s) THEN NULL ELSE g.lease_token END,
           lease_until     = CASE WHEN g.state = ANY(%(waiting)s) THEN NULL ELSE g.lease_until END
      FROM unnest(%(ids)s::bigint[], %(levels)s::smallint[], %(delivered)s::timestamptz[],
                  %(unsubscribed)s::timestamptz[], %(esp_ids)s::text[])
           AS n (id, level, delivered_at, unsubscribed_at, esp_id)
     WHERE g.id = n.id
"""

WAITING = ("queued", "claimed", "submitting", "unknown")


class Sum(NamedTuple):
    """All that a batch tells of one message."""

    message_id: int
    level: int
    delivered_at: datetime | None
    unsubscribed_at: datetime | None
    esp_id: str


def raise_messages(sums: Sequence[Sum], *, at: datetime) -> None:
    """Delivery only goes up, first moments only go back; what was uncertain is accepted."""
    ids, levels, delivered, unsubscribed, esp_ids = zip(*sums, strict=True)
    _run(
        _RAISE,
        {
            "ids": list(ids),
            "levels": list(levels),
            "delivered": list(delivered),
            "unsubscribed": list(unsubscribed),
            "esp_ids": list(esp_ids),
            "waiting": list(WAITING),
            "at": at,
        },
    )


# A call is settled when none of its messages is in doubt. One that somebody else holds is theirs to close;
# the next news of it will find it.
_CLOSE = """
    UPDATE campaigns_submission
       SET state = 'accepted'
     WHERE id IN (SELECT s.id
                    FROM campaigns_submission AS s
                   WHERE s.id = ANY(%(submission_ids)s)
                     AND s.state IN ('open', 'unknown')
                     AND NOT EXISTS (SELECT FROM campaigns_message AS g
                                      WHERE g.id = ANY(s.message_ids) AND g.state IN ('submitting', 'unknown'))
                   ORDER BY s.id
                     FOR UPDATE SKIP LOCKED)
"""


def close_submissions(submission_ids: Sequence[int]) -> None:
    """Calls of which the ESP surely has every message."""
    if submission_ids:
        _run(_CLOSE, {"submission_ids": list(submission_ids)})


# Mails, not tries: the ESP may try one mail for days.
_SOFT = """
    WITH people AS (
        SELECT id, recipient_hash FROM members_contact WHERE recipient_hash = ANY(%(hashes)s::uuid[])
    ),
    bounces AS (
        SELECT g.recipient_hash AS hash, g.id AS message_id, e.at
          FROM people AS p
          JOIN campaigns_message      AS g ON g.recipient_id = p.id AND g.recipient_hash = p.recipient_hash
          JOIN campaigns_messageevent AS e ON e.message_id = g.id AND e.kind IN ('soft_bounce', 'blocked')
    )
    SELECT late.hash, min(late.at)
      FROM bounces AS late
     WHERE (SELECT count(DISTINCT early.message_id)
              FROM bounces AS early
             WHERE early.hash = late.hash
               AND early.at > late.at - make_interval(days => %(days)s)
               AND early.at <= late.at) >= %(count)s
     GROUP BY late.hash
"""


def bounced_softly(hashes: Sequence[UUID], *, count: int, days: int) -> dict[UUID, datetime]:
    """Of these addresses, those whose last `count` mails within so many days came back, and since when."""
    if not hashes:
        return {}
    return dict(_rows(_SOFT, {"hashes": [str(one) for one in hashes], "count": count, "days": days}))


def _run(statement: str, values: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _rows(statement: str, values: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
