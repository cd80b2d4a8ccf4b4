"""Two people turn out to be one: one entry a journey goes on, the other's ends."""

from typing import Any

from django.db import connection

from members.matching import references
from members.matching.references import Joining, Reference

_END_DOUBLE = """
    WITH gone AS (
        UPDATE journeys_journeyentry AS e
           SET state = 'ended', exit_reason = 'same_person', ended_at = %(at)s, due_at = NULL
         WHERE e.contact_id = %(other_id)s AND e.state = 'active'
           AND EXISTS (SELECT FROM journeys_journeyentry AS own
                        WHERE own.contact_id = %(kept_id)s AND own.journey_id = e.journey_id
                          AND (own.state = 'active' OR own.occasion = e.occasion))
        RETURNING e.id, e.step_key
    ),
    noted AS (
        INSERT INTO journeys_stepevent (library_id, entry_id, step_key, kind, choice, at)
        SELECT (SELECT current_library_id()), id, step_key, 'left', 'same_person', %(at)s FROM gone
    ),
    cancelled AS (
        UPDATE campaigns_message AS g
           SET state = 'cancelled', reason = 'left_journey', settled_at = %(at)s
          FROM journeys_messagecause AS b
          JOIN gone ON gone.id = b.entry_id
         WHERE g.id = b.message_id AND g.state = 'queued'
           AND NOT EXISTS (SELECT FROM journeys_messagecause AS other
                            WHERE other.message_id = g.id AND other.entry_id NOT IN (SELECT id FROM gone))
    )
    SELECT id FROM gone
"""


def join(joining: Joining) -> dict[str, Any]:
    """End the other's entries where the one that stays is on the same journey."""
    with connection.cursor() as cursor:
        cursor.execute(_END_DOUBLE, joining._asdict())
        return {"ended": [row[0] for row in cursor.fetchall()]}


def undo(joining: Joining, kept: dict[str, Any]) -> list[str]:
    """An ended entry stays ended (a running journey is never edited); told, not repaired."""
    return ["journeys_journeyentry"] if kept.get("ended") else []


def register() -> None:
    references.register(
        Reference(
            table="journeys_journeyentry", unique_with=("journey_id", "occasion"), on_collision="leave"
        ),
        Reference(table="journeys_journeyentry", column="recipient_id"),
    )
    references.register_hook("journeys", join, undo)
