"""People by the thousand, and entries for them: rows that a measurement needs, made by the database itself."""

import os
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from typing import Any, NamedTuple

import psycopg2
from django.db import connection

from bibmail.tenancy import acting_for, database
from bibmail.tenancy.models import Library
from journeys.models import Journey

# One in three still has a valid membership.
_PEOPLE = """
    WITH people AS (
        INSERT INTO members_contact (library_id, external_id, kind, relation, first_name, name_prefix, last_name,
                    first_name_folded, last_name_folded, gender, date_of_birth, postal_code, city, email, email_norm,
                    recipient_hash, language, is_deceased, source, sourced_at, field_sources)
        SELECT (SELECT current_library_id()), %(series)s || n, 'person', 'member',
               (ARRAY['Noor', 'Liam', 'Hanne', 'Yasmine', 'Wout'])[1 + n %% 5], '', 'Peeters ' || n,
               'noor', 'peeters ' || n, 'X', DATE '1950-01-01' + n %% 18000, '9620', 'Zandvelde',
               %(series)s || n || '@example.be', %(series)s || n || '@example.be',
               md5(%(series)s || n || '@example.be')::uuid, 'nl', false, 'wise', %(at)s, '{}'
          FROM generate_series(1, %(count)s) AS n
        RETURNING id, sourced_at
    ),
    members AS (
        INSERT INTO members_membership (library_id, contact_id, card_number, membership_type, is_reduced_fare,
                    enrolled_on, expires_on, status, ended_because, has_internet_block, keeps_loan_history, source,
                    sourced_at, field_sources)
        SELECT (SELECT current_library_id()), id, '2' || id, 'Volwassene', false, DATE '2019-09-02',
               sourced_at::date + CASE WHEN id %% 3 = 0 THEN 200 ELSE -200 END, 'Normaal', '', false, false, 'wise',
               sourced_at, '{}'
          FROM people
    ),
    summaries AS (
        INSERT INTO members_activitysummary (library_id, contact_id, last_active_on, loans_count, recent_loans,
                    ebook_logins_count, ebook_loans_count, film_streams_count, seat_reservations_count,
                    recent_seat_reservations, event_registrations_count)
        SELECT (SELECT current_library_id()), id, sourced_at::date - 400 - (id %% 700)::int, 12, '{}', 0, 0, 0, 0,
               '{}', 0
          FROM people
    ),
    consents AS (
        INSERT INTO consent_consent (library_id, contact_id, subject, code, basis, source, opened_at, closed_source)
        SELECT (SELECT current_library_id()), id, 'topic', 'newsletter', 'consent', 'balie',
               sourced_at - interval '400 days', ''
          FROM people
    )
    SELECT min(id), max(id) FROM people
"""

_ENTRIES = """
    INSERT INTO journeys_journeyentry (library_id, journey_id, version_id, contact_id, recipient_id, occasion, facts,
                entered_at, state, step_key, is_waiting, due_at, exit_reason)
    SELECT (SELECT current_library_id()), %(journey_id)s, %(version_id)s, id, id,
           'silent since:' || (%(due_at)s::timestamptz - interval '386 days')::date,
           jsonb_build_object('occurred_at', %(due_at)s::timestamptz - interval '21 days'),
           %(due_at)s::timestamptz - interval '21 days', 'active', %(step)s, true,
           %(due_at)s::timestamptz - (id %% 60) * interval '1 second', ''
      FROM members_contact
     WHERE id BETWEEN %(first)s AND %(last)s
"""


class Crowd(NamedTuple):
    """Contacts with consecutive ids."""

    first: int
    last: int

    @property
    def size(self) -> int:
        return self.last - self.first + 1

    def split(self, *sizes: int) -> list["Crowd"]:
        """Groups of these sizes, from the first on."""
        groups, begin = [], self.first
        for size in sizes:
            groups.append(Crowd(begin, begin + size - 1))
            begin += size
        assert begin - 1 <= self.last, "there are not so many"
        return groups


def people(library: Library, count: int, *, at: datetime, series: str = "lezer") -> Crowd:
    """So many members with an address who want the newsletter and did nothing for over a year."""
    values: dict[str, Any] = {"count": count, "at": at, "series": f"{series}.{library.slug}."}
    with acting_for(library.pk), connection.cursor() as cursor:
        cursor.execute(_PEOPLE, values)
        return Crowd(*cursor.fetchone())


def entries(journey: Journey, crowd: Crowd, *, step: str, due_at: datetime) -> None:
    """An entry for each of them, waiting at this step until then or, for some, a little less."""
    values: dict[str, Any] = {
        "journey_id": journey.pk,
        "version_id": journey.version_id,
        "step": step,
        "due_at": due_at,
        "first": crowd.first,
        "last": crowd.last,
    }
    assert journey.library_id
    with acting_for(journey.library_id), connection.cursor() as cursor:
        cursor.execute(_ENTRIES, values)


def settle(tables: Sequence[str]) -> None:
    """Do at once what autovacuum does in its time, so that all plans know how large the tables are."""
    with closing(psycopg2.connect(database.libpq(os.environ["BENCH_ADMIN_URL"]))) as admin:
        admin.autocommit = True
        with admin.cursor() as cursor:
            for table in tables:
                cursor.execute(f"VACUUM ANALYZE {table}")
