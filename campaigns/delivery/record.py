"""What the ESP answered, written down in one short transaction. A late answer of our own call still counts."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from bibmail.tenancy import clock
from campaigns.delivery import gate
from campaigns.delivery.esp import Accepted, Answer, NotTaken, Refused, Unclear
from campaigns.models import Message, MessageQuerySet, Submission

_ACCEPTED = """
    UPDATE campaigns_message AS g
       SET state = 'accepted', accepted_at = coalesce(g.accepted_at, %(at)s), settled_at = %(at)s,
           esp_message_id = CASE WHEN g.esp_message_id = '' THEN taken.esp_id ELSE g.esp_message_id END,
           lease_token = NULL, lease_until = NULL
      FROM unnest(%(ids)s::bigint[], %(esp_ids)s::text[]) AS taken (id, esp_id)
     WHERE g.id = taken.id AND g.submission_id = %(submission_id)s AND g.state IN ('submitting', 'unknown')
"""


def write(submission: Submission, answer: Answer, *, at: datetime) -> None:
    """Settle the messages of a submission by its answer; within acting_for(library)."""
    match answer:
        case Accepted(ids):
            _accepted(submission, ids, at=at)
        case Refused():
            _settle(submission, Submission.State.REFUSED, at=at)
        case NotTaken(wait_seconds=seconds):
            _again(submission, seconds)
        case Unclear():
            _unclear(submission)


def _accepted(submission: Submission, ids: Sequence[str], *, at: datetime) -> None:
    values: dict[str, Any] = {
        "ids": submission.message_ids,
        "esp_ids": [esp_id[:200] for esp_id in ids],
        "submission_id": submission.pk,
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ACCEPTED, values)
    _close(submission, Submission.State.ACCEPTED)


def found(submission: Submission, taken: Mapping[int, str], *, at: datetime) -> None:
    """The ESP shows that it took these messages (id to its own id); within acting_for(library).

    The submission closes when none of its messages is in doubt any more.
    """
    values: dict[str, Any] = {
        "ids": list(taken),
        "esp_ids": [esp_id[:200] for esp_id in taken.values()],
        "submission_id": submission.pk,
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ACCEPTED, values)
    if not _open_messages(submission).exists():
        _close(submission, Submission.State.ACCEPTED)


def _settle(submission: Submission, state: str, *, at: datetime) -> None:
    mine = _open_messages(submission)
    ids = list(mine.values_list("pk", flat=True))
    gate.release_caps(ids)
    mine.update(
        state=Message.State.FAILED,
        reason=Message.Reason.REFUSED,
        settled_at=at,
        lease_token=None,
        lease_until=None,
    )
    _close(submission, state)


def _again(submission: Submission, seconds: float) -> None:
    """Surely not accepted: back to the queue, for later by the real clock."""
    mine = _open_messages(submission)
    gate.release_caps(list(mine.values_list("pk", flat=True)))
    mine.update(
        state=Message.State.QUEUED,
        submission=None,
        lease_token=None,
        lease_until=clock.database_now() + timedelta(seconds=seconds),
    )
    _close(submission, Submission.State.REFUSED)


def take_back(submission: Submission, *, token: str) -> None:
    """Surely not accepted, and still ours: claimed again under the same token; within acting_for(library)."""
    mine = _open_messages(submission)
    gate.release_caps(list(mine.values_list("pk", flat=True)))
    mine.update(
        state=Message.State.CLAIMED,
        submission=None,
        lease_token=token,
        lease_until=clock.database_now() + timedelta(seconds=settings.SEND_CLAIM_SECONDS),
    )
    _close(submission, Submission.State.REFUSED)


def _unclear(submission: Submission) -> None:
    _open_messages(submission).update(state=Message.State.UNKNOWN, lease_token=None, lease_until=None)
    _close(submission, Submission.State.UNKNOWN)


def _open_messages(submission: Submission) -> MessageQuerySet:
    return Message.objects.filter(
        pk__in=submission.message_ids,
        submission=submission,
        state__in=[Message.State.SUBMITTING, Message.State.UNKNOWN],
    )


def _close(submission: Submission, state: str) -> None:
    Submission.objects.filter(pk=submission.pk).exclude(state=Submission.State.ACCEPTED).update(
        state=state, last_tried_at=clock.database_now()
    )
