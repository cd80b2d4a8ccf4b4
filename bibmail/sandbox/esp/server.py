"""The door of the sandbox on this machine: Brevo's API, the switches of the sandbox, and the inbox."""

import base64
import hmac
import json
import socket
import struct
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from bibmail.sandbox.esp import mailgun, rates, wire
from bibmail.sandbox.esp.faults import ACCEPTING, BadMode, Mode
from bibmail.sandbox.esp.outcomes import ACT, WEBHOOK, bounces
from bibmail.sandbox.esp.pages import Page, page_at
from bibmail.sandbox.esp.provider import Provider, as_json
from bibmail.sandbox.esp.reports import account, events

HOST = "127.0.0.1"
_LANES = {"webhooks": WEBHOOK, "readers": ACT}


class Server(ThreadingHTTPServer):
    """A thread per connection, kept open."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, provider: Provider) -> None:
        self.provider = provider
        super().__init__((HOST, port), Handler)
        self.names = {f"{name}:{self.server_port}" for name in (HOST, "localhost")}


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    server: Server
    protocol_version = "HTTP/1.1"
    server_version = "sandbox"
    sys_version = ""
    timeout = 120
    # Without these each answer waits 40 ms for a packet that does not come.
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_GET(self) -> None:
        """The API's reading side, the switches as they stand, the inbox."""
        self._answer(self._get)

    def do_POST(self) -> None:
        """A call with mail."""
        self._answer(self._post)

    def do_PUT(self) -> None:
        """The switches."""
        self._answer(self._put)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the ledger holds it all, and a log would repeat addresses."""

    def _answer(self, respond: Any) -> None:
        parts = urlsplit(self.path)
        self._query = parse_qs(parts.query, errors="replace")
        is_api = parts.path.startswith(("/v3/", mailgun.PREFIX))
        try:
            body = self._body()
            if not is_api and self.headers.get("Host") not in self.server.names:
                raise wire.Refused(421, "misdirected", "The sandbox answers on this machine only")
            respond(parts.path, body)
        except wire.Refused as refusal:
            if is_api:
                self.server.provider.ledger.refuse(refusal)
            self._json(refusal.status, {"code": refusal.code, "message": refusal.message})
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length", "0")
        if self.headers.get("Transfer-Encoding") or not length.isdecimal():
            self.close_connection = True
            raise wire.Refused(411, "bad_request", "Content-Length is missing")
        if int(length) > wire.MAX_BYTES:
            self.close_connection = True
            raise wire.Refused(413, "bad_request", "The request is too large")
        return self.rfile.read(int(length))

    # --- Brevo -------------------------------------------------------------------------------------

    def _post(self, path: str, body: bytes) -> None:
        if path.startswith(mailgun.PREFIX):
            self._post_mailgun(path, body)
            return
        if path != "/v3/smtp/email":
            raise wire.Refused(404, "not_found", "The requested path does not exist")
        mode = self.server.provider.faults.next()
        self._refuse_by(mode, body, wire.read)
        self._authorize()
        if self.headers.get_content_type() != "application/json":
            raise wire.Refused(415, "bad_request", "Content-Type should be application/json")
        answer = self.server.provider.accept(body)
        if mode.mode in ACCEPTING:
            self._spoil(mode)
        else:
            self._json(201, answer)

    def _post_mailgun(self, path: str, body: bytes) -> None:
        name, _, rest = path.removeprefix(mailgun.PREFIX).partition("/")
        if rest != "messages":
            raise wire.Refused(404, "not_found", "The requested path does not exist")
        mode = self.server.provider.faults.next()
        self._refuse_by(mode, body, mailgun.read)
        self._authorize_mailgun(name)
        answer = self.server.provider.accept_mailgun(body, domain=name)
        if mode.mode in ACCEPTING:
            self._spoil(mode)
        else:
            self._json(200, answer)

    def _authorize_mailgun(self, name: str) -> None:
        """HTTP Basic with the user `api`, as Mailgun wants it."""
        domain = self.server.provider.domains.of(name)
        if domain is None:
            raise wire.Refused(404, "not_found", "Domain not found")
        expected = b"Basic " + base64.b64encode(f"api:{domain.api_key}".encode())
        if not hmac.compare_digest(self.headers.get("Authorization", "").encode(), expected):
            raise wire.Refused(401, "unauthorized", "Forbidden")

    def _authorize(self) -> None:
        given = self.headers.get("api-key", "")
        if not given:
            raise wire.Refused(401, "unauthorized", "authentication not found in headers")
        if not hmac.compare_digest(given.encode(), self.server.provider.api_key.encode()):
            raise wire.Refused(401, "unauthorized", "Key not found")

    def _refuse_by(self, mode: Mode, body: bytes, read: Callable[[bytes], wire.Call]) -> None:
        if mode.mode == "down":
            raise wire.Refused(503, "service_unavailable", "Try again later")
        if mode.mode == "401":
            raise wire.Refused(401, "unauthorized", "Key not found")
        if mode.mode == "429":
            self._extra = {"Retry-After": f"{mode.seconds:g}", "x-sib-ratelimit-reset": f"{mode.seconds:g}"}
            raise wire.Refused(429, "too_many_requests", "Rate limit exceeded")
        if mode.mode == "400_some" and any(
            bounces(f"unliked {to.email}", mode.share) for version in read(body).versions for to in version.to
        ):
            raise wire.Refused.invalid("email is not valid in to")
        if mode.mode == "slow":
            time.sleep(mode.seconds)

    def _spoil(self, mode: Mode) -> None:
        """The mails were accepted, and the caller does not hear it."""
        self.close_connection = True
        if mode.mode == "accept_hang":
            time.sleep(mode.seconds)
        elif mode.mode == "accept_500":
            self._json(500, {"code": "internal_error", "message": "Something went wrong"})
        elif mode.mode == "accept_garbage":
            self._send(200, b"<html>Gateway</html>", "text/html")
        else:
            # Nought seconds to linger: the other side sees a reset.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()

    def _get(self, path: str, body: bytes) -> None:
        provider = self.server.provider
        if path.startswith("/v3/"):
            self._authorize()
            if path == "/v3/account":
                self._json(200, account())
            elif path == "/v3/smtp/statistics/events":
                self._json(200, events(provider.book, self._query))
            else:
                raise wire.Refused(404, "not_found", "The requested path does not exist")
        elif path.startswith(mailgun.PREFIX):
            name, _, rest = path.removeprefix(mailgun.PREFIX).partition("/")
            self._authorize_mailgun(name)
            if rest != "events":
                raise wire.Refused(404, "not_found", "The requested path does not exist")
            self._json(200, mailgun.events(provider.book, self._query))
        elif path.startswith("/sandbox/"):
            self._json(200, self._switches(path))
        else:
            base_url = provider.application.base_url.rstrip("/")
            self._page(page_at(path, self._query, provider.book, base_url=base_url))

    # --- The sandbox's own -------------------------------------------------------------------------

    def _switches(self, path: str) -> Any:
        provider = self.server.provider
        if path == "/sandbox/health":
            return {"ok": True, "at": provider.clock.now(), "mode": provider.faults.current().mode}
        if path == "/sandbox/pending":
            return provider.schedule.standing()._asdict()
        if path == "/sandbox/rates":
            return provider.habits.as_dict()
        if path == "/sandbox/mode":
            return vars(provider.faults.current())
        if path == "/sandbox/counts":
            return provider.book.counts()
        raise wire.Refused(404, "not_found", "There is no such switch")

    def _put(self, path: str, body: bytes) -> None:
        try:
            data = json.loads(body)
        except (UnicodeDecodeError, ValueError):
            raise wire.Refused(400, "bad_request", "Input must be a valid JSON object") from None
        provider = self.server.provider
        try:
            if path == "/sandbox/rates":
                self._json(200, provider.set_rates(data).as_dict())
            elif path == "/sandbox/mode":
                self._json(200, vars(provider.faults.set(data)))
            elif path == "/sandbox/domains":
                provider.domains.set_up(data)
                self._json(200, {"domain": data["domain"]})
            elif path == "/sandbox/hold":
                self._json(200, self._hold(data))
            else:
                raise wire.Refused(404, "not_found", "There is no such switch")
        except (rates.BadRates, BadMode) as refusal:
            raise wire.Refused(400, "bad_request", str(refusal)) from None

    def _hold(self, data: Any) -> Any:
        if (
            not isinstance(data, dict)
            or not data
            or not all(name in _LANES and isinstance(held, bool) for name, held in data.items())
        ):
            raise wire.Refused(400, "bad_request", "Give webhooks or readers, true or false")
        for name, held in data.items():
            self.server.provider.schedule.hold(_LANES[name], held=held)
        return data

    # --- Answers -----------------------------------------------------------------------------------

    _extra: dict[str, str] = {}

    def _json(self, status: int, value: Any) -> None:
        self._send(status, as_json(value), "application/json")

    def _page(self, page: Page) -> None:
        self._extra = page.headers
        self._send(page.status, page.body, page.content_type)

    def _send(self, status: int, body: bytes, content_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in self._extra.items():
            self.send_header(name, value)
        self._extra = {}
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()
