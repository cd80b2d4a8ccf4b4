"""Which addresses there are, and how each is filled in."""

import re
from collections.abc import Iterable

from django.urls import URLPattern, URLResolver, get_resolver

from tests.isolation.pages.api import API
from tests.isolation.pages.campaigns import CAMPAIGNS
from tests.isolation.pages.consent import CONSENT
from tests.isolation.pages.desk import ACCOUNT, DESK
from tests.isolation.pages.journeys import JOURNEYS
from tests.isolation.pages.members import MEMBERS
from tests.isolation.pages.public import PUBLIC

SUBJECTS = (DESK, ACCOUNT, MEMBERS, CONSENT, CAMPAIGNS, JOURNEYS, PUBLIC, API)

NUMBERS = {name: model for subject in SUBJECTS for name, model in subject.numbers.items()}
SAME_FOR_ALL = {name: word for subject in SUBJECTS for name, word in subject.same_for_all.items()}
OUTSIDE = frozenset(route for subject in SUBJECTS for route in subject.outside)
IN_LIBRARY, IN_NETWORK = "b/<slug:library>/", "netwerk/"

_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


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
                " OUTSIDE in tests/isolation/pages/ with its subject."
            )
        for name in _PARAMETER.findall(route):
            if name not in {"library", *NUMBERS, *SAME_FOR_ALL}:
                found.append(
                    f"/{route} has the parameter {name!r} that nobody can fill: add it to the numbers of"
                    " its subject in tests/isolation/pages/, so that the page is probed."
                )
    return found


def address(route: str, *, slug: str, number: int) -> str:
    """The route with this library and this number wherever it asks for one."""

    def value(match: re.Match[str]) -> str:
        name = match[1]
        return slug if name == "library" else SAME_FOR_ALL.get(name, str(number))

    return "/" + _PARAMETER.sub(value, route)
