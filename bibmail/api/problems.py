"""Refusals as RFC 9457 problems: a code for the program, a sentence for who mends it, never what was sent."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CONTENT_TYPE = "application/problem+json"
# Where the documentation explains each code.
_TYPE = "/api/v1/docs#{code}"


class _Kind(NamedTuple):
    status: int
    title: str | Promise
    detail: str | Promise


KINDS: dict[str, _Kind] = {
    "bad_request": _Kind(400, _("Onleesbaar"), _("Deze vraag kunnen we niet lezen.")),
    "bad_json": _Kind(400, _("Geen JSON"), _("Dit is geen geldige JSON in UTF-8.")),
    "bad_idempotency_key": _Kind(
        400,
        _("Idempotency-Key klopt niet"),
        _("Gebruik 1 tot 200 zichtbare ASCII-tekens, bijvoorbeeld een UUID."),
    ),
    "no_key": _Kind(
        401,
        _("Geen geldige sleutel"),
        _("Stuur een geldige sleutel mee: Authorization: Bearer bm_…"),
    ),
    "no_scope": _Kind(403, _("Mag niet"), _("Deze sleutel heeft dit recht niet: {scope}.")),
    "not_found": _Kind(404, _("Bestaat niet"), _("Dit adres of nummer kennen we niet.")),
    "wrong_method": _Kind(405, _("Zo niet"), _("Dit adres kent deze methode niet. Kijk in de header Allow.")),
    "under_way": _Kind(
        409,
        _("Is nog bezig"),
        _("Dezelfde vraag is nog bezig. Probeer het na enkele seconden opnieuw."),
    ),
    "too_large": _Kind(413, _("Te groot"), _("Een vraag mag 2 MB groot zijn. Verdeel ze over meer vragen.")),
    "not_json": _Kind(415, _("Geen JSON"), _("Stuur JSON, met Content-Type: application/json.")),
    "bad_shape": _Kind(422, _("Klopt niet"), _("Deze vraag heeft niet de juiste vorm. Er is niets bewaard.")),
    "key_used": _Kind(
        422,
        _("Idempotency-Key is al gebruikt"),
        _("Deze Idempotency-Key hoort bij een andere vraag. Kies voor elke nieuwe vraag een nieuwe."),
    ),
    "too_many_shapes": _Kind(
        422,
        _("Te veel soorten rijen"),
        _("Geef alle rijen van één vraag dezelfde velden. Er is niets bewaard."),
    ),
    "too_many_calls": _Kind(
        429, _("Te veel vragen"), _("Wacht tot de tijd in Retry-After om is, en ga dan verder.")
    ),
    "our_fault": _Kind(
        500,
        _("Onze fout"),
        _("Hier ging iets mis bij ons. Stuur dezelfde vraag later opnieuw."),
    ),
    "busy": _Kind(
        503,
        _("Even bezet"),
        _("Er wordt net een groot bestand ingeladen. Probeer het straks opnieuw."),
    ),
}


class Fault(NamedTuple):
    """One place in the body that is wrong, as a JSON pointer."""

    pointer: str
    code: str
    detail: str


class Problem(Exception):
    """A refusal on its way out; nothing was kept."""

    def __init__(
        self,
        code: str,
        *,
        status: int | None = None,
        errors: Sequence[Fault] = (),
        headers: Mapping[str, str] | None = None,
        **values: str,
    ) -> None:
        super().__init__(code)
        self.code, self.errors, self.values = code, errors, values
        self.status = status or KINDS[code].status
        self.headers = dict(headers or {})

    def response(self) -> HttpResponse:
        """The problem as an answer, in the language of this moment."""
        kind = KINDS[self.code]
        body: dict[str, object] = {
            "type": _TYPE.format(code=self.code),
            "title": str(kind.title),
            "status": self.status,
            "code": self.code,
            "detail": str(kind.detail).format(**self.values),
        }
        if self.errors:
            body["errors"] = [fault._asdict() for fault in self.errors]
        return JsonResponse(body, status=self.status, content_type=CONTENT_TYPE, headers=self.headers)


def language_of(request: HttpRequest) -> str:
    """English where the program asks for it first, else Dutch; a cookie does not count here."""
    wanted = request.headers.get("Accept-Language", "").strip().lower()
    return "en" if wanted.startswith("en") else "nl"
