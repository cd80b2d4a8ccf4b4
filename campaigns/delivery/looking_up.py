"""Whether the ESP has what nobody answered: asked three times, and nothing is ever sent on what it says.

What it shows was accepted; what it does not show stays unknown, since absence proves nothing (decision D8).
"""

import logging
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Q, QuerySet

from bibmail.tenancy import acting_for, clock
from bibmail.tenancy.models import Library
from campaigns.delivery import accounts, esp, make, record
from campaigns.delivery.envelope import Mail
from campaigns.delivery.esp import Account
from campaigns.models import Message, Submission

logger = logging.getLogger(__name__)

# After the call, by the database's real clock. The first is past the time in which a key may still be used.
MOMENTS = (timedelta(minutes=15), timedelta(hours=2), timedelta(hours=24))
# Of one library at once: another sweep takes the next. A call that went wrong may be slow.
MOST_CALLS = 100
_LONGEST_SECONDS = 60.0
# The ESP's clock may run behind ours.
_CLOCK_SLACK = timedelta(minutes=5)


class _Search(NamedTuple):
    """A submission to ask about: its mails in doubt, since when, and the ids that other messages have."""

    submission: Submission
    account: Account
    mails: Sequence[Mail]
    since: datetime
    known: set[str]


def anything_due() -> bool:
    """Whether a submission is to be looked up now; within acting_for(library)."""
    return _due(clock.database_now()).exists()


def look_up(*, library_id: int, at: datetime) -> int:
    """Ask the ESP about the submissions whose time has come; return how many messages it turned out to have.

    No transaction is open during a call. What is left over waits for the next sweep.
    """
    calls, found_count, until = 0, 0, time.monotonic() + _LONGEST_SECONDS
    while calls < MOST_CALLS and time.monotonic() < until:
        with acting_for(library_id):
            taken = _take(clock.database_now())
            search = _search(taken, Library.objects.get(pk=library_id)) if taken else None
        if taken is None:
            break
        if search is None:
            continue
        found = _ask(search)
        calls += len(search.mails)
        if found:
            with acting_for(library_id):
                record.found(search.submission, found, at=at)
        found_count += len(found)
        logger.info(
            "submission %s looked up: %s of %s found", search.submission.pk, len(found), len(search.mails)
        )
    return found_count


def _due(now: datetime) -> QuerySet[Submission]:
    return Submission.objects.filter(
        Q(next_look_up_at__lte=now)
        | Q(next_look_up_at=None, looked_up_count=0, opened_at__lte=now - MOMENTS[0]),
        state=Submission.State.UNKNOWN,
    ).order_by("opened_at", "pk")


def _take(now: datetime) -> Submission | None:
    """The next one, counted before it is asked: a worker that dies over it does not ask for ever."""
    submission = _due(now).select_for_update(skip_locked=True).first()
    if submission is None:
        return None
    passed = now - submission.opened_at
    submission.looked_up_count += 1
    # A moment that passed while nobody looked is not made up for.
    submission.next_look_up_at = next(
        (submission.opened_at + moment for moment in MOMENTS if moment > passed), None
    )
    submission.save(update_fields=["looked_up_count", "next_look_up_at"])
    return submission


def _search(submission: Submission, library: Library) -> _Search | None:
    """What to ask; None where the account cannot be asked, or no message is in doubt any more."""
    try:
        account = accounts.named(submission.account)
    except accounts.SealedShut:
        account = None
    if account is None or not account.can.can_look_up:
        return None
    doubted = Message.objects.filter(
        pk__in=submission.message_ids, submission=submission, state=Message.State.UNKNOWN
    )
    began = [began for began in doubted.values_list("submitted_at", flat=True) if began]
    mails = make.mails(list(doubted.order_by("pk").values_list("pk", flat=True)), make.sender_of(library))
    if not mails or not began:
        return None
    # The ESP's log goes by the clock of the mails, which a demo moves.
    since = min(began) - _CLOCK_SLACK
    return _Search(submission, account, mails, since, _known(mails, since))


def _known(mails: Sequence[Mail], since: datetime) -> set[str]:
    """The ESP's ids that other messages to these addresses have already."""
    ids = Message.objects.filter(
        recipient__email_norm__in={mail.to for mail in mails}, accepted_at__gte=since
    ).exclude(esp_message_id="")
    return set(ids.values_list("esp_message_id", flat=True))


def _ask(search: _Search) -> dict[int, str]:
    """The messages that the ESP shows, with its ids; one id is never given to two."""
    known, found = set(search.known), dict[int, str]()
    for mail in search.mails:
        esp_id = esp.look_up(mail, search.account, since=search.since, known=known)
        if esp_id:
            known.add(esp_id)
            found[mail.message_id] = esp_id
    return found
