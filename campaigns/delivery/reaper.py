"""What silence leaves behind. Nothing is sent twice on a guess: only the same key, the same mail, in time."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from bibmail.tenancy import acting_for, clock
from bibmail.tenancy.models import Library
from campaigns.delivery import accounts, esp, faults, fence, gate, make, record
from campaigns.delivery.envelope import Mail, fingerprint
from campaigns.delivery.esp import Account
from campaigns.models import Message, Submission

_FREE_CLAIMS = """
    UPDATE campaigns_message
       SET state = 'queued', lease_token = NULL, lease_until = NULL
     WHERE state = 'claimed' AND lease_until < clock_timestamp()
"""

# The worker fell silent between its word and the ESP's: it may have been said or not.
_DOUBT = """
    WITH doubted AS (
        UPDATE campaigns_message
           SET state = 'unknown', lease_token = NULL, lease_until = NULL
         WHERE state = 'submitting' AND lease_until < clock_timestamp()
        RETURNING submission_id
    ),
    calls AS (
        UPDATE campaigns_submission
           SET state = 'unknown'
         WHERE id IN (SELECT submission_id FROM doubted) AND state = 'open'
        RETURNING id
    )
    SELECT count(*) FROM doubted
"""

_LEASE_UNKNOWN = """
    UPDATE campaigns_message
       SET lease_token = %(token)s, lease_until = clock_timestamp() + make_interval(secs => %(seconds)s)
     WHERE id = ANY(%(ids)s) AND state = 'unknown'
       AND (lease_until IS NULL OR lease_until < clock_timestamp())
"""


def reap(*, library_id: int, at: datetime) -> int:
    """Free what dead workers held, doubt what nobody answered, and ask again where the ESP knows the key.

    Returns how many messages were doubted.
    """
    with acting_for(library_id), connection.cursor() as cursor:
        cursor.execute(_FREE_CLAIMS)
        cursor.execute(_DOUBT)
        doubted = int(cursor.fetchone()[0])
        if fence.keeps_shut():
            return doubted
        try:
            account = accounts.in_use()
        except accounts.SealedShut:
            return doubted
    for submission_id in _to_ask_again(library_id, account):
        _ask_again(library_id, submission_id, account, at=at)
    return doubted


def _to_ask_again(library_id: int, account: Account) -> list[int]:
    window = account.can.key_window
    if window is None:
        return []
    with acting_for(library_id):
        return list(
            Submission.objects.filter(
                state=Submission.State.UNKNOWN,
                # Another account knows nothing of this key.
                account=account.code,
                opened_at__gt=clock.database_now() - window,
                last_tried_at__lt=clock.database_now() - timedelta(seconds=1),
            )
            .order_by("pk")
            .values_list("pk", flat=True)
        )


def _ask_again(library_id: int, submission_id: int, account: Account, *, at: datetime) -> None:
    """The same key with the same mails (decision D8); when anything differs it stays unknown."""
    with acting_for(library_id):
        submission = Submission.objects.select_for_update().get(pk=submission_id)
        mails = _unchanged(submission, Library.objects.get(pk=library_id), at=at)
        if mails is None:
            return
        Message.objects.filter(pk__in=submission.message_ids).update(state=Message.State.SUBMITTING)
        submission.state, submission.attempts_count = Submission.State.OPEN, submission.attempts_count + 1
        submission.last_tried_at = clock.database_now()
        submission.save(update_fields=["state", "attempts_count", "last_tried_at"])
    faults.point("after_second_submitting")
    answer = esp.deliver(mails, account, key=submission.key)
    with acting_for(library_id):
        # "Not taken" now says nothing of the first time.
        known = answer if isinstance(answer, esp.Accepted) else esp.Unclear("second try")
        record.write(submission, known, at=at)


def _unchanged(submission: Submission, library: Library, *, at: datetime) -> list[Mail] | None:
    """The mails as they were, if all may still leave and none differs."""
    if submission.state != Submission.State.UNKNOWN:
        return None
    token = str(uuid.uuid4())
    values: dict[str, Any] = {
        "ids": submission.message_ids,
        "token": token,
        "seconds": gate.lease_seconds(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_LEASE_UNKNOWN, values)
        if cursor.rowcount != len(submission.message_ids):
            return None
    if not gate.still_passing(submission, token=token, at=at):
        return None
    mails = make.mails(submission.message_ids, make.sender_of(library))
    return mails if fingerprint(mails) == submission.payload_sha256 else None
