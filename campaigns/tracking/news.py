"""One webhook as news of one message, in our own terms; or why it is none."""

import warnings
from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from anymail.exceptions import AnymailInsecureWebhookWarning
from anymail.signals import AnymailTrackingEvent, EventType
from anymail.webhooks.brevo import BrevoTrackingWebhookView

from bibmail.tenancy import tokens
from campaigns.models import Message, MessageEvent
from campaigns.tracking import mailgun

Kind = MessageEvent.Kind
Delivery = Message.Delivery


class NoNews(Exception):
    """Nothing can be done with it; the message is the fault that the row keeps."""


class News(NamedTuple):
    """Something that happened to one message of one library."""

    library_id: int
    public_id: UUID
    # None: nothing but the proof that the ESP has the message.
    kind: MessageEvent.Kind | None
    at: datetime
    detail: str = ""
    esp_id: str = ""

    @property
    def level(self) -> Message.Delivery:
        return _LEVELS.get(self.kind, Delivery.NONE) if self.kind else Delivery.NONE


# A block is final for this mail, and says nothing of the address: it may be our own name that was refused.
_LEVELS = {
    Kind.DELIVERED: Delivery.DELIVERED,
    Kind.SOFT_BOUNCE: Delivery.SOFT_BOUNCE,
    Kind.HARD_BOUNCE: Delivery.HARD_BOUNCE,
    Kind.BLOCKED: Delivery.HARD_BOUNCE,
    Kind.COMPLAINED: Delivery.COMPLAINED,
}

_KINDS = {
    EventType.DELIVERED: Kind.DELIVERED,
    EventType.BOUNCED: Kind.HARD_BOUNCE,
    EventType.REJECTED: Kind.BLOCKED,
    EventType.FAILED: Kind.BLOCKED,
    EventType.COMPLAINED: Kind.COMPLAINED,
    EventType.UNSUBSCRIBED: Kind.UNSUBSCRIBED,
}


def of(esp: str, body: dict[str, Any]) -> News:
    """A kept event of this kind of ESP, read by Anymail's own parser; raises NoNews with the fault."""
    try:
        event = mailgun.event_of(body) if esp == "mailgun" else _of_brevo(body)
    except ValueError:
        # Metadata that is no JSON.
        raise NoNews("no_metadata") from None
    if not isinstance(event.metadata, dict):
        raise NoNews("no_metadata")
    public_id, library_id = _whose(event.metadata)
    if event.timestamp is None:
        # Without its moment the same news twice could not be told from two.
        raise NoNews("no_moment")
    return News(
        library_id=library_id,
        public_id=public_id,
        kind=_kind(event, body),
        at=event.timestamp.astimezone(UTC),
        detail=event.mta_response or "",
        esp_id=event.message_id or "",
    )


def _of_brevo(body: dict[str, Any]) -> AnymailTrackingEvent:
    # Brevo's pages spell this one in two ways.
    if body.get("event") == "unsubscribed":
        body = body | {"event": "unsubscribe"}
    return _parser().esp_to_anymail_event(body)


def _whose(metadata: dict[str, Any]) -> tuple[UUID, int]:
    """The message and its library, once the signature holds."""
    public_id, library_id, mac = metadata.get("m"), metadata.get("l"), metadata.get("s")
    if not isinstance(public_id, str) or not isinstance(mac, str) or type(library_id) is not int:
        raise NoNews("no_metadata")
    if not tokens.is_message_mac(mac, library_id=library_id, public_id=public_id):
        raise NoNews("forged")
    return UUID(public_id), library_id


def _kind(event: AnymailTrackingEvent, body: dict[str, Any]) -> MessageEvent.Kind | None:
    # Anymail calls both bounces by one name.
    if body.get("event") == "soft_bounce":
        return Kind.SOFT_BOUNCE
    return _KINDS.get(event.event_type)


@cache
def _parser() -> BrevoTrackingWebhookView:
    with warnings.catch_warnings():
        # Our own view asks for the password (views/webhooks.py).
        warnings.simplefilter("ignore", AnymailInsecureWebhookWarning)
        return BrevoTrackingWebhookView()
