"""The door of the make-believe sources on this machine: one server plays all that speak HTTP."""

import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from bibmail.sandbox.sources import cloudlibrary, s3, uitdatabank, wise
from bibmail.sandbox.sources.answers import Asked, Given, as_json
from bibmail.sandbox.sources.switches import BadSwitch, Switch, Switches
from bibmail.sandbox.sources.world import World

HOST = "127.0.0.1"
_SOURCES = {"/wise/": wise, "/cirrus/": cloudlibrary, "/uit/": uitdatabank}
_HUGE = 30_000_000


class Server(ThreadingHTTPServer):
    """A thread per connection."""

    daemon_threads = True

    def __init__(self, port: int, world: World) -> None:
        self.world, self.switches, self.store = world, Switches(), s3.Store()
        # Every request with its method, for tests: path and query, no headers.
        self.asked: list[tuple[str, str]] = []
        super().__init__((HOST, port), Handler)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    server: Server
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "sandbox", ""
    timeout = 60
    disable_nagle_algorithm = True

    def handle(self) -> None:
        """Who hangs up in the middle is no news."""
        try:
            super().handle()
        except ConnectionResetError:
            self.close_connection = True

    def do_any(self) -> None:
        """Whatever the method is: the switches, or a source."""
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        try:
            self._respond(body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_any  # noqa: N815  # the names http.server calls

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: a log would repeat numbers of people."""

    def _respond(self, body: bytes) -> None:
        parts = urlsplit(self.path)
        if parts.path.startswith("/sandbox/"):
            self._give(self._switched(parts.path, body))
            return
        self.server.asked.append((self.command, self.path))
        switch = self.server.switches.take(self.path)
        query = parse_qs(parts.query, keep_blank_values=True)
        asked = Asked(self.command, self.path, unquote(parts.path), query, self.headers, body, switch)
        if switch and self._misbehaves(switch):
            return
        given = self._of_source(asked)
        if switch and switch.mode == "truncated":
            self._give(given, cut=True)
        else:
            self._give(given)

    def _of_source(self, asked: Asked) -> Given:
        if asked.path.startswith("/s3/"):
            return self.server.store.answer(asked, self.server.world)
        for prefix, source in _SOURCES.items():
            if asked.path.startswith(prefix):
                given: Given = source.answer(asked, self.server.world)
                return given
        return as_json(404, {"message": "No such source"})

    def _switched(self, path: str, body: bytes) -> Given:
        if path == "/sandbox/health":
            return as_json(200, {"ok": True})
        if path != "/sandbox/switch":
            return as_json(404, {})
        if self.command == "DELETE":
            self.server.switches.clear()
            return as_json(200, {})
        try:
            self.server.switches.put(json.loads(body))
        except (BadSwitch, ValueError, TypeError):
            return as_json(400, {"message": "No such switch"})
        return as_json(200, {})

    def _misbehaves(self, switch: Switch) -> bool:
        """Answer badly; False when the source may answer after all."""
        retry = {"Retry-After": switch.retry_after} if switch.retry_after else {}
        match switch.mode:
            case "401" | "404" | "429" | "500":
                self._give(Given(int(switch.mode), b"{}", headers=retry))
            case "garbage":
                self._give(Given(200, b"<html><body>Log in"))
            case "redirect":
                self._give(Given(302, headers={"Location": "http://192.0.2.1/elsewhere"}))
            case "huge":
                self._give(Given(200, b" " * _HUGE))
            case "slow":
                time.sleep(switch.seconds)
                return False
            case _:
                return False
        return True

    def _give(self, given: Given, *, cut: bool = False) -> None:
        self.send_response(given.status)
        self.send_header("Content-Type", given.kind)
        for name, value in given.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(given.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(given.body[: len(given.body) // 2] if cut else given.body)
        if cut:
            self.close_connection = True
