"""The other libraries of a set in the database: as many people each as planned, made by the database itself."""

from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from bench import crowd
from bench.tools import a_library
from bibmail.sandbox.population.sets import plan
from bibmail.tenancy import acting_for

TABLES = (
    "members_contact",
    "members_membership",
    "members_activitysummary",
    "members_activity",
    "consent_consent",
)

_ACTIVITIES = """
    INSERT INTO members_activity (library_id, contact_id, kind, occurred_at, subject_code, subject_name, status,
                source, source_id, is_pending)
    SELECT (SELECT current_library_id()), id, (ARRAY['loan', 'ebook_loan', 'loan_return', 'ebook_login'])[1 + n %% 4],
           %(at)s::timestamptz - ((id * 7 + n * 31) %% 700) * interval '1 day', '', '', '', 'bench', id || '-' || n,
           false
      FROM members_contact, generate_series(1, %(each)s) AS n
     WHERE id BETWEEN %(first)s AND %(last)s
"""


class Filled(NamedTuple):
    """What was made."""

    libraries: int
    people: int
    activities: int


def neighbours(
    set_name: str, seed: int, *, at: datetime, share: float = 1.0, activities_each: int = 3
) -> Filled:
    """Every library of the set in its order, with so large a share of its members.

    Three activities a person is what the network has: its loans in detail, and its e-books.
    Settle `TABLES` afterwards.
    """
    people = activities = 0
    plans = plan(set_name, seed)
    for planned in plans:
        library = a_library(planned.slug)
        size = max(1, round(planned.memberships * share))
        made = crowd.people(library, size, at=at)
        activities += enliven(library.pk, made, each=activities_each, at=at)
        people += made.size
    return Filled(len(plans), people, activities)


def enliven(library_id: int, those: crowd.Crowd, *, each: int, at: datetime) -> int:
    """Give each of them so many activities of the past two years; return how many rows that made."""
    values: dict[str, Any] = {"at": at, "each": each, "first": those.first, "last": those.last}
    with acting_for(library_id), connection.cursor() as cursor:
        cursor.execute(_ACTIVITIES, values)
        return int(cursor.rowcount)
