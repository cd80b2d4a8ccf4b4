"""How long it is known who got which mail (law L-13; decision D5): persons 13 months, keys 24."""

from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q

from campaigns.models import Message

PERSONS_KEPT = timedelta(days=396)
KEYS_KEPT = timedelta(days=730)
# Webhooks that told of nothing we know, for a look.
UNMATCHED_KEPT = timedelta(days=30)

_FORGET_PERSONS = """
    UPDATE campaigns_message
       SET contact_id = NULL, recipient_id = NULL, recipient_hash = NULL, consent_id = NULL,
           facts = '{}', slots = '{}'
     WHERE queued_at < %(before)s
       AND (contact_id IS NOT NULL OR recipient_id IS NOT NULL OR recipient_hash IS NOT NULL OR slots <> '{}')
"""

# Long after the last step that could bring the same mail again.
_FORGET_KEYS = "DELETE FROM campaigns_message WHERE queued_at < %(before)s"


def forget_persons(*, at: datetime) -> tuple[int, int]:
    """Empty what is personal in messages of 13 months ago and remove rows of 24; return both numbers."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET_KEYS, {"before": at - KEYS_KEPT})
        removed = cursor.rowcount
        cursor.execute(_FORGET_PERSONS, {"before": at - PERSONS_KEPT})
        return int(cursor.rowcount), int(removed)


def forget_people(contact_ids: list[int]) -> None:
    """What their mails said of these people goes with them; the keys and the counts stay."""
    of_them = Message.objects.filter(Q(recipient__in=contact_ids) | Q(contact__in=contact_ids))
    of_them.update(slots={}, facts={}, recipient_hash=None)
