"""A sandbox in this process, with a clock that stands still and an application that writes down what it gets."""

import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import requests

from bibmail.sandbox.esp.provider import Address, Provider
from bibmail.sandbox.esp.server import Server

KEY = "the-key"
NOON = datetime(2026, 12, 1, 11, tzinfo=UTC)
# Nobody reads and nothing goes wrong, unless a test says so.
CALM = dict.fromkeys(
    (
        "hard_bounce", "blocked", "soft_bounce", "complaint", "unsubscribed", "click", "unsubscribe", "preferences",
        "reply", "scanner", "prefetch", "link_prefetch", "duplicate", "out_of_order",
    ),
    0.0,
)  # fmt: skip


class StillClock:
    """Domain time that moves when a test moves it."""

    def __init__(self) -> None:
        self.at = NOON

    def now(self) -> datetime:
        return self.at

    def fresh(self) -> datetime:
        return self.at

    def pass_(self, **span: float) -> None:
        self.at += timedelta(**span)


class Asked:
    """One request that the application got."""

    def __init__(self, method: str, path: str, headers: dict[str, str], body: bytes) -> None:
        self.method, self.path, self.headers, self.body = method, path, headers, body

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


class Application:
    """A tiny server in the application's place; `answers` gives (status, headers, body) for a request."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.answers: Callable[[Asked], tuple[int, dict[str, str], str]] = lambda asked: (200, {}, "")
        application = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1

            def do_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                asked = Asked(self.command, self.path, dict(self.headers.items()), body)
                application.asked.append(asked)
                status, headers, text = application.answers(asked)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(text.encode())))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(text.encode())

            do_GET = do_POST = do_HEAD = do_any  # noqa: N815

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    @property
    def webhooks(self) -> list[dict[str, Any]]:
        return [asked.json for asked in self.asked if asked.path == "/esp/brevo/"]

    @property
    def visits(self) -> list[Asked]:
        return [asked for asked in self.asked if asked.path != "/esp/brevo/"]


class Sandbox:
    """The sandbox as a test talks to it."""

    def __init__(self, folder: Path, application: Address) -> None:
        self.clock = StillClock()
        self.provider = Provider(folder, clock=self.clock, application=application, api_key=KEY)
        self.provider.set_rates({"rates": CALM, "by_tag": {}})
        self.server = Server(0, self.provider)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.book = self.provider.book

    def rates(self, **rates: float) -> None:
        requests.put(f"{self.url}/sandbox/rates", json={"rates": rates}, timeout=5).raise_for_status()

    def put(self, switch: str, data: Any) -> requests.Response:
        return requests.put(f"{self.url}/sandbox/{switch}", json=data, timeout=5)

    def get(self, path: str, *, key: str = KEY) -> requests.Response:
        return requests.get(f"{self.url}{path}", headers={"api-key": key}, timeout=5)

    def send(self, mail: Any, *, key: str = KEY, timeout: float = 5) -> requests.Response:
        return requests.post(
            f"{self.url}/v3/smtp/email", json=mail, headers={"api-key": key}, timeout=timeout
        )

    def settle(self) -> None:
        """Wait until nothing is due, as a time-lapse does."""
        deadline = time.monotonic() + 10
        while self.get("/sandbox/pending").json()["pending"]:
            assert time.monotonic() < deadline
            time.sleep(0.01)


@contextmanager
def application() -> Iterator[Application]:
    found = Application()
    thread = threading.Thread(target=found.server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield found
    finally:
        found.server.shutdown()
        found.server.server_close()
        thread.join()


@contextmanager
def sandbox(folder: Path, application: Application | Address) -> Iterator[Sandbox]:
    if isinstance(application, Application):
        application = Address(application.url, "brevo:secret")
    found = Sandbox(folder, application)
    found.provider.start()
    thread = threading.Thread(target=found.server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield found
    finally:
        found.server.shutdown()
        found.server.server_close()
        thread.join()
        found.provider.stop()


def a_mail(**changes: Any) -> dict[str, Any]:
    """A call with one mail that Brevo would take."""
    return {
        "sender": {"email": "bib@zottegem.example.be", "name": "Bib Zottegem"},
        "to": [{"email": "noor@example.be", "name": "Noor"}],
        "subject": "Welkom",
        "htmlContent": "<p>Dag Noor</p>",
        "textContent": "Dag Noor",
    } | changes


def a_batch(*emails: str, **changes: Any) -> dict[str, Any]:
    """A call with a version for each address, each with metadata of its own."""
    call = a_mail(**changes)
    del call["to"]
    call["messageVersions"] = [
        {
            "to": [{"email": email}],
            "subject": f"Dag {email}",
            "htmlContent": f"<p>Dag {email}</p>",
            "headers": {"X-Mailin-custom": json.dumps({"m": str(uuid.uuid4()), "l": 1})},
        }
        for email in emails
    ]
    return call
