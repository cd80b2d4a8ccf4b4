"""Clicks: kept for a moment, judged, added up, gone (decision D9)."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

_FOLLOW = """
    WITH target AS (
        SELECT l.id, l.url, g.id AS message_id
          FROM campaigns_trackedlink AS l
          LEFT JOIN campaigns_message AS g ON g.public_id = %(public_id)s AND g.mailing_id = l.mailing_id
         WHERE l.id = %(link_id)s
    ),
    kept AS (
        INSERT INTO campaigns_click (library_id, message_id, link_id, at, is_machine)
        SELECT (SELECT current_library_id()), message_id, id, %(at)s, %(is_machine)s
          FROM target
         WHERE message_id IS NOT NULL
    )
    SELECT url FROM target
"""


def follow(*, public_id: UUID, link_id: int, at: datetime, is_machine: bool) -> str | None:
    """Where this link leads, with the click kept for the verdict; None when there is no such link."""
    values: dict[str, Any] = {"public_id": public_id, "link_id": link_id, "at": at, "is_machine": is_machine}
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOW, values)
        row = cursor.fetchone()
    return row[0] if row else None


# All clicks of a mail are judged together, once none has come for a while, and in any case before the day is out.
# A burst is what no hand does: three different links within the window, or every link of a mail that has fewer.
_SETTLE = """
    WITH due AS (
        SELECT message_id
          FROM campaigns_click
         GROUP BY message_id
        HAVING max(at) <= %(at)s - %(quiet)s::interval OR min(at) <= %(at)s - %(most)s::interval
         ORDER BY min(at), message_id
         LIMIT %(limit)s
    ),
    taken AS (
        SELECT c.id, c.message_id, c.link_id, c.at, c.is_machine, g.mailing_id, g.recipient_id, g.delivered_at
          FROM due
          JOIN campaigns_click   AS c ON c.message_id = due.message_id
          JOIN campaigns_message AS g ON g.id = c.message_id
         ORDER BY c.id
           FOR UPDATE OF c SKIP LOCKED
    ),
    sizes AS (
        SELECT mailing_id, count(*) AS links_count
          FROM campaigns_trackedlink
         WHERE mailing_id IN (SELECT mailing_id FROM taken)
         GROUP BY mailing_id
    ),
    bursts AS (
        SELECT first.message_id, first.at AS began_at
          FROM taken AS first
          JOIN taken AS within ON within.message_id = first.message_id
                              AND within.at >= first.at AND within.at < first.at + %(window)s::interval
          JOIN sizes AS s      ON s.mailing_id = first.mailing_id
         GROUP BY first.id, first.message_id, first.at, s.links_count
        HAVING count(DISTINCT within.link_id) >= greatest(2, least(3, s.links_count))
    ),
    judged AS (
        SELECT t.*,
               t.is_machine
               OR coalesce(t.at < t.delivered_at + %(window)s::interval, false)
               OR EXISTS (SELECT FROM bursts AS b
                           WHERE b.message_id = t.message_id
                             AND t.at >= b.began_at AND t.at < b.began_at + %(window)s::interval) AS by_machine
          FROM taken AS t
    ),
    sums AS (
        SELECT link_id,
               count(DISTINCT message_id) FILTER (WHERE NOT by_machine) AS people,
               count(*) FILTER (WHERE by_machine) AS machines
          FROM judged
         GROUP BY link_id
         ORDER BY link_id
    ),
    adding AS (
        UPDATE campaigns_trackedlink AS l
           SET human_clicks_count = l.human_clicks_count + s.people,
               machine_clicks_count = l.machine_clicks_count + s.machines
          FROM sums AS s
         WHERE l.id = s.link_id
    ),
    measured AS (
        UPDATE campaigns_message AS g
           SET clicked_at = least(g.clicked_at, j.first_at)
          FROM (SELECT message_id, min(judged.at) AS first_at
                  FROM judged
                 WHERE NOT by_machine
                   AND EXISTS (SELECT FROM consent_consent AS k
                                WHERE k.contact_id = judged.recipient_id
                                  AND k.subject = 'data_use' AND k.code = 'measure_clicks'
                                  AND k.opened_at <= judged.at
                                  AND (k.closed_at IS NULL OR k.closed_at > %(at)s))
                 GROUP BY message_id) AS j
         WHERE g.id = j.message_id
    ),
    gone AS (
        DELETE FROM campaigns_click WHERE id IN (SELECT id FROM taken) RETURNING id
    )
    SELECT count(*) FROM gone
"""


def settle(*, at: datetime, quiet: timedelta, most: timedelta, window: timedelta, limit: int) -> int:
    """Judge the clicks of up to `limit` mails; return how many clicks went."""
    values: dict[str, Any] = {"at": at, "quiet": quiet, "most": most, "window": window, "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE, values)
        return int(cursor.fetchone()[0])
