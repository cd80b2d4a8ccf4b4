"""What a stranger tries on every address; like the probes of the tables, each leak is a sentence."""

import re
from collections.abc import Iterable, Iterator, Mapping
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from typing import Any, NamedTuple

from django.conf import settings
from django.db import DatabaseError
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from bibmail.tenancy.kinds import TableKind
from bibmail.tenancy.models import Branch, OpeningException, StaffRole, TenantForeignKey, User
from campaigns.models import Capability
from consent.models import Consent, Topic, Wording
from members.models import Activity, Contact, Household, ImportRefusal, ImportRun, Membership
from tests.isolation import makers, probes
from tests.isolation.makers import NOWHERE, Tenant, World

# A parameter of an address -> whose number it is. Zottegem has one row of each under its one number.
NUMBERS: dict[str, type] = {
    "branch_id": Branch,
    "exception_id": OpeningException,
    "role_id": StaffRole,
    "contact_id": Contact,
    "membership_id": Membership,
    "household_id": Household,
    "activity_id": Activity,
    "run_id": ImportRun,
    "refusal_id": ImportRefusal,
    "consent_id": Consent,
    "wording_id": Wording,
}
# Parameters that mean the same for every library.
SAME_FOR_ALL: dict[str, tuple[type, str]] = {
    "code": (Topic, "newsletter"),
    "sink": (ImportRun, "members"),
    "service": (Capability, "ebooks"),
}

# Pages outside every library and outside the network: they show nothing of any library but one's own doors.
OUTSIDE = frozenset(
    {
        "",
        "healthz",
        "readyz",
        "weergave/",
        "taal/",
        "robots.txt",
        "favicon.ico",
        "esp/brevo/",
        # A token is a permission of its own; without one they show the same page to all.
        "l/<str:token>/",
        "m/<str:token>/",
        "v/",
        "v/<str:token>/",
        "w/<str:token>/",
        "bedankt/<slug:slug>/<slug:answer>/",
        "u/<str:token>/",
        "huisstijl/<slug:slug>.css",
        "account/login/",
        "account/logout/",
        "account/inactive/",
        "account/signup/",
        "account/reauthenticate/",
        "account/password/change/",
        "account/password/set/",
        "account/password/reset/",
        "account/password/reset/done/",
        "account/password/reset/key/done/",
        r"account/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        "account/2fa/",
        "account/2fa/authenticate/",
        "account/2fa/reauthenticate/",
        "account/2fa/totp/activate/",
        "account/2fa/totp/deactivate/",
        "account/2fa/recovery-codes/",
        "account/2fa/recovery-codes/generate/",
        "account/2fa/recovery-codes/download/",
    }
)
IN_LIBRARY, IN_NETWORK = "b/<slug:library>/", "netwerk/"

_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
# What differs between two answers to the same question: tokens against forgery, nonces, one-time links.
_PASSING = re.compile(r'[A-Za-z0-9]{64}|nonce="[^"]*"|nonce-[\w+/=-]+|(?<=/reset/key/)[\w-]+')
_SEARCHES = ("q", "zoek", "naam", "name", "email", "code")
_NO_SLUG = "nergenst"


class Answer(NamedTuple):
    status: int
    location: str
    body: str
    # Tables of the watched library whose rows were touched.
    changed: tuple[str, ...]


# --- Which addresses there are ------------------------------------------------------------------------


def routes(patterns: Iterable[URLPattern | URLResolver] | None = None, prefix: str = "") -> list[str]:
    """Every address the site answers to, as it is written in the urls."""
    found: list[str] = []
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        here = prefix + str(pattern.pattern)
        found += routes(pattern.url_patterns, here) if isinstance(pattern, URLResolver) else [here]
    return found


def library_routes() -> list[str]:
    return [route for route in routes() if route.startswith(IN_LIBRARY)]


def network_routes() -> list[str]:
    return [route for route in routes() if route.startswith(IN_NETWORK)]


def without_probe() -> list[str]:
    """A sentence for each address that this suite does not know how to ask."""
    found = []
    for route in routes():
        if route in OUTSIDE:
            continue
        if not route.startswith((IN_LIBRARY, IN_NETWORK)):
            found.append(
                f"/{route} stands in no library: move it under /b/<library>/ or netwerk/, or list it in"
                " OUTSIDE in tests/isolation/pages.py with the public pages."
            )
        for name in _PARAMETER.findall(route):
            if name not in {"library", *NUMBERS, *SAME_FOR_ALL}:
                found.append(
                    f"/{route} has the parameter {name!r} that nobody can fill: add it to NUMBERS in"
                    " tests/isolation/pages.py, so that the page is probed."
                )
    return found


def address(route: str, *, slug: str, number: int) -> str:
    """The route with this library and this number wherever it asks for one."""

    def value(match: re.Match[str]) -> str:
        name = match[1]
        return slug if name == "library" else SAME_FOR_ALL.get(name, ("", str(number)))[1]

    return "/" + _PARAMETER.sub(value, route)


