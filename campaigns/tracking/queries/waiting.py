"""Mails that wait and that somebody no longer wants."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import connection

# A mail that another topic may still carry stays: the gate decides on it. A welcome series, which nobody asked
# for, ends as a whole (law L-05). A claimed row is ours to stop too: without it the worker's gate finds nothing.
_CANCEL = """
    WITH unwanted AS (
        SELECT g.id
          FROM campaigns_message AS g
          JOIN campaigns_mailing AS m ON m.id = g.mailing_id
         WHERE g.recipient_id = %(contact_id)s
           AND g.state IN ('queued', 'claimed')
           AND m.message_class <> 'service'
           AND (%(is_about_all)s
                OR m.journey_code = %(series)s AND m.legal_basis = 'library_policy'
                OR m.topics && %(codes)s::varchar[]
                   AND NOT EXISTS (SELECT FROM consent_consent AS k
                                    WHERE k.contact_id = g.recipient_id AND k.subject = 'topic'
                                      AND k.code = ANY(m.topics) AND k.closed_at IS NULL))
         ORDER BY g.id
           FOR NO KEY UPDATE OF g
    )
    UPDATE campaigns_message AS g
       SET state = 'cancelled', reason = 'objected', settled_at = %(at)s, lease_token = NULL, lease_until = NULL
      FROM unwanted
     WHERE g.id = unwanted.id
"""


def cancel(*, contact_id: int, codes: Collection[str], series: str, is_about_all: bool, at: datetime) -> int:
    """Stop what waits for this person about these topics, or in this welcome series; return how many."""
    values: dict[str, Any] = {
        "contact_id": contact_id,
        "codes": sorted(codes),
        # No journey at all is no series.
        "series": series or None,
        "is_about_all": is_about_all,
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CANCEL, values)
        return int(cursor.rowcount)
