"""Two people turn out to be one: they get one mail, and one history of mails."""

from typing import Any

from django.db import connection

from members.matching import references
from members.matching.references import Joining, Reference

# A mail that both were to get, and that has left for neither, goes to the one that stays.
_CANCEL_DOUBLE = """
    UPDATE campaigns_message AS g
       SET state = 'cancelled', reason = 'duplicate_address', settled_at = %(at)s
     WHERE g.recipient_id = %(other_id)s AND g.state = 'queued'
       AND EXISTS (SELECT FROM campaigns_message AS own
                    WHERE own.recipient_id = %(kept_id)s AND own.mailing_id = g.mailing_id
                      AND own.state IN ('queued', 'claimed', 'submitting', 'accepted', 'unknown'))
    RETURNING g.id
"""


def join(joining: Joining) -> dict[str, Any]:
    """Cancel what would come twice; the ids, so that undoing can tell."""
    with connection.cursor() as cursor:
        cursor.execute(_CANCEL_DOUBLE, joining._asdict())
        return {"cancelled": [row[0] for row in cursor.fetchall()]}


def undo(joining: Joining, kept: dict[str, Any]) -> list[str]:
    """A cancelled mail stays cancelled: its moment may be over. Told, not repaired."""
    return ["campaigns_message"] if kept.get("cancelled") else []


def register() -> None:
    references.register(
        Reference(table="campaigns_message", column="contact_id"),
        Reference(table="campaigns_message", column="recipient_id"),
    )
    references.register_hook("campaigns", join, undo)
