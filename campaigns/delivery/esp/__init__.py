"""The ESPs behind one door: a batch goes in, one classified answer comes out. No transaction is open here."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import requests

from campaigns.delivery.envelope import Mail
from campaigns.delivery.esp import brevo, mailgun, smtp
from campaigns.delivery.esp.account import (
    CAPABILITIES,
    NETWORK,
    Account,
    Capabilities,
    NotFromHere,
    of_network,
    refuse_strangers,
)
from campaigns.delivery.esp.answers import Accepted, Answer, NotTaken, Refused, Unclear

__all__ = [
    "CAPABILITIES",
    "NETWORK",
    "Accepted",
    "Account",
    "Answer",
    "Capabilities",
    "NotFromHere",
    "NotTaken",
    "Refused",
    "Unclear",
    "deliver",
    "forget_connections",
    "look_up",
    "of_network",
]


def deliver(mails: Sequence[Mail], account: Account, *, key: UUID) -> Answer:
    """Give a batch to the ESP once, without retries."""
    refuse_strangers(account)
    match account.kind:
        case "brevo":
            return brevo.deliver(mails, account, key=key)
        case "mailgun":
            return mailgun.deliver(mails[0], account)
        case _:
            return smtp.deliver(mails[0], account)


def look_up(mail: Mail, account: Account, *, since: datetime, known: Collection[str]) -> str | None:
    """The ESP's id of this mail if it shows that it took it since then, else None: absence proves nothing."""
    refuse_strangers(account)
    try:
        if account.kind == "brevo":
            return brevo.look_up(mail, account, since=since, known=known)
        if account.kind == "mailgun":
            return mailgun.look_up(mail, account, since=since)
    except (requests.RequestException, ValueError, KeyError, TypeError, AttributeError):
        # No answer that can be read says as little as none.
        return None
    return None


def forget_connections() -> None:
    """Begin anew; for tests."""
    brevo.forget_connections()
    mailgun.forget_connections()
