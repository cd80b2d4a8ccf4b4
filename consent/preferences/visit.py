"""Whose page it is: a short signed cookie in place of the token, so that the token leaves the address bar at once."""

from typing import NamedTuple

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

COOKIE, PATH, SECONDS = "bibmail_voorkeuren", "/v/", 3600


class Visit(NamedTuple):
    """One person of one library, for an hour."""

    library_id: int
    contact_id: int


def begin(response: HttpResponse, visit: Visit) -> None:
    """Let the browser come back as this person for an hour from now, to these pages only."""
    value = _signer().sign(f"{visit.library_id}.{visit.contact_id}")
    response.set_cookie(
        COOKIE,
        value,
        max_age=SECONDS,
        path=PATH,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def of(request: HttpRequest) -> Visit | None:
    """Who comes back; None without a cookie, with a changed one, or after an hour."""
    try:
        value = _signer().unsign(request.COOKIES.get(COOKIE, ""), max_age=SECONDS)
    except signing.BadSignature:
        return None
    library_id, _dot, contact_id = value.partition(".")
    return Visit(int(library_id), int(contact_id))


def _signer() -> signing.TimestampSigner:
    return signing.TimestampSigner(salt="bibmail.preferences")
