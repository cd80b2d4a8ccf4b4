"""Webhooks in Brevo's shape: one event a post, HTTP Basic, times that follow the application's clock."""

import base64
import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bibmail.sandbox.esp.records import Mail
from bibmail.sandbox.readers.loopback import Line

_WEBHOOK_ID = 8025
_SENDING_IP = "192.0.2.25"
_HOME = ZoneInfo("Europe/Brussels")
_REASONS = {
    "hard_bounce": "550 5.1.1 The email account that you tried to reach does not exist",
    "soft_bounce": "452 4.2.2 The mailbox is full",
    "blocked": "blocked : due to blacklist user",
}


def payload(mail: Mail, what: str, at: datetime) -> dict[str, Any]:
    """The JSON of one event. `ts` and `ts_event` are seconds, `ts_epoch` is in milliseconds."""
    seconds = int(at.timestamp())
    found: dict[str, Any] = {
        "event": what,
        "email": mail.email,
        "id": _WEBHOOK_ID,
        "date": at.astimezone(_HOME).strftime("%Y-%m-%d %H:%M:%S"),
        "ts": seconds,
        "message-id": mail.message_id,
        "ts_event": seconds,
        "subject": mail.subject,
        "sending_ip": _SENDING_IP,
        "ts_epoch": int(at.timestamp() * 1000),
        "contact_id": 0,
    }
    if mail.tags:
        found["tags"] = list(mail.tags)
    if mail.custom:
        found["X-Mailin-custom"] = mail.custom
    if what in _REASONS:
        found["reason"] = _REASONS[what]
    return found


class Post:
    """The way to the application's inbox, for one thread."""

    def __init__(self, url: str, login: str) -> None:
        self._url, self._line = url, Line()
        credentials = base64.b64encode(login.encode()).decode()
        self._headers = {"Content-Type": "application/json", "User-Agent": "sandbox-webhooks"}
        if login:
            self._headers["Authorization"] = f"Basic {credentials}"

    def send(self, data: dict[str, Any]) -> int:
        """The status of the answer; raises Unreachable."""
        return self._line.ask("POST", self._url, body=json.dumps(data).encode(), headers=self._headers).status

    def send_signed(self, url: str, data: dict[str, Any]) -> int:
        """The same for news that vouches for itself and goes elsewhere; raises Unreachable."""
        headers = {"Content-Type": "application/json", "User-Agent": self._headers["User-Agent"]}
        return self._line.ask("POST", url, body=json.dumps(data).encode(), headers=headers).status

    def close(self) -> None:
        """Hang up."""
        self._line.close()
