"""One POST to somebody else's server: looked up once, called at that very address, followed nowhere.

Who fills in an endpoint must not be able to make us call our own machines (SSRF): a name is resolved once and
every address it has must be public; the connection goes to that address, whatever the name says a moment later.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

_LONGEST_URL = 500


class NotAllowed(Exception):
    """We do not call this address; the argument says why: bad_url, not_https, not_public, unknown_host."""


class Answer(NamedTuple):
    """An HTTP status, or why there is none: timeout, no_connection, no_certificate, no_answer."""

    status: int | None
    fault: str = ""

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


class Place(NamedTuple):
    """An endpoint with the address it was resolved to."""

    url: SplitResult
    host: str
    port: int
    address: str


def parts(url: str) -> tuple[SplitResult, str, int]:
    """The URL, its host and port; raises NotAllowed: bad_url, not_https."""
    try:
        split = urlsplit(url)
        host, port = split.hostname, split.port
        ascii_host = (host or "").encode("idna").decode() if host and not _is_address(host) else host
    except ValueError:
        raise NotAllowed("bad_url") from None
    odd = split.username or split.password or split.fragment or not url.isascii() or not url.isprintable()
    if not ascii_host or odd or " " in url or len(url) > _LONGEST_URL or port == 0:
        raise NotAllowed("bad_url")
    if split.scheme != "https" and (settings.IN_PRODUCTION or split.scheme != "http"):
        raise NotAllowed("not_https")
    return split, ascii_host, port or (443 if split.scheme == "https" else 80)


def resolve(url: str) -> Place:
    """Where this URL is, looked up once; raises NotAllowed when it, or any address it has, may not be called."""
    split, host, port = parts(url)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotAllowed("unknown_host") from None
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or not all(may_be_called(address) for address in addresses):
        raise NotAllowed("not_public")
    return Place(split, host, port, addresses[0])


def may_be_called(address: str) -> bool:
    """In production public addresses only; elsewhere this machine only, so that nothing leaves a demo."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    hidden = _within(found)
    if not settings.IN_PRODUCTION:
        return found.is_loopback
    return found.is_global and not found.is_multicast and all(h.is_global for h in hidden)


def _within(found: ipaddress.IPv4Address | ipaddress.IPv6Address) -> list[ipaddress.IPv4Address]:
    """IPv4 addresses that an IPv6 one leads to: mapped, 6to4, Teredo, NAT64."""
    if isinstance(found, ipaddress.IPv4Address):
        return []
    hidden = [found.ipv4_mapped, found.sixtofour, *(found.teredo or ())]
    if found in ipaddress.ip_network("64:ff9b::/96"):
        hidden.append(ipaddress.IPv4Address(int(found) & 0xFFFFFFFF))
    return [one for one in hidden if one is not None]


def post(place: Place, body: bytes, headers: Mapping[str, str], *, seconds: float) -> Answer:
    """Call once, with no more time than this for everything together; never raises."""
    with closing(_connection(place, seconds)) as connection, _watched(connection, seconds) as is_late:
        try:
            target = (place.url.path or "/") + (f"?{place.url.query}" if place.url.query else "")
            connection.request("POST", target, body=body, headers={**headers, "Host": place.url.netloc})
            answer = Answer(connection.getresponse().status)
        except TimeoutError:
            answer = Answer(None, "timeout")
        except ssl.SSLError:
            answer = Answer(None, "no_certificate")
        except OSError:
            answer = Answer(None, "no_connection")
        except (http.client.HTTPException, ValueError):
            answer = Answer(None, "no_answer")
    return Answer(None, "timeout") if is_late.is_set() else answer


@contextmanager
def _watched(connection: http.client.HTTPConnection, seconds: float) -> Iterator[threading.Event]:
    """Shut the socket under the reader when time is up: an answer in drops would never time out by itself."""
    is_late = threading.Event()

    def shut() -> None:
        is_late.set()
        try:
            if connection.sock is not None:
                connection.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return

    watch = threading.Timer(seconds, shut)
    watch.daemon = True
    watch.start()
    try:
        yield is_late
    finally:
        watch.cancel()


def _connection(place: Place, seconds: float) -> http.client.HTTPConnection:
    if place.url.scheme == "https":
        return _PinnedHTTPS(place, seconds)
    return _Pinned(place, seconds)


class _Pinned(http.client.HTTPConnection):
    """Connects to the address that was looked up, whatever the name says by now."""

    def __init__(self, place: Place, seconds: float) -> None:
        super().__init__(place.host, place.port, timeout=seconds)
        self._address = place.address

    def connect(self) -> None:
        self.sock = socket.create_connection((self._address, self.port), self.timeout)


class _PinnedHTTPS(_Pinned):
    """The same, and the certificate must be that of the name."""

    def connect(self) -> None:
        super().connect()
        context = ssl.create_default_context()
        self.sock = context.wrap_socket(self.sock, server_hostname=self.host)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True
