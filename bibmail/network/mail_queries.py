"""Mails of one library by day, written by its own job; and of all libraries, read by the network."""

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

# Bounces and complaints come in for days: so many days are counted again.
AGAIN_DAYS = 7
# How far back the network looks at mails.
WINDOW_DAYS = 30

# Runs inside acting_for(library). What was not counted for a while is counted from the last day on; a day without
# mail, that nobody counted, stays without a row. Clicks are one growing sum per link, so today's are what is new.
_COUNT = """
    WITH bounds AS (
        SELECT greatest(
                   least(
                       coalesce((SELECT max(day) FROM network_librarystatsdaily WHERE day < %(today)s),
                                (SELECT min(queued_at AT TIME ZONE 'Europe/Brussels')::date FROM campaigns_message),
                                %(today)s) - %(again)s,
                       %(today)s - %(again)s),
                   %(today)s - 400) AS first_day
    ),
    start AS (
        SELECT first_day, first_day::timestamp AT TIME ZONE 'Europe/Brussels' AS moment FROM bounds
    ),
    left_library AS (
        SELECT (g.accepted_at AT TIME ZONE 'Europe/Brussels')::date            AS day,
               count(*) FILTER (WHERE m.message_class = 'service')             AS service_sent,
               count(*) FILTER (WHERE m.message_class <> 'service')            AS marketing_sent,
               count(*) FILTER (WHERE g.delivery IN (10, 40))                  AS delivered,
               count(*) FILTER (WHERE g.delivery = 20)                         AS soft_bounced,
               count(*) FILTER (WHERE g.delivery = 30)                         AS hard_bounced,
               count(*) FILTER (WHERE g.delivery = 40)                         AS complaints,
               count(g.unsubscribed_at)                                        AS unsubscribes
          FROM campaigns_message AS g
          JOIN campaigns_mailing AS m ON m.id = g.mailing_id
         WHERE g.state = 'accepted' AND g.accepted_at >= (SELECT moment FROM start) AND g.accepted_at <= %(at)s
         GROUP BY day
    ),
    stayed AS (
        SELECT (settled_at AT TIME ZONE 'Europe/Brussels')::date AS day, count(*) AS skipped
          FROM campaigns_message
         WHERE state = 'skipped' AND settled_at >= (SELECT moment FROM start) AND settled_at <= %(at)s
         GROUP BY day
    ),
    doubted AS (
        SELECT (submitted_at AT TIME ZONE 'Europe/Brussels')::date AS day, count(*) AS unknown
          FROM campaigns_message
         WHERE state = 'unknown' AND resent_as = ''
           AND submitted_at >= (SELECT moment FROM start) AND submitted_at <= %(at)s
         GROUP BY day
    ),
    clicked AS (
        SELECT greatest(0, coalesce((SELECT sum(human_clicks_count) FROM campaigns_trackedlink), 0)
                           - coalesce((SELECT sum(human_clicks_count) FROM network_librarystatsdaily
                                        WHERE day < %(today)s), 0)) AS human_clicks
    ),
    days AS (
        SELECT d.day::date AS day
          FROM start, generate_series(start.first_day, %(today)s::date, interval '1 day') AS d (day)
    )
    INSERT INTO network_librarystatsdaily AS kept (
               library_id, day, people_count, members_count, with_address_count, consenting_count, data_use_count,
               suppressed_count, refused_rows_count, service_sent_count, marketing_sent_count, delivered_count,
               soft_bounced_count, hard_bounced_count, complaints_count, unsubscribes_count, skipped_count,
               unknown_count, human_clicks_count)
    SELECT (SELECT current_library_id()), d.day, 0, 0, 0, 0, 0, 0, 0,
           coalesce(l.service_sent, 0), coalesce(l.marketing_sent, 0), coalesce(l.delivered, 0),
           coalesce(l.soft_bounced, 0), coalesce(l.hard_bounced, 0), coalesce(l.complaints, 0),
           coalesce(l.unsubscribes, 0), coalesce(s.skipped, 0), coalesce(u.unknown, 0),
           CASE WHEN d.day = %(today)s THEN c.human_clicks ELSE 0 END
      FROM days AS d
      LEFT JOIN left_library AS l ON l.day = d.day
      LEFT JOIN stayed       AS s ON s.day = d.day
      LEFT JOIN doubted      AS u ON u.day = d.day
     CROSS JOIN clicked      AS c
     WHERE d.day = %(today)s OR l.day IS NOT NULL OR s.day IS NOT NULL OR u.day IS NOT NULL
        OR EXISTS (SELECT FROM network_librarystatsdaily AS known WHERE known.day = d.day)
        ON CONFLICT (library_id, day) DO UPDATE
       SET service_sent_count   = excluded.service_sent_count,
           marketing_sent_count = excluded.marketing_sent_count,
           delivered_count      = excluded.delivered_count,
           soft_bounced_count   = excluded.soft_bounced_count,
           hard_bounced_count   = excluded.hard_bounced_count,
           complaints_count     = excluded.complaints_count,
           unsubscribes_count   = excluded.unsubscribes_count,
           skipped_count        = excluded.skipped_count,
           unknown_count        = excluded.unknown_count,
           human_clicks_count   = CASE WHEN kept.day = %(today)s THEN excluded.human_clicks_count
                                       ELSE kept.human_clicks_count END
"""


def count_mails(*, at: datetime) -> None:
    """Write the mails of the last days of the library we act for, each on the day it left."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"at": at, "today": timezone.localdate(at), "again": AGAIN_DAYS})


class MailDay(NamedTuple):
    """What all libraries sent on one day."""

    day: date
    service_count: int
    marketing_count: int


# A library's day of fewer than five mails tells of single persons, so it is in no sum.
_DAYS = """
    SELECT d.day::date,
           coalesce(sum(s.service_sent_count), 0), coalesce(sum(s.marketing_sent_count), 0)
      FROM generate_series(%(first)s::date, %(last)s::date, interval '1 day') AS d (day)
      LEFT JOIN network_librarystatsdaily AS s
             ON s.day = d.day AND s.service_sent_count + s.marketing_sent_count >= 5
     GROUP BY d.day
     ORDER BY d.day
"""


def days(*, at: datetime) -> list[MailDay]:
    """The last thirty days, today included; for scope network."""
    last = timezone.localdate(at)
    values: dict[str, Any] = {"first": last - timedelta(days=WINDOW_DAYS - 1), "last": last}
    with connection.cursor() as cursor:
        cursor.execute(_DAYS, values)
        return [MailDay(*row) for row in cursor.fetchall()]
