"""Counts of one library, written by its own job; and how all libraries stand, read by the network."""

from datetime import date, datetime
from typing import NamedTuple

from django.db import connection
from django.utils import timezone

from consent.queries import PEOPLE

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
               )                                                 AS suppressed
          FROM persons p
          LEFT JOIN valid   v ON v.contact_id = p.id
          LEFT JOIN wanting w ON w.contact_id = p.id
          LEFT JOIN sharing s ON s.contact_id = p.id
    )
    INSERT INTO network_librarystatsdaily (
               library_id, day, people_count, members_count, with_address_count, consenting_count,
               data_use_count, suppressed_count, last_import_at, refused_rows_count)
    SELECT current_library_id(), %(today)s, c.people, c.members, c.with_address, c.consenting,
           c.data_use, c.suppressed,
           (SELECT max(finished_at) FROM newest_runs),
           (SELECT coalesce(sum(refused_count), 0) FROM newest_runs)
      FROM counts c
        ON CONFLICT (library_id, day) DO UPDATE
       SET people_count       = excluded.people_count,
           members_count      = excluded.members_count,
           with_address_count = excluded.with_address_count,
           consenting_count   = excluded.consenting_count,
           data_use_count     = excluded.data_use_count,
           suppressed_count   = excluded.suppressed_count,
           last_import_at     = excluded.last_import_at,
           refused_rows_count = excluded.refused_rows_count
"""


def count_library(*, at: datetime) -> None:
    """Write today's row of the library we act for; a second count of the day replaces the first."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"at": at, "today": timezone.localdate(at)})


class LibraryStand(NamedTuple):
    """A library with its newest counts; None where it was never counted."""

    slug: str
    name: str
    province: str
    state: str
    day: date | None
    people_count: int | None
    members_count: int | None
    with_address_count: int | None
    consenting_count: int | None
    last_import_at: datetime | None
    refused_rows_count: int | None


_STANDS = """
    SELECT l.slug, l.name, l.province, l.state,
           s.day, s.people_count, s.members_count, s.with_address_count, s.consenting_count,
           s.last_import_at, s.refused_rows_count
      FROM tenancy_library l
      LEFT JOIN LATERAL (
               SELECT *
                 FROM network_librarystatsdaily d
                WHERE d.library_id = l.id
                ORDER BY d.day DESC
                LIMIT 1
           ) s ON true
     ORDER BY l.name, l.id
"""


def stands() -> list[LibraryStand]:
    """Every library by name with its newest counts; for scope network."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDS)
        return [LibraryStand(*row) for row in cursor.fetchall()]
