"""The API itself: its parser, its refusals and its OpenAPI document. The routes stand in routes.py."""

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.parser import Parser

from bibmail.api import problems
from bibmail.api.bearer import with_limits
from bibmail.api.problems import Fault, Problem

_DESCRIPTION = (
    "Write what you know of a library's people, and hear what they chose. The words of the fields are those of the "
    "files (docs/canonical-files.md). A field that an item does not name stays as it was; null empties it."
)
_LIMIT_HEADERS = {
    "RateLimit-Limit": "Calls in a full bucket.",
    "RateLimit-Remaining": "Calls left in it.",
    "RateLimit-Reset": "Seconds until it is full.",
}
_TAGS = frozenset({"loan", "ebook", "seat_reservation", "event_registration"})


class _StrictParser(Parser):
    """JSON in UTF-8, without NaN and without halves of characters."""

    def parse_body(self, request: HttpRequest) -> Any:
        try:
            text = request.body.decode()
            found = json.loads(text, parse_constant=_refuse)
            # "\\ud800" is read without complaint, and cannot be written anywhere.
            json.dumps(found, ensure_ascii=False).encode()
        except (ValueError, RecursionError):
            raise Problem("bad_json") from None
        return found


def _refuse(_name: str) -> Any:
    raise ValueError


class Api(NinjaAPI):
    """NinjaAPI, with problems as its refusals, in its document too."""

    def get_openapi_schema(self, **arguments: Any) -> OpenAPISchema:
        """The document, made once: it depends on nothing but the code."""
        schema = super().get_openapi_schema(**arguments)
        for operations in schema["paths"].values():
            for operation in operations.values():
                _tell_problems(operation["responses"])
        return schema


def _tell_problems(responses: dict[Any, Any]) -> None:
    for status, answer in responses.items():
        if int(status) >= 400:
            answer["content"] = {problems.CONTENT_TYPE: answer["content"].pop("application/json")}
        answer["headers"] = {
            name: {"description": words, "schema": {"type": "integer"}}
            for name, words in _LIMIT_HEADERS.items()
            if int(status) not in {401, 404, 405, 500}
        }


api = Api(
    title="Bibmail",
    version="1.0.0",
    description=_DESCRIPTION,
    docs_url=None,
    urls_namespace="api",
    parser=_StrictParser(),
)


@api.exception_handler(Problem)
def _problem(request: HttpRequest, problem: Problem) -> HttpResponse:
    return with_limits(request, problem.response())


@api.exception_handler(ValidationError)
def _bad_shape(request: HttpRequest, refused: ValidationError) -> HttpResponse:
    faults = [
        Fault(pointer=_pointer(fault["loc"]), code=str(fault["type"]), detail=str(fault["msg"]))
        for fault in refused.errors[:50]
    ]
    return with_limits(request, Problem("bad_shape", errors=faults).response())


@api.exception_handler(Http404)
def _not_found(request: HttpRequest, _nothing: Http404) -> HttpResponse:
    return with_limits(request, Problem("not_found").response())


@api.exception_handler(HttpError)
def _other(request: HttpRequest, refused: HttpError) -> HttpResponse:
    return with_limits(request, Problem("bad_request", status=refused.status_code).response())


def _pointer(place: tuple[Any, ...]) -> str:
    """`("body", "batch", "items", 3, "loan", "loanId")` as `/items/3/loanId`."""
    steps = [str(step) for i, step in enumerate(place[2:], 2) if not (i == 4 and step in _TAGS)]
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)
