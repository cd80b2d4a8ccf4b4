"""The ESPs behind one door: a batch goes in, one classified answer comes out. No transaction is open here.

What an ESP can do (capability table): Brevo takes rendered versions in one call and knows an idempotency key
for 30 minutes (developers.brevo.com, "Idempotency key"; we use 10); SMTP takes one mail a call and knows none.
"""

import json
import smtplib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import environ
import requests
from anymail.backends.brevo import BrevoPayload
from anymail.backends.brevo import EmailBackend as AnymailBrevo
from anymail.exceptions import AnymailError
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError

from campaigns.delivery.envelope import Mail

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class NotFromHere(Exception):
    """Outside production no ESP but one on this machine is ever called."""


@dataclass(frozen=True)
class Capabilities:
    """What the engine must know of an ESP."""

    name: str
    most_in_a_call: int
    # How long the same key brings no second mail; None where there are no keys.
    key_window: timedelta | None
    tells_by_webhook: bool


CAPABILITIES = {
    "brevo": Capabilities("brevo", 100, timedelta(minutes=10), tells_by_webhook=True),
    "smtp": Capabilities("smtp", 1, None, tells_by_webhook=False),
}


@dataclass(frozen=True)
class Accepted:
    """The ESP has them; its ids in the order of the batch."""

    ids: Sequence[str]


@dataclass(frozen=True)
class NotTaken:
    """Surely not accepted: they wait and go later. `is_locked_out`: nothing will pass until somebody mends it."""

    why: str
    wait_seconds: float = 30.0
    is_locked_out: bool = False


@dataclass(frozen=True)
class Refused:
    """The ESP looked and does not want this mail; the same mail will not pass later either."""

    why: str


@dataclass(frozen=True)
class Unclear:
    """It may or may not have been accepted; only a webhook or the same key can tell."""

    why: str


Answer = Accepted | NotTaken | Refused | Unclear


def capabilities() -> Capabilities:
    return CAPABILITIES[settings.ESP_KIND]


def deliver(mails: Sequence[Mail], *, key: UUID) -> Answer:
    """Give a batch to the ESP once, without retries."""
    _refuse_strangers()
    return _over_smtp(mails[0]) if settings.ESP_KIND == "smtp" else _to_brevo(mails, key)


def _refuse_strangers() -> None:
    url = settings.ESP_SMTP_URL if settings.ESP_KIND == "smtp" else settings.ESP_API_URL
    if not settings.IN_PRODUCTION and urlsplit(url).hostname not in _LOOPBACK:
        raise NotFromHere(f"This is {settings.ENVIRONMENT}: an ESP must be on this machine.")


# --- Brevo -----------------------------------------------------------------------------------------


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


_brevo: list[VersionsBackend] = []


def _brevo_connection() -> VersionsBackend:
    """One connection for the life of a worker: a new one per mail would cost more than the mail."""
    if not _brevo:
        backend = VersionsBackend(
            api_key=settings.ESP_API_KEY, api_url=settings.ESP_API_URL, fail_silently=False
        )
        backend.open()
        _brevo.append(backend)
    return _brevo[0]


def forget_connections() -> None:
    """Begin anew with the settings as they are now; for tests."""
    while _brevo:
        _brevo.pop().close()


def _to_brevo(mails: Sequence[Mail], key: UUID) -> Answer:
    first = mails[0]
    message = _django_mail(first)
    message.extra_headers["idempotencyKey"] = str(key)
    if len(mails) > 1:
        message.extra_headers = {"idempotencyKey": str(key)}
        message.metadata = {}  # type: ignore[attr-defined]
        message.esp_extra = {"messageVersions": [_version(mail) for mail in mails]}  # type: ignore[attr-defined]
    try:
        _brevo_connection().send_messages([message])
    except AnymailError as error:
        return _of_brevo(error)
    response = message.anymail_status.esp_response.json()  # type: ignore[attr-defined]
    ids = response.get("messageIds") or [response.get("messageId", "")]
    if len(ids) != len(mails):
        return Unclear("another number of ids than mails")
    return Accepted(ids)


