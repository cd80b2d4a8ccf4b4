"""Somebody at a browser, and what comes back."""

import re
from collections.abc import Mapping
from http.cookies import SimpleCookie
from typing import Any, NamedTuple

from django.conf import settings
from django.db import DatabaseError
from django.test import Client

from bibmail.tenancy.models import User
from tests.isolation import makers, probes
from tests.isolation.makers import NOWHERE, Tenant

# The number of a row that this very question made; those we know of have a name by then.
_NEW = re.compile(r"(?<=/)\d+(?=/)")
# What differs between two answers to the same question: tokens against forgery, nonces, one-time links, and the
# keys and secrets that are shown once.
_PASSING = re.compile(
    r"bm_\d+x[0-9a-f]{12}_|whsec_[\w+/=]+|"
    r'[A-Za-z0-9]{64}|nonce="[^"]*"|nonce-[\w+/=-]+|(?<=/reset/key/)[\w-]+'
)


class Answer(NamedTuple):
    status: int
    location: str
    body: str
    # Tables of the watched library whose rows were touched.
    changed: tuple[str, ...]


class Visitor:
    """Somebody at a browser, who forgets all cookies but the session between two requests."""

    def __init__(self, user: User | None = None, *, watching: Tenant | None = None) -> None:
        self._client = Client(raise_request_exception=False)
        if user is not None:
            self._client.force_login(user)
        self._session = self._client.cookies.get(settings.SESSION_COOKIE_NAME)
        self._watching = watching
        self._before = probes.checksum(watching) if watching else {}

    def ask(self, method: str, path: str, data: Mapping[str, Any] | None = None) -> Answer:
        """The answer, with this question's numbers, slugs and tokens made alike; nothing stays.

        The method HX is a GET by htmx, to which a page may answer with its fragment.
        """
        self._client.cookies = SimpleCookie()
        if self._session is not None:
            self._client.cookies[settings.SESSION_COOKIE_NAME] = self._session.value
        send = self._client.post if method == "POST" else self._client.get
        headers = {"HX-Request": "true"} if method == "HX" else {}
        changed: tuple[str, ...] = ()
        try:
            with probes.undone():
                response = send(path, data, headers=headers)
                probes.run("SET CONSTRAINTS ALL IMMEDIATE")
                if self._watching:
                    changed = tuple(probes.changes(self._before, self._watching))
        except DatabaseError as error:
            return Answer(599, "", f"refused at the end of the request: {error}", changed)
        location = _NEW.sub("NEW", _alike(response.headers.get("Location", "")))
        return Answer(response.status_code, location, _alike(response.content.decode()), changed)


def _alike(text: str) -> str:
    for number in (makers.ZOTTEGEMS, makers.AALSTS, NOWHERE):
        text = text.replace(str(number), "NUMBER")
    return _PASSING.sub("TOKEN", text)
