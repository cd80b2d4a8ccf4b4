"""Counts of one library, written by its own job; and how all libraries stand, read by the network."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import connection
from django.utils import timezone

from bibmail.network import mail_queries
from consent.queries import PEOPLE
from members.models.contact import AGE_OF_OWN_MAIL, years_before

# Runs inside acting_for(library): row-level security narrows every table but tenancy's own.
_COUNT = f"""
    WITH {PEOPLE},
    sharing AS (
        SELECT DISTINCT contact_id FROM in_force WHERE subject = 'data_use'
    ),
    suppressed AS (
        SELECT contact_id, fingerprint, scope
          FROM consent_suppression
         WHERE since <= %(at)s AND (lifted_at IS NULL OR lifted_at > %(at)s)
    ),
    stopped AS (
        SELECT id AS contact_id
          FROM members_contact
         WHERE date_of_birth > %(born_by)s
            OR id IN (SELECT contact_id FROM suppressed WHERE scope = 'contact')
            OR recipient_hash IN (SELECT fingerprint FROM suppressed WHERE scope = 'address')
    ),
    newest_runs AS (
        SELECT DISTINCT ON (sink) sink, finished_at, refused_count
          FROM members_importrun
         WHERE state = 'done' AND finished_at <= %(at)s
         ORDER BY sink, finished_at DESC, id DESC
    ),
    counts AS (
        SELECT count(*)                                          AS people,
               count(v.contact_id)                               AS members,
               count(*) FILTER (WHERE p.has_address)             AS with_address,
               count(w.contact_id) FILTER (WHERE p.has_address)  AS consenting,
               count(s.contact_id)                               AS data_use,
               count(*) FILTER (
                   WHERE p.id IN (SELECT contact_id FROM suppressed WHERE scope = 'contact')
                      OR p.recipient_hash IN (SELECT fingerprint FROM suppressed WHERE scope = 'address')
               )                                                 AS suppressed,
               count(w.contact_id) FILTER (WHERE p.has_address AND x.contact_id IS NULL) AS reach
          FROM persons p
          LEFT JOIN valid   v ON v.contact_id = p.id
          LEFT JOIN (SELECT DISTINCT contact_id FROM wanting) w ON w.contact_id = p.id
          LEFT JOIN sharing s ON s.contact_id = p.id
          LEFT JOIN stopped x ON x.contact_id = p.id
    )
    INSERT INTO network_librarystatsdaily (
               library_id, day, people_count, members_count, with_address_count, consenting_count,
               data_use_count, suppressed_count, last_import_at, refused_rows_count, reach_count,
               live_journeys_count, is_trial)
    SELECT current_library_id(), %(today)s, c.people, c.members, c.with_address, c.consenting,
           c.data_use, c.suppressed,
           (SELECT max(finished_at) FROM newest_runs),
           (SELECT coalesce(sum(refused_count), 0) FROM newest_runs),
           c.reach,
           (SELECT count(*) FROM journeys_journey WHERE state = 'live'),
           coalesce((SELECT is_trial FROM campaigns_sendingsettings LIMIT 1), true)
      FROM counts c
        ON CONFLICT (library_id, day) DO UPDATE
       SET people_count       = excluded.people_count,
           members_count      = excluded.members_count,
           with_address_count = excluded.with_address_count,
           consenting_count   = excluded.consenting_count,
           data_use_count     = excluded.data_use_count,
           suppressed_count   = excluded.suppressed_count,
           last_import_at     = excluded.last_import_at,
           refused_rows_count = excluded.refused_rows_count,
           reach_count        = excluded.reach_count,
           live_journeys_count = excluded.live_journeys_count,
           is_trial           = excluded.is_trial
"""


def count_library(*, at: datetime) -> None:
    """Write today's row of the library we act for; a second count of the day replaces the first.

    The mails of the last days are counted again with it: what is told of them comes in late.
    """
    today = timezone.localdate(at)
    values = {"at": at, "today": today, "born_by": years_before(today, AGE_OF_OWN_MAIL)}
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, values)
    mail_queries.count_mails(at=at)


class LibraryStand(NamedTuple):
    """A library with its newest counts, None where it was never counted; and its mails of the last thirty days."""

    slug: str
    name: str
    province: str
    state: str
    inhabitants_count: int
    day: date | None
    people_count: int | None
    members_count: int | None
    with_address_count: int | None
    consenting_count: int | None
    last_import_at: datetime | None
    refused_rows_count: int | None
    reach_count: int | None
    live_journeys_count: int | None
    is_trial: bool | None
    service_sent_count: int
    marketing_sent_count: int
    delivered_count: int
    soft_bounced_count: int
    hard_bounced_count: int
    complaints_count: int
    unsubscribes_count: int
    skipped_count: int
    unknown_count: int
    human_clicks_count: int

    @property
    def sent_count(self) -> int:
        return self.service_sent_count + self.marketing_sent_count


_STANDS = """
    SELECT l.slug, l.name, l.province, l.state, l.inhabitants_count,
           s.day, s.people_count, s.members_count, s.with_address_count, s.consenting_count,
           s.last_import_at, s.refused_rows_count, s.reach_count, s.live_journeys_count, s.is_trial,
           m.service, m.marketing, m.delivered, m.soft, m.hard, m.complaints, m.unsubscribes, m.skipped, m.unknown,
           m.clicks
      FROM tenancy_library l
      LEFT JOIN LATERAL (
               SELECT *
                 FROM network_librarystatsdaily d
                WHERE d.library_id = l.id
                ORDER BY d.day DESC
                LIMIT 1
           ) s ON true
     CROSS JOIN LATERAL (
               SELECT coalesce(sum(service_sent_count), 0)::int   AS service,
                      coalesce(sum(marketing_sent_count), 0)::int AS marketing,
                      coalesce(sum(delivered_count), 0)::int      AS delivered,
                      coalesce(sum(soft_bounced_count), 0)::int   AS soft,
                      coalesce(sum(hard_bounced_count), 0)::int   AS hard,
                      coalesce(sum(complaints_count), 0)::int     AS complaints,
                      coalesce(sum(unsubscribes_count), 0)::int   AS unsubscribes,
                      coalesce(sum(skipped_count), 0)::int        AS skipped,
                      coalesce(sum(unknown_count), 0)::int        AS unknown,
                      coalesce(sum(human_clicks_count), 0)::int   AS clicks
                 FROM network_librarystatsdaily d
                WHERE d.library_id = l.id AND d.day >= %(first)s AND d.day <= %(last)s
           ) m
     ORDER BY l.name, l.id
"""


def stands(*, at: datetime) -> list[LibraryStand]:
    """Every library by name with its newest counts; for scope network."""
    last = timezone.localdate(at)
    with connection.cursor() as cursor:
        cursor.execute(_STANDS, {"first": last - timedelta(days=mail_queries.WINDOW_DAYS - 1), "last": last})
        return [LibraryStand(*row) for row in cursor.fetchall()]