def _version(mail: Mail) -> dict[str, Any]:
    return {
        "to": [{"email": mail.to}],
        "subject": mail.subject,
        "htmlContent": mail.html,
        "textContent": mail.text,
        "headers": {**mail.headers, "X-Mailin-custom": json.dumps(dict(mail.metadata))},
    }


def _of_brevo(error: AnymailError) -> Answer:
    status = getattr(error, "status_code", None)
    response = getattr(error, "response", None)
    if status is None:
        return _without_answer(error)
    if status == 429:
        return NotTaken("429", wait_seconds=_retry_after(response))
    if status in {401, 403}:
        return NotTaken(str(status), wait_seconds=60, is_locked_out=True)
    if status in {400, 404, 405, 406, 413, 422}:
        # "The same key again" may mean that it was accepted the first time: never a failure (decision D8).
        said = (response.text if response is not None else "").lower()
        return (
            Unclear("duplicate key") if "idempoten" in said or "duplicate" in said else Refused(str(status))
        )
    return Unclear(f"status {status}")


def _retry_after(response: Any) -> float:
    """What the ESP asks for in seconds, between one and fifteen minutes; half a minute where it says nothing."""
    try:
        return min(900.0, max(1.0, float(response.headers["Retry-After"])))
    except (AttributeError, KeyError, TypeError, ValueError):
        return 30.0


def _without_answer(error: BaseException) -> Answer:
    """No answer at all: only a connection that never came about is surely no mail."""
    cause: BaseException | None = error
    while cause is not None:
        reason = cause.args[0] if cause.args else None
        if isinstance(reason, MaxRetryError):
            reason = reason.reason
        if isinstance(reason, NewConnectionError | ConnectTimeoutError) or isinstance(
            cause, requests.exceptions.ConnectTimeout | requests.exceptions.SSLError
        ):
            return NotTaken("no connection", wait_seconds=15)
        cause = cause.__cause__
    return Unclear(type(error.__cause__ or error).__name__)


# --- SMTP ------------------------------------------------------------------------------------------


def _over_smtp(mail: Mail) -> Answer:
    config = environ.Env.email_url_config(settings.ESP_SMTP_URL)
    connection = get_connection(
        config["EMAIL_BACKEND"],
        host=config["EMAIL_HOST"],
        port=config["EMAIL_PORT"],
        username=config["EMAIL_HOST_USER"],
        password=config["EMAIL_HOST_PASSWORD"],
        use_tls=config.get("EMAIL_USE_TLS", False),
        use_ssl=config.get("EMAIL_USE_SSL", False),
        timeout=settings.ESP_READ_SECONDS,
    )
    message = _django_mail(mail)
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as error:
        return NotTaken(
            type(error).__name__, is_locked_out=isinstance(error, smtplib.SMTPAuthenticationError)
        )
    try:
        connection.send_messages([message])
    except smtplib.SMTPRecipientsRefused as refusal:
        codes = [code for code, _words in refusal.recipients.values()]
        return NotTaken("4xx") if all(400 <= code < 500 for code in codes) else Refused("recipient")
    except smtplib.SMTPResponseException as error:
        return (
            NotTaken(str(error.smtp_code)) if 400 <= error.smtp_code < 500 else Refused(str(error.smtp_code))
        )
    except (TimeoutError, OSError, smtplib.SMTPException) as error:
        return Unclear(type(error).__name__)
    finally:
        connection.close()
    return Accepted([str(message.extra_headers.get("Message-ID", ""))])


def _django_mail(mail: Mail) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.text,
        from_email=f'"{mail.sender_name}" <{mail.sender}>',
        to=[mail.to],
        reply_to=[mail.reply_to],
        headers=dict(mail.headers),
    )
    message.attach_alternative(mail.html, "text/html")
    message.tags = list(mail.tags)  # type: ignore[attr-defined]
    message.metadata = dict(mail.metadata)  # type: ignore[attr-defined]
    return message
