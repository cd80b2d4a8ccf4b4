"""Mailgun's webhooks: signed, one event a call; what we keep of one, and what it says."""

import hashlib
import hmac
import json
import warnings
from functools import cache
from typing import Any

from anymail.exceptions import AnymailInsecureWebhookWarning
from anymail.signals import AnymailTrackingEvent
from anymail.webhooks.mailgun import MailgunTrackingWebhookView

from campaigns.tracking.webhook import Unreadable, a_reason, a_text

_TEXTS = {"event": 40, "severity": 20, "id": 100}
_VARIABLES = {"m": 40, "l": 20, "s": 100}


def signed(body: bytes, key: str) -> bool:
    """Whether Mailgun signed this with this key (documentation.mailgun.com, "Securing webhooks").

    The signature covers a moment and a token and not the event: what the event says of whom, our own MAC in its
    user-variables vouches for. A replay tells the same news, which is kept once.
    """
    try:
        block = _read(body)["signature"]
        said = f"{block['timestamp']}{block['token']}".encode()
        given = str(block["signature"]).encode()
    except (Unreadable, KeyError, TypeError):
        return False
    expected = hmac.new(key.encode(), said, hashlib.sha256).hexdigest().encode()
    return bool(key) and hmac.compare_digest(given, expected)


def kept(body: bytes) -> list[dict[str, Any]]:
    """The event of a body with what we read of it and nothing else; raises Unreadable."""
    event = _read(body).get("event-data")
    if not isinstance(event, dict):
        raise Unreadable
    found: dict[str, Any] = {
        name: text for name, most in _TEXTS.items() if (text := a_text(event.get(name), most)) is not None
    }
    moment = event.get("timestamp")
    if isinstance(moment, int | float) and not isinstance(moment, bool) and 0 <= moment < 4_102_444_800:
        found["timestamp"] = moment
    said = _dict(event, "user-variables")
    found["user-variables"] = {
        name: text for name, most in _VARIABLES.items() if (text := a_text(str(said.get(name, "")), most))
    }
    if (number := a_text(_dict(_dict(event, "message"), "headers").get("message-id"), 200)) is not None:
        found["message"] = {"headers": {"message-id": number}}
    if (why := a_reason(_dict(event, "delivery-status").get("message"))) is not None:
        found["delivery-status"] = {"message": why}
    return [found]


def event_of(body: dict[str, Any]) -> AnymailTrackingEvent:
    """A kept event, read by Anymail's own parser; raises ValueError."""
    try:
        event = _parser().esp_to_anymail_event({"event-data": body})
    except (KeyError, TypeError, AttributeError, OverflowError, OSError) as error:
        raise ValueError from error
    said = event.metadata
    # What went out as a number comes back as text.
    if isinstance(said, dict) and str(said.get("l", "")).isdecimal():
        event.metadata = said | {"l": int(said["l"])}
    return event


def _read(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise Unreadable from None
    if not isinstance(found, dict):
        raise Unreadable
    return found


def _dict(holder: dict[str, Any], name: str) -> dict[str, Any]:
    found = holder.get(name)
    return found if isinstance(found, dict) else {}


@cache
def _parser() -> MailgunTrackingWebhookView:
    with warnings.catch_warnings():
        # Our own view asks for the signature (views/webhooks.py).
        warnings.simplefilter("ignore", AnymailInsecureWebhookWarning)
        return MailgunTrackingWebhookView(webhook_signing_key="of the account")
