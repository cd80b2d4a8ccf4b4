"""What Brevo posts, as its documentation shows it."""

import base64
import json
from datetime import datetime
from typing import Any

from django.conf import settings
from django.test import Client

from bibmail.tenancy import tokens
from campaigns.models import Message


def metadata(message: Message, **changed: Any) -> str:
    library_id, public_id = message.library_id or 0, str(message.public_id)
    mac = tokens.message_mac(library_id=library_id, public_id=public_id)
    values = {"m": public_id, "l": library_id, "s": mac}
    return json.dumps(values | changed)


def payload(message: Message, event: str, at: datetime, **fields: Any) -> dict[str, Any]:
    return {
        "event": event,
        "email": "noor@example.be",
        "id": 26224,
        "date": at.strftime("%Y-%m-%d %H:%M:%S"),
        "ts": int(at.timestamp()),
        "ts_event": int(at.timestamp()),
        "ts_epoch": int(at.timestamp() * 1000),
        "message-id": "<202610061200.1@relay.example.org>",
        "subject": "Nieuw in de bib, Noor",
        "tags": ["welcome"],
        "sending_ip": "192.0.2.1",
        "X-Mailin-custom": metadata(message),
        "reason": "550 no mailbox noor@example.be here",
    } | fields


def post(body: Any, *, password: str | None = None, client: Client | None = None) -> int:
    """Send it to the inbox; the status of the answer."""
    words = settings.ESP_WEBHOOK_AUTH if password is None else password
    header = f"Basic {base64.b64encode(words.encode()).decode()}"
    sent = body if isinstance(body, bytes | str) else json.dumps(body)
    answer = (client or Client(enforce_csrf_checks=True)).post(
        "/esp/brevo/", sent, content_type="application/json", headers={"Authorization": header}
    )
    return answer.status_code
