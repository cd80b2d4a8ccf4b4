"""Claim, make, gate, submit, record: three short transactions, and none open while the ESP is called."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library
from campaigns.delivery import accounts, claim, esp, faults, fence, gate, lines, make, record
from campaigns.delivery.esp import Account, Answer, NotTaken, Refused
from campaigns.delivery.make import Desk
from campaigns.models import Message

logger = logging.getLogger(__name__)

CLAIM_AT_ONCE = 100
# What is compiled may be a minute old, so that a newsletter to thousands reads the library's content once.
_DESK_LASTS = timedelta(minutes=1)


def send(*, library_id: int, now: Callable[[], datetime]) -> int:
    """Send everything of this library that may be sent now; return how many calls were made.

    Stops at once when the account takes no more; what was claimed goes back to the queue.
    """
    library = Library.objects.get(pk=library_id)
    work: _Work | None = None
    calls = 0
    while True:
        at = now()
        if work is None or not timedelta() <= at - work.desk.at <= _DESK_LASTS:
            with acting_for(library_id):
                if not claim.anything_waits(at=at):
                    return calls
                if why := fence.keeps_shut():
                    logger.error("library %s: sending is locked: %s", library_id, why)
                    return calls
                try:
                    work = _Work(library, at=at)
                except accounts.SealedShut:
                    logger.error("library %s: the keys of its account do not open", library_id)
                    return calls
        granted = lines.ask(work.account.code, CLAIM_AT_ONCE, at=at)
        if not granted.mails:
            logger.info("library %s waits for its account: %s", library_id, granted.why)
            return calls
        done, goes_on = work.round(granted.mails, now=now)
        calls += done
        if not goes_on:
            return calls


class _Work:
    """What one worker keeps at hand while it serves a library."""

    def __init__(self, library: Library, *, at: datetime) -> None:
        """For use within acting_for(library); as of `at`."""
        self.library_id = library.pk
        self.account: Account = accounts.in_use()
        self.desk = Desk(library, at=at)

    def round(self, most: int, *, now: Callable[[], datetime]) -> tuple[int, bool]:
        """Claim and send up to so many; how many calls were made, and whether it makes sense to go on."""
        with acting_for(self.library_id):
            taken = claim.take(most, at=now())
        if not taken.messages:
            lines.give_back(self.account.code, most)
            return 0, False
        faults.point("after_claim")
        calls = left = 0
        for batch in taken.batches(self.account.can.most_in_a_call):
            # Each batch has its own moment: a round of slow calls may last an hour.
            answers = self._send(batch, token=taken.token, at=now())
            calls += len(answers)
            left += sum(count for count, _answer in answers)
            if any(isinstance(answer, NotTaken) for _count, answer in answers):
                with acting_for(self.library_id):
                    claim.release(taken.token)
                lines.give_back(self.account.code, most - left)
                return calls, False
        lines.give_back(self.account.code, most - left)
        return calls, True

    def _send(self, ids: Sequence[int], *, token: str, at: datetime) -> list[tuple[int, Answer]]:
        """One batch from claimed to recorded: each call with how many mails it carried."""
        with acting_for(self.library_id):
            if lines.is_shut(self.account.code):
                return [(0, NotTaken("stopped"))]
            made = self.desk.make(ids, token=token, at=at)
            mails, unfit = make.fit(make.mails(made, self.desk.sender))
            make.settle(unfit, Message.State.FAILED, Message.Reason.NOT_RENDERED, token=token, at=at)
        if not mails:
            return []
        with acting_for(self.library_id):
            leaving = gate.let_go(mails, token=token, account=self.account.code, at=at)
        if leaving is None:
            return []
        faults.point("after_submitting")
        answer = esp.deliver(leaving.mails, self.account, key=leaving.submission.key)
        faults.point("after_esp_answer")
        is_apart = isinstance(answer, Refused) and len(leaving.mails) > 1
        with acting_for(self.library_id):
            if is_apart:
                record.take_back(leaving.submission, token=token)
            else:
                record.write(leaving.submission, answer, at=at)
            is_news = lines.is_news(self.account.code, answer)
        if is_news:
            lines.note(self.account.code, answer)
        if is_apart:
            return self._apart(leaving, token=token, at=at)
        return [(len(leaving.mails), answer)]

    def _apart(self, leaving: gate.Leaving, *, token: str, at: datetime) -> list[tuple[int, Answer]]:
        """One bad address must not keep the others: each half goes by itself, until the one is found."""
        ids = [mail.message_id for mail in leaving.mails]
        middle = len(ids) // 2
        return [one for half in (ids[:middle], ids[middle:]) for one in self._send(half, token=token, at=at)]
