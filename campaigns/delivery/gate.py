"""The last moment before a mail leaves: consent, stops and caps in one transaction with the word `submitting`."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection

from bibmail.tenancy import clock
from campaigns.delivery import standing, verdict, windows
from campaigns.delivery.envelope import Mail, fingerprint
from campaigns.delivery.verdict import Pass, Postpone, Settle, Standing, Verdict
from campaigns.models import Message, SendingSettings, Submission

# How long after its longest answer a call counts as silent.
_SLACK_SECONDS = 10

_RESERVE = "SELECT recipient, free_at FROM cap_reserve(%(hashes)s::uuid[], %(gaps)s::interval[], %(at)s)"

_RELEASE = """
    SELECT cap_release(array_agg(g.recipient_hash), array_agg(g.submitted_at))
      FROM campaigns_message AS g
      JOIN campaigns_mailing AS m ON m.id = g.mailing_id
     WHERE g.id = ANY(%(ids)s) AND m.message_class <> 'service' AND g.recipient_hash IS NOT NULL
"""

_LEAVE = """
    UPDATE campaigns_message AS g
       SET state = 'submitting', submission_id = %(submission_id)s, submitted_at = %(at)s,
           attempts_count = attempts_count + 1, topic = gone.topic, consent_id = gone.consent_id,
           recipient_hash = gone.hash,
           lease_until = clock_timestamp() + make_interval(secs => %(seconds)s)
      FROM unnest(%(ids)s::bigint[], %(topics)s::text[], %(consents)s::bigint[], %(hashes)s::uuid[])
           AS gone (id, topic, consent_id, hash)
     WHERE g.id = gone.id
"""

_STAY = """
    UPDATE campaigns_message AS g
       SET state = said.state, reason = said.reason,
           not_before = coalesce(said.until, g.not_before),
           settled_at = CASE WHEN said.until IS NULL THEN %(at)s::timestamptz END,
           lease_token = NULL, lease_until = NULL
      FROM unnest(%(ids)s::bigint[], %(states)s::text[], %(reasons)s::text[], %(untils)s::timestamptz[])
           AS said (id, state, reason, until)
     WHERE g.id = said.id
"""


class Leaving(NamedTuple):
    """What may be given to the ESP now: one call, one key."""

    submission: Submission
    mails: list[Mail]


def lease_seconds() -> float:
    """How long a call may take before the row counts as unanswered."""
    return float(settings.ESP_CONNECT_SECONDS + settings.ESP_READ_SECONDS) + _SLACK_SECONDS


def let_go(mails: Sequence[Mail], *, token: str, account: str, at: datetime) -> Leaving | None:
    """Decide on claimed messages and commit who leaves; None when nobody does. Within acting_for(library)."""
    window = windows.settings_of_library()
    found = standing.of([mail.message_id for mail in mails], token=token, state=Message.State.CLAIMED, at=at)
    verdicts = {one.id: verdict.of(one, window, at=at) for one in found}
    _reserve_caps(found, verdicts, window, at=at)
    _stay({key: said for key, said in verdicts.items() if not isinstance(said, Pass)}, at=at)
    passing = [one for one in found if isinstance(verdicts[one.id], Pass)]
    if not passing:
        return None
    ids = {one.id for one in passing}
    leaving = [mail for mail in mails if mail.message_id in ids]
    now = clock.database_now()
    submission = Submission.objects.create(
        account=account,
        message_ids=[mail.message_id for mail in leaving],
        payload_sha256=fingerprint(leaving),
        opened_at=now,
        last_tried_at=now,
    )
    _leave(passing, verdicts, submission, at=at)
    return Leaving(submission, leaving)


def still_passing(submission: Submission, *, token: str, at: datetime) -> bool:
    """Whether all messages of an unanswered submission may still leave; its caps are reserved already."""
    window = windows.settings_of_library()
    found = standing.of(submission.message_ids, token=token, state=Message.State.UNKNOWN, at=at)
    return len(found) == len(submission.message_ids) and all(
        isinstance(verdict.of(one, window, at=at), Pass) for one in found
    )


def release_caps(ids: Sequence[int]) -> None:
    """Give back the places of mails that surely did not leave."""
    with connection.cursor() as cursor:
        cursor.execute(_RELEASE, {"ids": list(ids)})


def _reserve_caps(
    found: Sequence[Standing], verdicts: dict[int, Verdict], window: SendingSettings, *, at: datetime
) -> None:
    """Take a place per address, one mail an address; who finds none waits, or hears why not."""
    wanted: dict[str, tuple[Standing, timedelta]] = {}
    late: list[tuple[Standing, datetime]] = []
    for one in found:
        said = verdicts[one.id]
        if not isinstance(said, Pass) or said.gap is None or one.recipient_hash is None:
            continue
        address = str(one.recipient_hash)
        if address in wanted:
            late.append((one, at + said.gap))
        else:
            wanted[address] = (one, said.gap)
    if wanted:
        with connection.cursor() as cursor:
            values: dict[str, Any] = {
                "hashes": list(wanted),
                "gaps": [gap for _one, gap in wanted.values()],
                "at": at,
            }
            cursor.execute(_RESERVE, values)
            late += [(wanted[str(address)][0], free) for address, free in cursor.fetchall() if free]
    for one, free in late:
        verdicts[one.id] = verdict.postponed(one, free, window, reason=Message.Reason.FREQUENCY_CAP)


def _stay(verdicts: dict[int, Verdict], *, at: datetime) -> None:
    if not verdicts:
        return
    said = [(key, *_words(one)) for key, one in verdicts.items()]
    ids, states, reasons, untils = zip(*said, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            _STAY,
            {
                "ids": list(ids),
                "states": list(states),
                "reasons": list(reasons),
                "untils": list(untils),
                "at": at,
            },
        )


def _words(said: Verdict) -> tuple[str, str, datetime | None]:
    match said:
        case Settle(state, reason):
            return state, reason, None
        case Postpone(until):
            return Message.State.QUEUED, "", until
    raise AssertionError("who passes does not stay")


def _leave(
    passing: Sequence[Standing], verdicts: dict[int, Verdict], submission: Submission, *, at: datetime
) -> None:
    passes = [said for one in passing if isinstance(said := verdicts[one.id], Pass)]
    with connection.cursor() as cursor:
        cursor.execute(
            _LEAVE,
            {
                "submission_id": submission.pk,
                "ids": [one.id for one in passing],
                "topics": [said.topic for said in passes],
                "consents": [said.consent_id for said in passes],
                "hashes": [str(one.recipient_hash) if one.recipient_hash else None for one in passing],
                "seconds": lease_seconds(),
                "at": at,
            },
        )
