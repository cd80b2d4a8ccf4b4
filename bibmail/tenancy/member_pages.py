"""The frame of pages for members: no login, no menu, the library's own name and colours.

Who knows the house style stands on a higher floor and registers here (decision D10). Nothing on these pages comes
from elsewhere, and nothing of their address goes elsewhere: a token stands in it.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from bibmail.tenancy.models import Library

LANGUAGES = ("nl", "en")


@dataclass(frozen=True, kw_only=True)
class House:
    """What a member sees of the library around a page."""

    name: str
    slug: str
    address: str = ""
    email: str = ""
    privacy_url: str = ""
    # CSS variable: (light, dark).
    shades: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def version(self) -> str:
        """Another one when the colours change, so that a browser may keep the style sheet."""
        return hashlib.sha256(repr(sorted(self.shades.items())).encode()).hexdigest()[:8]

    @property
    def stylesheet(self) -> str:
        """The colours as CSS; a phone too old for dark mode gets the light ones."""
        light = "".join(f"{name}:{pair[0]};" for name, pair in self.shades.items())
        both = "".join(f"{name}:light-dark({pair[0]},{pair[1]});" for name, pair in self.shades.items())
        if not self.shades:
            return ""
        return f":root{{{light}}}\n@supports (color:light-dark(#000,#fff)){{:root{{{both}}}}}\n"


HouseOf = Callable[[Library], House]


def _plain(library: Library) -> House:
    return House(name=library.name, slug=library.slug)


_house_of: HouseOf = _plain


def register(house_of: HouseOf) -> None:
    """`house_of(library)` is asked within acting_for(library)."""
    global _house_of
    _house_of = house_of


def house(library: Library) -> House:
    """How this library presents itself; within acting_for(library)."""
    return _house_of(library)


def language_of(request: HttpRequest, wanted: str) -> str:
    """The language asked for in the address, else that of the person; Dutch for any we do not speak."""
    asked = request.GET.get("taal", "")
    chosen = asked if asked in LANGUAGES else wanted
    return chosen if chosen in LANGUAGES else "nl"


def shown(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    language: str,
    status: int = 200,
) -> HttpResponse:
    """The page in this language, rendered at once, with the headers that all of these pages have."""
    with translation.override(language):
        other = "en" if language == "nl" else "nl"
        response = render(request, template, {**context, "other_language": other}, status=status)
    response.headers["Content-Language"] = language
    return guarded(response)


def guarded(response: HttpResponse) -> HttpResponse:
    """No cache keeps it, no search engine lists it, and no other site hears the address."""
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    return response


def unknown(request: HttpRequest) -> HttpResponse:
    """One answer for a token that was changed, made for something else, or tells of something that is gone."""
    return shown(request, "member_unknown.html", {}, language=language_of(request, "nl"), status=404)
