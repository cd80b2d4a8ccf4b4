"""Ways to break the engine on purpose, in a worker of the lab only: each must turn the audit red.

A lab that stays green with one of these sees nothing.
"""

import uuid
from collections.abc import Callable, Sequence
from typing import Any


def gate_removed() -> None:
    """Everything that was claimed may leave, whatever its person said."""
    from campaigns.delivery import verdict

    verdict.of = lambda standing, window, *, at: verdict.Pass()


def lease_ignored() -> None:
    """Takes what another worker holds or is giving to the ESP."""
    from campaigns.delivery import claim

    claim._CLAIM = (
        claim._CLAIM.replace("WHERE state = 'queued'", "WHERE state IN ('queued', 'claimed', 'submitting')")
        .replace("AND (lease_until IS NULL OR lease_until <= clock_timestamp())", "")
        .replace("FOR UPDATE SKIP LOCKED", "FOR UPDATE")
    )


def key_dropped() -> None:
    """A second try of a call that nobody answered gets a key of its own."""
    from campaigns.delivery.esp import brevo

    deliver = brevo.deliver

    def without_key(mails: Sequence[Any], account: Any, *, key: uuid.UUID) -> Any:
        return deliver(mails, account, key=uuid.uuid4())

    brevo.deliver = without_key


def recorded_before_sent() -> None:
    """Says `accepted` first and calls the ESP then."""
    from bibmail.tenancy import acting_for, clock
    from campaigns.delivery import esp, faults, record
    from campaigns.models import Submission

    deliver = esp.deliver

    def after_the_record(mails: Sequence[Any], account: Any, *, key: uuid.UUID) -> Any:
        with acting_for(mails[0].metadata["l"]):
            submission = Submission.objects.get(key=key)
            record.write(submission, esp.Accepted([f"early-{key}"] * len(mails)), at=clock.now())
        faults.point("after_early_record")
        return deliver(mails, account, key=key)

    esp.deliver = after_the_record


ALL: dict[str, Callable[[], None]] = {
    "gate_removed": gate_removed,
    "lease_ignored": lease_ignored,
    "key_dropped": key_dropped,
    "recorded_before_sent": recorded_before_sent,
}
