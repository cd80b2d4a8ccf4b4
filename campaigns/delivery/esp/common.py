"""What the ESPs over HTTP have in common: the mail as Django carries it, and how a failed call is read."""

from typing import Any

import requests
from django.core.mail import EmailMultiAlternatives
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError

from campaigns.delivery.envelope import Mail
from campaigns.delivery.esp.answers import Answer, NotTaken, Unclear

# About this mail, and not about the moment.
ABOUT_THE_MAIL = frozenset({400, 404, 405, 406, 413, 422})


def django_mail(mail: Mail) -> EmailMultiAlternatives:
    """The mail as Django and Anymail carry it."""
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


def of_status(status: int, response: Any) -> Answer | None:
    """What a status says whatever the ESP; None where it depends on the words."""
    if status == 429:
        return NotTaken("429", wait_seconds=_retry_after(response))
    if status in {401, 403}:
        return NotTaken(str(status), wait_seconds=60, is_locked_out=True)
    return None if status in ABOUT_THE_MAIL else Unclear(f"status {status}")


def _retry_after(response: Any) -> float:
    """What the ESP asks for in seconds, between one and fifteen minutes; half a minute where it says nothing."""
    try:
        return min(900.0, max(1.0, float(response.headers["Retry-After"])))
    except (AttributeError, KeyError, TypeError, ValueError):
        return 30.0


def without_answer(error: BaseException) -> Answer:
    """No answer at all: only a connection that never came about is surely no mail."""
    cause: BaseException | None = error
    while cause is not None:
        reason = cause.args[0] if cause.args else None
        if isinstance(reason, MaxRetryError):
            reason = reason.reason
        if isinstance(reason, NewConnectionError | ConnectTimeoutError) or isinstance(
            cause, requests.exceptions.ConnectTimeout | requests.exceptions.SSLError
        ):
            return NotTaken("no connection", wait_seconds=15, is_trouble=True)
        cause = cause.__cause__
    return Unclear(type(error.__cause__ or error).__name__)
