"""Brevo over its API, through Anymail: rendered versions in one call (decision D8)."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import requests
from anymail.backends.brevo import BrevoPayload
from anymail.backends.brevo import EmailBackend as AnymailBrevo
from anymail.exceptions import AnymailError
from django.conf import settings

from campaigns.delivery.envelope import Mail
from campaigns.delivery.esp.account import Account
from campaigns.delivery.esp.answers import Accepted, Answer, Refused, Unclear
from campaigns.delivery.esp.common import django_mail, of_status, without_answer


class _Payload(BrevoPayload):  # type: ignore[misc]  # anymail has no types
    def serialize_data(self) -> Any:
        """Each version names its own recipient; the top level names none, or all would get all."""
        if "messageVersions" in self.data:
            self.data.pop("to", None)
        return super().serialize_data()


class VersionsBackend(AnymailBrevo):  # type: ignore[misc]  # anymail has no types
    """Anymail's Brevo backend that can carry rendered mails, one version a person (decision D8)."""

    def build_message_payload(self, message: Any, defaults: Any) -> Any:
        return _Payload(message, defaults, self)

    def create_session(self) -> requests.Session:
        """A session that asks the environment nothing: no proxies, no netrc."""
        session: requests.Session = super().create_session()
        session.trust_env = False
        return session


_opened: dict[Account, VersionsBackend] = {}


def connection_of(account: Account) -> VersionsBackend:
    """One connection an account for the life of a worker: a new one per mail would cost more than the mail."""
    if account not in _opened:
        backend = VersionsBackend(api_key=account.secret, api_url=account.url, fail_silently=False)
        backend.open()
        _opened[account] = backend
    return _opened[account]


def forget_connections() -> None:
    """Begin anew; for tests."""
    while _opened:
        _opened.popitem()[1].close()


def deliver(mails: Sequence[Mail], account: Account, *, key: UUID) -> Answer:
    """Give a batch to Brevo once, with its key."""
    message = django_mail(mails[0])
    message.extra_headers["idempotencyKey"] = str(key)
    if len(mails) > 1:
        message.extra_headers = {"idempotencyKey": str(key)}
        message.metadata = {}  # type: ignore[attr-defined]
        message.esp_extra = {"messageVersions": [_version(mail) for mail in mails]}  # type: ignore[attr-defined]
    try:
        connection_of(account).send_messages([message])
    except AnymailError as error:
        return _of(error)
    response = message.anymail_status.esp_response.json()  # type: ignore[attr-defined]
    ids = response.get("messageIds") or [response.get("messageId", "")]
    if len(ids) != len(mails):
        return Unclear("another number of ids than mails")
    return Accepted(ids)


def look_up(mail: Mail, account: Account, *, since: datetime, known: Collection[str]) -> str | None:
    """The id under which Brevo took this mail since then; None when it shows none, which proves nothing.

    It cannot be asked for our metadata (developers.brevo.com, "Get all your transactional email activity"), so
    it is the one mail with this subject to this address whose id no other message of ours has (`known`).
    """
    asked = {"email": mail.to, "event": "requests", "limit": "50"}
    answer = connection_of(account).session.get(
        f"{account.url.rstrip('/')}/smtp/statistics/events", params=asked, headers={"api-key": account.secret},
        timeout=(settings.ESP_CONNECT_SECONDS, settings.ESP_READ_SECONDS),
    )  # fmt: skip
    answer.raise_for_status()
    found = {
        str(event["messageId"])
        for event in answer.json().get("events", [])
        if event.get("subject") == mail.subject and datetime.fromisoformat(event["date"]) >= since
    } - set(known)
    return found.pop() if len(found) == 1 else None


def _version(mail: Mail) -> dict[str, Any]:
    return {
        "to": [{"email": mail.to}],
        "subject": mail.subject,
        "htmlContent": mail.html,
        "textContent": mail.text,
        "headers": {**mail.headers, "X-Mailin-custom": json.dumps(dict(mail.metadata))},
    }


def _of(error: AnymailError) -> Answer:
    status, response = getattr(error, "status_code", None), getattr(error, "response", None)
    if status is None:
        return without_answer(error)
    if (known := of_status(status, response)) is not None:
        return known
    # "The same key again" may mean that it was accepted the first time: never a failure (decision D8).
    said = (response.text if response is not None else "").lower()
    return Unclear("duplicate key") if "idempoten" in said or "duplicate" in said else Refused(str(status))
