"""summary = fold(baseline, rows), declared column by column and done in SQL (decision D14).

A mark keeps the first or last day, a count counts, recent keeps the k last days. Because every column says
how it merges, rows can go (retention folds them into the baseline first) and the summary stays provable.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from members import turns
from members.models.activity import ActivityKind as Kind

_DAY = "(a.occurred_at AT TIME ZONE 'Europe/Brussels')::date"

_LOANS = (Kind.LOAN,)
_SEATS = (Kind.SEAT_RESERVATION,)
_EVENTS = (Kind.EVENT_REGISTRATION,)

# What counts as having been active: identified acts, not what an office did to the record.
ACTIVE = tuple(
    kind
    for kind in Kind
    if kind not in {Kind.HOLD_READY, Kind.CHILD_LINKED, Kind.MEMBERSHIP_CREATED, Kind.MEMBERSHIP_RENEWED}
)


@dataclass(frozen=True)
class Mark:
    """The first (`min`) or last (`max`) day of these kinds."""

    column: str
    kinds: tuple[Kind, ...]
    keep: str = "max"

    def rows(self, condition: str) -> str:
        return f"{self.keep}({_DAY}) FILTER (WHERE {condition})"

    def merged(self) -> str:
        function = "greatest" if self.keep == "max" else "least"
        return f"{function}(b.{self.column}, r.{self.column})"


@dataclass(frozen=True)
class Count:
    """How many rows of these kinds."""

    column: str
    kinds: tuple[Kind, ...]

    def rows(self, condition: str) -> str:
        return f"count(*) FILTER (WHERE {condition})"

    def merged(self) -> str:
        return f"(coalesce(b.{self.column}, 0) + coalesce(r.{self.column}, 0))::integer"


@dataclass(frozen=True)
class Recent:
    """The days of the last k rows, newest first: "at least n in d days" is then one comparison."""

    column: str
    kinds: tuple[Kind, ...]
    k: int = 10

    def rows(self, condition: str) -> str:
        return f"(array_agg({_DAY} ORDER BY a.occurred_at DESC) FILTER (WHERE {condition}))[1:{self.k}]"

    def merged(self) -> str:
        both = f"coalesce(r.{self.column}, '{{}}') || coalesce(b.{self.column}, '{{}}')"
        return (
            f"(coalesce((SELECT array_agg(d ORDER BY d DESC) FROM unnest({both}) AS d), '{{}}'))[1:{self.k}]"
        )


COLUMNS: tuple[Mark | Count | Recent, ...] = (
    Mark("last_active_on", ACTIVE),
    Mark("first_loan_on", _LOANS, "min"),
    Mark("last_loan_on", _LOANS),
    Count("loans_count", _LOANS),
    Recent("recent_loans", _LOANS),
    Mark("first_ebook_login_on", (Kind.EBOOK_LOGIN,), "min"),
    Mark("last_ebook_login_on", (Kind.EBOOK_LOGIN,)),
    Count("ebook_logins_count", (Kind.EBOOK_LOGIN,)),
    Mark("last_ebook_loan_on", (Kind.EBOOK_LOAN,)),
    Count("ebook_loans_count", (Kind.EBOOK_LOAN,)),
    Mark("last_film_stream_on", (Kind.FILM_STREAM,)),
    Count("film_streams_count", (Kind.FILM_STREAM,)),
    Mark("last_seat_reservation_on", _SEATS),
    Count("seat_reservations_count", _SEATS),
    Recent("recent_seat_reservations", _SEATS),
    Mark("last_event_registration_on", _EVENTS),
    Count("event_registrations_count", _EVENTS),
    Mark("last_profile_login_on", (Kind.PROFILE_LOGIN,)),
)

_NAMES = tuple(column.column for column in COLUMNS)


def _condition(kinds: tuple[Kind, ...]) -> str:
    names = ", ".join(f"'{kind}'" for kind in kinds)
    # Somebody who did not come, or called it off, did not do it.
    return f"a.kind IN ({names}) AND a.status NOT IN ('cancelled', 'no_show')"


_ROWS = ",\n               ".join(f"{c.rows(_condition(c.kinds))} AS {c.column}" for c in COLUMNS)
_MERGED = ",\n               ".join(f"{c.merged()} AS {c.column}" for c in COLUMNS)

_FOLD = f"""
    WITH r AS (
        SELECT a.contact_id,
               {_ROWS}
          FROM members_activity a
          JOIN touched USING (contact_id)
         GROUP BY a.contact_id
    ), folded AS (
        SELECT contact_id,
               {_MERGED}
          FROM touched
          LEFT JOIN r USING (contact_id)
          LEFT JOIN members_activitybaseline b USING (contact_id)
    )
