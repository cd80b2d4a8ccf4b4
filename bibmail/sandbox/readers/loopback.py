"""HTTP to this machine and no other."""

import http.client
import socket
from collections.abc import Mapping
from contextlib import suppress
from typing import NamedTuple
from urllib.parse import urlsplit

_HOSTS = {"127.0.0.1", "localhost", "::1"}
_SECONDS = 30.0
_FAILURES = (OSError, http.client.HTTPException)
_CLOSED = (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError)


class NotLoopback(Exception):
    """An address on another machine; a sandbox has no business there."""


class Unreachable(Exception):
    """Nobody answered."""


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: dict[str, str]
    cookies: tuple[str, ...]
    body: str


def is_loopback(url: str) -> bool:
    """Whether this address is on this machine, and plain HTTP."""
    try:
        parts = urlsplit(url)
        return parts.scheme == "http" and parts.hostname in _HOSTS and not parts.username
    except ValueError:
        return False


class Line:
    """Kept-open connections of one thread."""

    def __init__(self) -> None:
        self._open: dict[str, http.client.HTTPConnection] = {}

    def ask(
        self, method: str, url: str, *, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One request, without following; raises NotLoopback or Unreachable."""
        if not is_loopback(url):
            raise NotLoopback(urlsplit(url).hostname or url)
        parts = urlsplit(url)
        target = parts.path or "/"
        if parts.query:
            target += f"?{parts.query}"
        kept = parts.netloc in self._open
        try:
            return self._once(parts.netloc, method, target, body, dict(headers or {}))
        except _FAILURES as failure:
            self._drop(parts.netloc)
            # The server may have closed a kept connection at that very moment, without having read anything.
            if not kept or not isinstance(failure, _CLOSED):
                raise Unreachable(type(failure).__name__) from None
        try:
            return self._once(parts.netloc, method, target, body, dict(headers or {}))
        except _FAILURES as failure:
            self._drop(parts.netloc)
            raise Unreachable(type(failure).__name__) from None

    def close(self) -> None:
        """Hang up."""
        for netloc in list(self._open):
            self._drop(netloc)

    def _once(self, netloc: str, method: str, target: str, body: bytes, headers: dict[str, str]) -> Answer:
        line = self._open.get(netloc)
        if line is None:
            line = self._open[netloc] = http.client.HTTPConnection(netloc, timeout=_SECONDS)
            line.connect()
            line.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.request(method, target, body=body or None, headers=headers)
        found = line.getresponse()
        text = found.read().decode("utf-8", "replace")
        kept = {name.lower(): value for name, value in found.getheaders()}
        if found.will_close:
            self._drop(netloc)
        return Answer(found.status, kept, tuple(found.headers.get_all("Set-Cookie") or ()), text)

    def _drop(self, netloc: str) -> None:
        line = self._open.pop(netloc, None)
        if line is not None:
            with suppress(OSError):
                line.close()