# --- Asking -------------------------------------------------------------------------------------------


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
        location = _alike(response.headers.get("Location", ""))
        return Answer(response.status_code, location, _alike(response.content.decode()), changed)


def _alike(text: str) -> str:
    for number in (makers.ZOTTEGEMS, makers.AALSTS, NOWHERE):
        text = text.replace(str(number), "NUMBER")
    return _PASSING.sub("TOKEN", text)


# --- Probes -------------------------------------------------------------------------------------------

METHODS = ("GET", "HX", "POST")


def route_leaks(route: str, world: World) -> list[str]:
    """All that anonymous visitors and Aalst's admin get out of one address of a library."""
    zottegem = world.zottegem
    owner, nobody = Visitor(zottegem.staff), Visitor(watching=zottegem)
    stranger = Visitor(world.aalst.staff, watching=zottegem)
    found = []
    # Whoever comes first may fill a cache from which the next is served.
    owner.ask("GET", address(route, slug="zottegem", number=zottegem.number))
    for method in METHODS:
        found += [f"{method} /{route}: {leak}" for leak in _from_outside(route, method, nobody)]
        found += [f"{method} /{route}: {leak}" for leak in _at_their_address(route, method, stranger)]
        found += [f"{method} /{route}: {leak}" for leak in _at_own_address(route, method, stranger, world)]
        found += [f"{method} /{route}: {leak}" for leak in _by_name(route, method, stranger, world)]
    return found


def _from_outside(route: str, method: str, nobody: Visitor) -> Iterator[str]:
    theirs, nowhere = _pair(nobody, method, route)
    if theirs.status not in {302, 404}:
        yield f"anonymous gets {theirs.status}"
    if theirs.status == 302 and not theirs.location.startswith("/account/login/"):
        yield f"anonymous is sent to {theirs.location}"
    if theirs != nowhere:
        yield "anonymous can tell a library that exists"


def _at_their_address(route: str, method: str, stranger: Visitor) -> Iterator[str]:
    theirs, nowhere = _pair(stranger, method, route)
    if theirs.status != 404:
        yield f"Aalst's admin gets {theirs.status} at Zottegem's address"
    if theirs != nowhere:
        yield "Aalst's admin can tell Zottegem from no library"


def _at_own_address(route: str, method: str, stranger: Visitor, world: World) -> Iterator[str]:
    for fields in ([], _id_like_fields()):
        theirs, nowhere = (
            stranger.ask(
                method, address(route, slug="aalst", number=number), dict.fromkeys(fields, str(number))
            )
            for number in (world.zottegem.number, NOWHERE)
        )
        if theirs != nowhere:
            yield f"Aalst's admin can tell Zottegem's number from nowhere ({theirs.status}, {nowhere.status})"
        yield from _wrong_with(theirs, world.zottegem.canaries)
        own = address(route, slug="aalst", number=world.aalst.number)
        yield from _wrong_with(
            stranger.ask(method, own, dict.fromkeys(fields, str(world.zottegem.number))),
            world.zottegem.canaries,
        )


def _by_name(route: str, method: str, stranger: Visitor, world: World) -> Iterator[str]:
    """Aalst looks for a person of Zottegem under every name a search may have."""
    name, other = world.zottegem.of(Contact).last_name, "nergens999"
    own = address(route, slug="aalst", number=world.aalst.number)
    theirs, nowhere = (stranger.ask(method, own, dict.fromkeys(_SEARCHES, word)) for word in (name, other))
    if theirs.body.replace(name, other) != nowhere.body:
        yield f"Aalst's admin can tell the name of a person of Zottegem ({theirs.status}, {nowhere.status})"


def _wrong_with(answer: Answer, words: Iterable[str]) -> Iterator[str]:
    """Words that may not be there, rows that may not change, and a page that breaks."""
    yield from _words_in(answer, words)
    yield from (f"changes {table} of Zottegem" for table in answer.changed)
    if answer.status >= 500:
        yield f"fails with {answer.status}: {answer.body[:200]}"


def _pair(visitor: Visitor, method: str, route: str) -> tuple[Answer, Answer]:
    """The answers at Zottegem's address and at that of no library, alike but for what they tell."""
    theirs = visitor.ask(method, address(route, slug="zottegem", number=makers.ZOTTEGEMS))
    nowhere = visitor.ask(method, address(route, slug=_NO_SLUG, number=NOWHERE))
    return _without_slug(theirs, "zottegem"), _without_slug(nowhere, _NO_SLUG)


def _without_slug(answer: Answer, slug: str) -> Answer:
    return answer._replace(
        location=answer.location.replace(slug, "SLUG"), body=answer.body.replace(slug, "SLUG")
    )


def _words_in(answer: Answer, words: Iterable[str]) -> Iterator[str]:
    said = answer.body + answer.location
    for word in words:
        if word in said:
            yield f"shows {word} of Zottegem"


def _id_like_fields() -> list[str]:
    """Names under which a page might take a number: each key of each table, and the usual ones."""
    keys = {
        key.name
        for model in makers.models_of(TableKind.TENANT)
        for key in model._meta.concrete_fields
        if isinstance(key, TenantForeignKey)
    }
    return sorted(
        {*keys, *(f"{key}_id" for key in keys), *NUMBERS, "library", "library_id", "id", "pk", "subject_id"}
    )