"""

_REFOLD = f"""
    {_FOLD}
    INSERT INTO members_activitysummary AS s (library_id, contact_id, {", ".join(_NAMES)})
    SELECT (SELECT current_library_id()), contact_id, {", ".join(_NAMES)}
      FROM folded
     ORDER BY contact_id
        ON CONFLICT (library_id, contact_id) DO UPDATE
       SET {", ".join(f"{name} = EXCLUDED.{name}" for name in _NAMES)}
     WHERE ({", ".join(f"s.{name}" for name in _NAMES)})
           IS DISTINCT FROM ({", ".join(f"EXCLUDED.{name}" for name in _NAMES)})
"""

_DIFFERENCES = f"""
    {_FOLD}
    SELECT contact_id
      FROM folded f
      FULL JOIN members_activitysummary s USING (contact_id)
     WHERE ({", ".join(f"s.{name}" for name in _NAMES)})
           IS DISTINCT FROM ({", ".join(f"f.{name}" for name in _NAMES)})
       AND contact_id IN (SELECT contact_id FROM touched)
     ORDER BY contact_id
"""

_RETIRE = f"""
    WITH gone AS (
        DELETE FROM members_activity a
         USING unnest(%(kinds)s::text[], %(moments)s::timestamptz[]) AS past (kind, before)
         WHERE a.kind = past.kind AND a.occurred_at < past.before
        RETURNING a.contact_id, a.kind, a.occurred_at, a.status
    ), r AS (
        SELECT a.contact_id,
               {_ROWS}
          FROM gone a
         GROUP BY a.contact_id
    ), folded AS (
        SELECT contact_id,
               {_MERGED}
          FROM r
          LEFT JOIN members_activitybaseline b USING (contact_id)
    ), kept AS (
        INSERT INTO members_activitybaseline (library_id, contact_id, {", ".join(_NAMES)})
        SELECT (SELECT current_library_id()), contact_id, {", ".join(_NAMES)}
          FROM folded
         ORDER BY contact_id
            ON CONFLICT (library_id, contact_id) DO UPDATE
           SET {", ".join(f"{name} = EXCLUDED.{name}" for name in _NAMES)}
    )
    SELECT count(*) FROM gone
"""

_EVERYONE = """
    INSERT INTO touched
    SELECT contact_id FROM members_activity
     UNION
    SELECT contact_id FROM members_activitysummary
     UNION
    SELECT contact_id FROM members_activitybaseline
"""


_JOIN_BASELINES = f"""
    WITH r AS (
        DELETE FROM members_activitybaseline WHERE contact_id = %(other_id)s RETURNING *
    ), folded AS (
        SELECT {_MERGED}
          FROM r
          LEFT JOIN members_activitybaseline b ON b.contact_id = %(kept_id)s
    )
    INSERT INTO members_activitybaseline (library_id, contact_id, {", ".join(_NAMES)})
    SELECT (SELECT current_library_id()), %(kept_id)s, {", ".join(_NAMES)}
      FROM folded
        ON CONFLICT (library_id, contact_id) DO UPDATE
       SET {", ".join(f"{name} = EXCLUDED.{name}" for name in _NAMES)}
"""


class Sums(NamedTuple):
    """Figures of a whole library, for a check by hand."""

    contacts: int
    differences: int


def start_touching() -> None:
    """Make the empty temporary table `touched(contact_id)` that `refold` works from."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS touched")
        cursor.execute("CREATE TEMP TABLE touched (contact_id bigint PRIMARY KEY) ON COMMIT DROP")


def refold() -> int:
    """Recompute the summary of the touched contacts from baseline and rows; return how many differed."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE touched")
        cursor.execute(_REFOLD)
        return int(cursor.rowcount)


def refold_people(contact_ids: Sequence[int]) -> int:
    """Recompute the summaries of these contacts; return how many differed."""
    start_touching()
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO touched SELECT DISTINCT unnest(%s::bigint[])", [list(contact_ids)])
    return refold()


def check() -> Sums:
    """Hold every stored summary of the library against a fold from scratch; differences must be 0."""
    start_touching()
    with connection.cursor() as cursor:
        cursor.execute(_EVERYONE)
        contacts = cursor.rowcount
        cursor.execute("ANALYZE touched")
        cursor.execute(_DIFFERENCES)
        return Sums(contacts, cursor.rowcount)


def join_baselines(*, kept_id: int, other_id: int) -> None:
    """Add up what retention folded of two people who turned out to be one; the other has none afterwards."""
    with connection.cursor() as cursor:
        cursor.execute(_JOIN_BASELINES, {"kept_id": kept_id, "other_id": other_id})


def retire(past: Mapping[Kind, datetime]) -> int:
    """Move what each kind has before its moment from the rows to the baseline; return how many rows went.

    One statement deletes and adds up, so no row is in both or in neither; imports wait for it.
    """
    turns.take()
    with connection.cursor() as cursor:
        cursor.execute(_RETIRE, {"kinds": list(past), "moments": list(past.values())})
        return int(cursor.fetchone()[0])
