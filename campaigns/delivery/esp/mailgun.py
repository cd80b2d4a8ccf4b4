"""Mailgun over its API, through Anymail: one mail a call, since it knows no idempotency keys."""

from datetime import datetime
from typing import Any

import requests
from anymail.backends.mailgun import EmailBackend as AnymailMailgun
from anymail.exceptions import AnymailError
from django.conf import settings

from campaigns.delivery.envelope import Mail
from campaigns.delivery.esp.account import Account
from campaigns.delivery.esp.answers import Accepted, Answer, Refused
from campaigns.delivery.esp.common import django_mail, of_status, without_answer


class QuietBackend(AnymailMailgun):  # type: ignore[misc]  # anymail has no types
    """Anymail's Mailgun backend with a session that asks the environment nothing: no proxies, no netrc."""

    def create_session(self) -> requests.Session:
        """The session of all calls."""
        session: requests.Session = super().create_session()
        session.trust_env = False
        return session


_opened: dict[Account, QuietBackend] = {}


def connection_of(account: Account) -> QuietBackend:
    """One connection an account for the life of a worker."""
    if account not in _opened:
        backend = QuietBackend(
            api_key=account.secret, api_url=account.url, sender_domain=account.domain, fail_silently=False
        )
        backend.open()
        _opened[account] = backend
    return _opened[account]


def forget_connections() -> None:
    """Begin anew; for tests."""
    while _opened:
        _opened.popitem()[1].close()


def deliver(mail: Mail, account: Account) -> Answer:
    """Give one mail to Mailgun once, with its tracking switched off (decision D8)."""
    message = django_mail(mail)
    message.esp_extra = {"o:tracking": "no"}  # type: ignore[attr-defined]
    try:
        connection_of(account).send_messages([message])
    except AnymailError as error:
        return _of(error)
    return Accepted([message.anymail_status.message_id])  # type: ignore[attr-defined]


def look_up(mail: Mail, account: Account, *, since: datetime) -> str | None:
    """The id under which Mailgun took this mail since then; None when it shows none, which proves nothing.

    Our metadata stands in its events as user-variables (documentation.mailgun.com, "Events").
    """
    asked: dict[str, Any] = {
        "event": "accepted",
        "recipient": mail.to,
        "begin": since.timestamp(),
        "limit": 100,
    }
    answer = connection_of(account).session.get(
        f"{account.url.rstrip('/')}/{account.domain}/events", params=asked, auth=("api", account.secret),
        timeout=(settings.ESP_CONNECT_SECONDS, settings.ESP_READ_SECONDS),
    )  # fmt: skip
    answer.raise_for_status()
    for event in answer.json().get("items", []):
        if event.get("user-variables", {}).get("m") == mail.metadata["m"]:
            return f"<{event['message']['headers']['message-id'].strip('<>')}>"
    return None


def _of(error: AnymailError) -> Answer:
    status, response = getattr(error, "status_code", None), getattr(error, "response", None)
    if status is None:
        return without_answer(error)
    return of_status(status, response) or Refused(str(status))
