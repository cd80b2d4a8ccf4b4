"""Mailgun's dialect of the sandbox: its calls, its webhooks with their signatures, its log of events."""

import hashlib
import hmac
import json
import secrets
import threading
import time
from datetime import datetime
from email.utils import parseaddr
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from bibmail.sandbox.esp import wire
from bibmail.sandbox.esp.book import Book
from bibmail.sandbox.esp.records import Mail
from bibmail.sandbox.esp.wire import Call, Mailbox, Refused

PREFIX = "/mailgun/v3/"
_FILE = "domains.json"
_HERE = {"127.0.0.1", "localhost"}
# What Mailgun posts for what happened here; it posts nothing for a mail it merely took.
_EVENTS = {
    "delivered": {"event": "delivered"},
    "hard_bounce": {"event": "failed", "severity": "permanent", "reason": "bounce"},
    "soft_bounce": {"event": "failed", "severity": "temporary", "reason": "generic"},
    "blocked": {"event": "rejected"},
    "spam": {"event": "complained"},
    "unsubscribed": {"event": "unsubscribed"},
}
_KNOWN = {"from", "to", "subject", "text", "html", "o:tag", "o:tracking"}


class Domain(NamedTuple):
    """A sending domain as its owner set it up: its key, where its webhooks go, and what signs them."""

    api_key: str
    url: str
    signing_key: str


class Domains:
    """The domains that somebody set up here, kept in the folder of the sandbox."""

    def __init__(self, folder: Path) -> None:
        self._path, self._lock = folder / _FILE, threading.Lock()
        stored = json.loads(self._path.read_text()) if self._path.is_file() else {}
        self._known = {name: Domain(*values) for name, values in stored.items()}

    def set_up(self, data: Any) -> None:
        """As a customer does in Mailgun's own pages; raises Refused."""
        names = {"domain", "api_key", "url", "signing_key"}
        if (
            not isinstance(data, dict)
            or set(data) != names
            or not all(isinstance(v, str) for v in data.values())
        ):
            raise Refused.invalid("Give domain, api_key, url and signing_key")
        if urlsplit(data["url"]).hostname not in _HERE:
            raise Refused.invalid("url is not on this machine")
        with self._lock:
            self._known[data["domain"]] = Domain(data["api_key"], data["url"], data["signing_key"])
            self._path.write_text(json.dumps(self._known))

    def of(self, name: str) -> Domain | None:
        """The domain, if somebody set it up."""
        return self._known.get(name)

    def of_mail(self, mail: Mail) -> Domain | None:
        """The domain by which a mail came in; None for a mail in another dialect."""
        return self.of(mail.message_id.rpartition("@")[2].rstrip(">"))


def read(body: bytes) -> Call:
    """The one mail of a form as Mailgun documents it (POST /v3/{domain}/messages); raises Refused."""
    try:
        form = parse_qs(body.decode(), keep_blank_values=True, strict_parsing=True)
    except (UnicodeDecodeError, ValueError):
        raise Refused(400, "bad_request", "the form cannot be read") from None
    for name in form:
        if name not in _KNOWN and not name.startswith(("h:", "v:")):
            raise Refused(400, "bad_request", f"{name} is not supported by the sandbox")
    one = {name: values[-1] for name, values in form.items()}
    for name in ("from", "to", "subject"):
        if not one.get(name):
            raise Refused(400, "bad_request", f"{name} parameter is missing")
    if not one.get("text") and not one.get("html"):
        raise Refused(400, "bad_request", "Need at least one of 'text' or 'html' parameters specified")
    data: dict[str, Any] = {
        "sender": _mailbox(one["from"]), "to": [_mailbox(address) for address in form["to"]],
        "subject": one["subject"], "htmlContent": one.get("html", ""), "textContent": one.get("text", ""),
        "tags": form.get("o:tag", []),
    }  # fmt: skip
    headers = {name[2:]: value for name, value in one.items() if name.startswith("h:")}
    reply_to = headers.pop("Reply-To", "")
    if reply_to:
        data["replyTo"] = _mailbox(reply_to)
    variables = {name[2:]: value for name, value in one.items() if name.startswith("v:")}
    if "l" in variables and variables["l"].isdecimal():
        data["headers"] = headers | {"X-Mailin-custom": json.dumps(variables | {"l": int(variables["l"])})}
    else:
        data["headers"] = headers
    return wire.read(json.dumps(data).encode())


def payload(mail: Mail, what: str, at: datetime, domain: Domain) -> dict[str, Any] | None:
    """The JSON of one webhook, signed; None where Mailgun would post nothing."""
    if what not in _EVENTS:
        return None
    return {"signature": _signature(domain.signing_key), "event-data": _event(mail, at) | _EVENTS[what]}


def events(book: Book, query: dict[str, list[str]]) -> dict[str, Any]:
    """GET /v3/{domain}/events?event=accepted&recipient=…: the mails that were taken."""
    mails = book.search(words=query.get("recipient", [""])[-1], limit=300)[0]
    begin = float(query.get("begin", ["0"])[-1])
    return {
        "items": [
            _event(mail, mail.domain_at) | {"event": "accepted"}
            for mail in mails
            if mail.domain_at.timestamp() >= begin
        ]
    }


def _event(mail: Mail, at: datetime) -> dict[str, Any]:
    custom = json.loads(mail.custom) if mail.custom else {}
    return {
        "id": secrets.token_urlsafe(12),
        "timestamp": at.timestamp(),
        "recipient": mail.email,
        "message": {"headers": {"message-id": mail.message_id.strip("<>"), "to": mail.email,
                                "subject": mail.subject}},
        "user-variables": {name: str(value) for name, value in custom.items()},
        "delivery-status": {"message": f"550 5.1.1 {mail.email} is unknown here"},
        "tags": list(mail.tags),
    }  # fmt: skip


def _signature(key: str) -> dict[str, str]:
    moment, token = str(int(time.time())), secrets.token_hex(25)
    signature = hmac.new(key.encode(), f"{moment}{token}".encode(), hashlib.sha256).hexdigest()
    return {"timestamp": moment, "token": token, "signature": signature}


def _mailbox(text: str) -> dict[str, str]:
    name, email = parseaddr(text)
    return Mailbox(email, name)._asdict()
