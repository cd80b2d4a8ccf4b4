"""The one door to other systems over HTTP: bounded in time, size and rate, and patient with passing trouble."""

import json
import random
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import IO, Any, NamedTuple
from urllib.parse import urljoin, urlsplit

import requests
from django.conf import settings
from requests.auth import AuthBase
from requests.structures import CaseInsensitiveDict

from members.connectors.addresses import Forbidden, GuardedAdapter, refuse_url
from members.connectors.trouble import Trouble

# Seconds: to connect, to wait for the next bytes, and for a whole answer.
TIMEOUTS = (5.0, 30.0)
_LONGEST_ANSWER = 120.0
_LONGEST_FILE = 3600.0
_BEAT_SECONDS = 60.0
MAX_BYTES = 20_000_000
MOST_ATTEMPTS = 4
# Waits double from here; a source that asks for more than the last one is left until the next fetch.
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 30.0
_MOST_REDIRECTS = 3
_PASSING = {429, 500, 502, 503, 504}

# Called for each attempt, since a signature may hold the time: method and path with query into headers.
Sign = Callable[[str, str], Mapping[str, str]]


class Answer(NamedTuple):
    """A good answer, read to its end."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON; raises Trouble."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise Trouble("unreadable", is_passing=True) from None


class _Again(Exception):
    """Try once more, after so many seconds where the source said so."""

    def __init__(self, trouble: Trouble, after: float | None = None) -> None:
        super().__init__(trouble.code)
        self.trouble, self.after = trouble, after


class Door:
    """One fetch's way out. Not for two threads: the rate is kept by waiting."""

    def __init__(
        self,
        *,
        rate: float = 5.0,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        max_bytes: int = MAX_BYTES,
        timeouts: tuple[float, float] = TIMEOUTS,
        attempts: int = MOST_ATTEMPTS,
    ) -> None:
        # The real clock: signatures and limits of other machines know no other.
        self.now = now
        self.requests_count = 0
        self.on_wait: Callable[[], None] = lambda: None
        self._pause, self._sleep, self._last = 1 / rate, sleep, 0.0
        self._max_bytes, self._timeouts, self._attempts = max_bytes, timeouts, attempts
        self._session = requests.Session()
        # No proxies, no netrc, nothing of the environment.
        self._session.trust_env = False
        self._session.headers["User-Agent"] = "Bibmail"
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, GuardedAdapter())

    def close(self) -> None:
        self._session.close()

    def call(self, url: str, *, method: str = "GET", params: Mapping[str, Any] | None = None,
             headers: Mapping[str, str] | None = None, sign: Sign | None = None, auth: AuthBase | None = None,
             body: bytes | None = None, into: IO[bytes] | None = None) -> Answer:  # fmt: skip
        """The answer of a source; raises Trouble once nothing more can be expected of it.

        With `into` the body goes to that file instead, as large as an import may be.
        """
        refuse_url(url)
        request = requests.Request(
            method, url, params=params, headers=dict(headers or {}), auth=auth, data=body
        )
        for attempt in range(self._attempts):
            try:
                return self._once(request, sign, into)
            except _Again as again:
                trouble = again.trouble
                wait = again.after if again.after is not None else _backoff(attempt)
                if wait > _LONGEST_WAIT or attempt == self._attempts - 1:
                    trouble.wait_seconds = wait
                    raise trouble from None
                self.on_wait()
                self._sleep(wait)
        raise AssertionError("the last attempt returns or raises")

    def _once(self, request: requests.Request, sign: Sign | None, into: IO[bytes] | None) -> Answer:
        prepared = self._session.prepare_request(request)
        for _redirect in range(_MOST_REDIRECTS + 1):
            if sign:
                prepared.headers.update(sign(prepared.method or "GET", prepared.path_url))
            response = self._send(prepared)
            try:
                if not response.is_redirect:
                    return self._judged(response, into)
                target = urljoin(response.url, response.headers["Location"])
            finally:
                response.close()
            if _origin(target) != _origin(response.url):
                raise Trouble("redirected")
            prepared.prepare_url(target, None)
        raise Trouble("redirected")

    def _send(self, prepared: requests.PreparedRequest) -> requests.Response:
        self._keep_the_rate()
        self.requests_count += 1
        try:
            return self._session.send(prepared, timeout=self._timeouts, stream=True, allow_redirects=False)
        except Forbidden:
            raise Trouble("forbidden_address") from None
        except requests.exceptions.SSLError:
            raise Trouble("certificate") from None
        except requests.exceptions.Timeout:
            raise _Again(Trouble("timeout", is_passing=True)) from None
        except requests.exceptions.RequestException:
            raise _Again(Trouble("no_connection", is_passing=True)) from None

    def _keep_the_rate(self) -> None:
        wait = self._last + self._pause - time.monotonic()
        if wait > 0:
            self._sleep(wait)
        self._last = time.monotonic()

    def _judged(self, response: requests.Response, into: IO[bytes] | None) -> Answer:
        status = response.status_code
        if status in _PASSING:
            code = "too_many_requests" if status == 429 else "server_error"
            raise _Again(
                Trouble(code, is_passing=True, status=status), _asked_wait(response.headers, self.now())
            )
        if status in {401, 403}:
            raise Trouble("not_let_in", status=status)
        if status == 404:
            raise Trouble("not_found")
        if not 200 <= status < 300:
            raise Trouble("refused", status=status)
        return Answer(status, CaseInsensitiveDict(response.headers), self._body(response, into))

    def _body(self, response: requests.Response, into: IO[bytes] | None) -> bytes:
        begun = beaten = time.monotonic()
        longest = _LONGEST_FILE if into else _LONGEST_ANSWER
        pieces, size = [], 0
        most = settings.IMPORT_MAX_BYTES if into else self._max_bytes
        if into:
            into.seek(0)
            into.truncate()
        try:
            for piece in response.iter_content(64 * 1024):
                size += len(piece)
                if size > most:
                    raise Trouble("too_large")
                now = time.monotonic()
                if now - beaten > _BEAT_SECONDS:
                    beaten = now
                    self.on_wait()
                if now - begun > longest:
                    raise _Again(Trouble("timeout", is_passing=True))
                if into:
                    into.write(piece)
                else:
                    pieces.append(piece)
        except requests.exceptions.RequestException:
            # Half an answer, or silence in the middle of one.
            raise _Again(Trouble("cut_off", is_passing=True)) from None
        return b"".join(pieces)


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port


def _backoff(attempt: int) -> float:
    """Twice as long each time, with chance in it so that many sources do not come back at once."""
    return float(_FIRST_WAIT * 2**attempt * random.uniform(0.5, 1.5))  # noqa: S311  # no secret


def _asked_wait(headers: Mapping[str, str], now: datetime) -> float | None:
    """Retry-After in seconds or as a date (RFC 9110, 10.2.3); None where it says nothing that can be read."""
    said = headers.get("Retry-After", "")
    try:
        return max(0.0, float(said))
    except ValueError:
        pass
    try:
        until = parsedate_to_datetime(said)
    except (TypeError, ValueError):
        return None
    return max(0.0, ((until if until.tzinfo else until.replace(tzinfo=UTC)) - now).total_seconds())