def words_without_permission(route: str, zottegem: Tenant, visitor: Visitor) -> list[str]:
    """Words about persons that this colleague of Zottegem gets from an address."""
    personal = {model._meta.db_table for model in makers.PERSONAL}
    words = [word for word, place in zottegem.canaries.items() if place.split(".")[0] in personal]
    path = address(route, slug="zottegem", number=zottegem.number)
    return [
        f"{method} /{route}: {leak}"
        for method in ("GET", "POST")
        for leak in _words_in(visitor.ask(method, path), words)
    ]


def open_leaks(route: str, world: World) -> list[str]:
    """Words of Zottegem on a page outside every library, for anybody and for Aalst's admin."""
    owner, others = Visitor(world.zottegem.staff), (Visitor(), Visitor(world.aalst.staff))
    path = address(route, slug="", number=0)
    owner.ask("GET", path)
    return [
        f"/{route}: {leak}"
        for visitor in others
        for leak in _words_in(visitor.ask("GET", path), world.zottegem.canaries)
    ]


def network_leaks(route: str, world: World, colleague: User) -> list[str]:
    """A page of the network: closed to libraries, and without a word from any of their rows."""
    path = address(route, slug="", number=world.zottegem.number)
    # That a library exists, and how it is called, the network knows.
    words = [w for w, place in world.zottegem.canaries.items() if not place.startswith("tenancy_library")]
    found = []
    for method in METHODS:
        if Visitor().ask(method, path).status not in {302, 404}:
            found.append(f"{method} /{route}: anonymous gets in")
        if Visitor(world.aalst.staff).ask(method, path).status != 404:
            found.append(f"{method} /{route}: Aalst's admin gets in")
        answer = Visitor(colleague).ask(method, path)
        found += [f"{method} /{route}: {leak}" for leak in _words_in(answer, words)]
        if answer.status >= 500:
            found.append(f"{method} /{route}: fails with {answer.status}: {answer.body[:200]}")
    return found


# --- Forms ---------------------------------------------------------------------------------------------


class Form(NamedTuple):
    """What a page offers to send."""

    action: str
    data: dict[str, str]


class _Forms(HTMLParser):
    """Reads the forms of a page, each field with its value or something that fits its type."""

    _FITTING = {
        "email": "nieuw@example.be",
        "date": "2099-01-01",
        "time": "09:00",
        "number": "5",
        "url": "https://example.be/",
    }

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._page, self._open, self._select = page, Form(page, {}), ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name, kind = given.get("name", ""), given.get("type", "text")
        if tag == "form":
            self._open = Form(given.get("action") or given.get("hx-post") or self._page, {})
            if given.get("method", "").lower() == "post" or "hx-post" in given:
                self.found.append(self._open)
        elif "hx-post" in given:
            self.found.append(Form(given["hx-post"], self._open.data))
        elif tag == "textarea" and name:
            self._open.data[name] = "Een zin die lang genoeg is."
        elif tag == "select":
            self._select = name
        elif (
            tag == "option"
            and self._select
            and ("selected" in given or not self._open.data.get(self._select))
        ):
            self._open.data[self._select] = given.get("value", "")
        elif tag == "input" and name and kind not in {"file", "submit"}:
            self._input(name, kind, given)

    def _input(self, name: str, kind: str, given: dict[str, str]) -> None:
        if kind == "radio" and name in self._open.data and "checked" not in given:
            return
        self._open.data[name] = given.get("value") or self._FITTING.get(kind, "Nieuw")


def forms_of(world: World, visitor: Visitor, patterns: list[str]) -> list[Form]:
    """Every form that Aalst's own pages show, once."""
    found: dict[str, Form] = {}
    for route in patterns:
        path = address(route, slug="aalst", number=world.aalst.number)
        answer = visitor.ask("GET", path)
        reader = _Forms(path)
        reader.feed(answer.body.replace("NUMBER", str(world.aalst.number)))
        for form in reader.found:
            if form.action.startswith("/b/aalst/"):
                found.setdefault(f"{form.action} {sorted(form.data)}", form)
    return list(found.values())


def form_leaks(form: Form, world: World, visitor: Visitor) -> list[str]:
    """Aalst sends its own form with Zottegem's number in every field that holds one, and in new fields."""
    own = str(world.aalst.number)
    answers = []
    for number in (world.zottegem.number, NOWHERE):
        data = {name: str(number) if value == own else value for name, value in form.data.items()}
        data |= dict.fromkeys(set(_id_like_fields()) - set(data), str(number))
        answers.append(visitor.ask("POST", form.action, data))
    theirs, nowhere = answers
    found = list(_wrong_with(theirs, world.zottegem.canaries))
    if theirs != nowhere:
        found.append(f"can tell Zottegem's number from nowhere ({theirs.status}, {nowhere.status})")
    return [f"POST {form.action}: {leak}" for leak in found]
