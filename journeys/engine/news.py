"""What is new in this library, heard by all journeys at once and by each of them once (decision D13)."""

from datetime import datetime
from typing import NamedTuple

from django.db import connection

from members.models import ImportRun

_TABLES = """
    DROP TABLE IF EXISTS news_activity, news_contact;
    CREATE TEMP TABLE news_activity (
        id bigint PRIMARY KEY, contact_id bigint NOT NULL, kind text NOT NULL, occurred_at timestamptz NOT NULL
    ) ON COMMIT DROP;
    CREATE TEMP TABLE news_contact (contact_id bigint PRIMARY KEY) ON COMMIT DROP;
"""

# Somebody who cancelled or stayed away did not do it; that is heard and leads to nothing.
_HEAR_ACTIVITIES = """
    WITH heard AS (
        UPDATE members_activity SET is_pending = false WHERE is_pending AND occurred_at <= %(at)s
        RETURNING id, contact_id, kind, occurred_at, status
    )
    INSERT INTO news_activity
    SELECT id, contact_id, kind, occurred_at FROM heard WHERE status NOT IN ('cancelled', 'no_show')
"""

_HEAR_CHANGES = """
    WITH heard AS (DELETE FROM members_contactchange RETURNING contact_id)
    INSERT INTO news_contact
    SELECT contact_id FROM heard
     UNION
    SELECT contact_id FROM news_activity
"""


class Heard(NamedTuple):
    """How much was new."""

    activities: int
    people: int


def hear(*, at: datetime) -> Heard:
    """Fill the temporary tables news_activity and news_contact with what nobody heard yet.

    What is dated later than now (another clock, a registration for this afternoon) is left for its moment.

    While a file is being brought in they stay empty: a child comes with one file and its parent with the next.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        if ImportRun.objects.under_way().exists():
            return Heard(0, 0)
        cursor.execute(_HEAR_ACTIVITIES, {"at": at})
        activities = cursor.rowcount
        cursor.execute(_HEAR_CHANGES)
        people = cursor.rowcount
        if people:
            cursor.execute("ANALYZE news_activity; ANALYZE news_contact")
        return Heard(activities, people)
