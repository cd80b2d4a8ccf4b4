"""Claim, make, gate, submit, record: three short transactions, and none open while the ESP is called."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library
from campaigns.delivery import claim, esp, faults, gate, make, record
from campaigns.delivery.esp import Answer, NotTaken
from campaigns.delivery.make import Desk
from campaigns.models import Message

logger = logging.getLogger(__name__)

CLAIM_AT_ONCE = 100
# What is compiled may be a minute old, so that a newsletter to thousands reads the library's content once.
_DESK_LASTS = timedelta(minutes=1)


def send(*, library_id: int, now: Callable[[], datetime]) -> int:
    """Send everything of this library that may be sent now; return how many calls were made.

    Stops at once when the ESP lets nobody in; what was claimed comes back when its lease ends.
    """
    library = Library.objects.get(pk=library_id)
    desk: Desk | None = None
    calls = 0
    while True:
        at = now()
        with acting_for(library_id):
            taken = claim.take(CLAIM_AT_ONCE, at=at)
            if not taken.messages:
                return calls
            if desk is None or at - desk.at > _DESK_LASTS or at < desk.at:
                desk = Desk(library, at=at)
        faults.point("after_claim")
        for batch in taken.batches(esp.capabilities().most_in_a_call):
            answer = _send_batch(library_id, batch, token=taken.token, desk=desk, at=at)
            calls += answer is not None
            if isinstance(answer, NotTaken):
                logger.warning("library %s: the ESP takes nothing now (%s)", library_id, answer.why)
                return calls


def _send_batch(
    library_id: int, ids: Sequence[int], *, token: str, desk: Desk, at: datetime
) -> Answer | None:
    """One batch from claimed to recorded; None when nobody in it may leave."""
    with acting_for(library_id):
        made = desk.make(ids, token=token, at=at)
        mails, unfit = make.fit(make.mails(made, desk.sender))
        make.settle(unfit, Message.State.FAILED, Message.Reason.NOT_RENDERED, token=token, at=at)
    if not mails:
        return None
    with acting_for(library_id):
        leaving = gate.let_go(mails, token=token, account=esp.capabilities().name, at=at)
    if leaving is None:
        return None
    faults.point("after_submitting")
    answer = esp.deliver(leaving.mails, key=leaving.submission.key)
    faults.point("after_esp_answer")
    with acting_for(library_id):
        record.write(leaving.submission, answer, at=at)
    return answer
