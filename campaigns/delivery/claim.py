"""Taking messages off the queue. A lease, not a lock: whoever falls silent loses it to the next worker."""

import uuid
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection

from campaigns.models import Mailing, Message

# MATERIALIZED, or the planner may look for the first so many anew for every row, and finds others each time.
_CLAIM = """
    WITH first AS MATERIALIZED (
        SELECT id
          FROM campaigns_message
         WHERE state = 'queued'
           AND not_before <= %(at)s
           AND (lease_until IS NULL OR lease_until <= clock_timestamp())
           AND mailing_id NOT IN (SELECT id FROM campaigns_mailing WHERE is_paused)
         ORDER BY priority, not_before, id
         LIMIT %(limit)s
           FOR UPDATE SKIP LOCKED
    )
    UPDATE campaigns_message AS g
       SET state = 'claimed', lease_token = %(token)s,
           lease_until = clock_timestamp() + make_interval(secs => %(seconds)s)
      FROM first, campaigns_mailing AS m
     WHERE g.id = first.id AND m.id = g.mailing_id
    RETURNING g.id, g.mailing_id, g.priority, m.campaign_id IS NOT NULL
"""


class Claimed(NamedTuple):
    """A message that is ours until the lease ends."""

    id: int
    mailing_id: int
    priority: int
    is_of_campaign: bool


class Claim(NamedTuple):
    """What one worker took, and the token that proves it."""

    token: str
    messages: list[Claimed]

    def batches(self, most: int) -> list[list[int]]:
        """Message ids as they go to the ESP: newsletters together by mailing, everything else alone.

        The batch is the blast radius of one kill (decision D8).
        """
        batches: list[list[int]] = []
        together: dict[int, list[int]] = {}
        for message in self.messages:
            if not message.is_of_campaign:
                batches.append([message.id])
            elif len(group := together.setdefault(message.mailing_id, [])) < most:
                group.append(message.id)
                if len(group) == 1:
                    batches.append(group)
            else:
                together[message.mailing_id] = [message.id]
                batches.append(together[message.mailing_id])
        return batches


def take(limit: int, *, at: datetime) -> Claim:
    """Claim what may be sent now, the most urgent first; within acting_for(library)."""
    token = str(uuid.uuid4())
    values: dict[str, Any] = {
        "token": token,
        "seconds": settings.SEND_CLAIM_SECONDS,
        "limit": limit,
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, values)
        rows = [Claimed(*row) for row in cursor.fetchall()]
    return Claim(token, sorted(rows, key=lambda row: (row.priority, row.id)))


def release(token: str) -> None:
    """Give back at once what this worker claimed and did not get to; within acting_for(library)."""
    Message.objects.filter(lease_token=token, state=Message.State.CLAIMED).update(
        state=Message.State.QUEUED, lease_token=None, lease_until=None
    )


def anything_waits(*, at: datetime) -> bool:
    """Whether anything waits that may be sent now; one look at the partial index."""
    paused = Mailing.objects.filter(is_paused=True).values("pk")
    ready = Message.objects.filter(state=Message.State.QUEUED, not_before__lte=at).exclude(mailing__in=paused)
    return ready.exists()
