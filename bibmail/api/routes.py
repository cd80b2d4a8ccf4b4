"""Every address of the API. Writing is the same for all: shape, idempotency, sinks, answer."""

from collections.abc import Callable
from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router, Schema

from bibmail.api import answers, calls, keyring, reading, shapes, writing
from bibmail.api.bearer import ApiRequest, Bearer
from bibmail.api.models import Scope
from bibmail.api.shapes import Resource
from bibmail.api.writing import Written
from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library

router = Router()

_READ_REFUSALS = dict.fromkeys((400, 401, 403, 404, 405, 429, 500), answers.ProblemAnswer)
_WRITE_REFUSALS = _READ_REFUSALS | dict.fromkeys((409, 413, 415, 422, 503), answers.ProblemAnswer)
_IDEMPOTENCY_PARAMETER = {
    "name": calls.HEADER,
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]{1,200}$"},
    "description": "The same key with the same body gives the same answer for 24 hours, and is worked once.",
}


def _register(resource: Resource) -> None:
    def write(request: HttpRequest, response: HttpResponse, batch: Any) -> answers.BatchAnswer:
        return _written(cast(ApiRequest, request), response, resource, batch)

    # The shape is made from the sink's columns, so it has a name only now.
    write.__annotations__["batch"] = shapes.batch_of(resource)
    router.add_api_operation(
        resource.path,
        ["POST"],
        write,
        auth=Bearer(resource.scope),
        response={200: answers.BatchAnswer, **_WRITE_REFUSALS},
        operation_id=f"write{resource.name}s",
        summary=f"Write {resource.path.strip('/').replace('-', ' ')}",
        description=f"{resource.about} At most {shapes.MOST_ITEMS} items and 2 MB. Needs {resource.scope.value}.",
        exclude_none=True,
        openapi_extra={"parameters": [_IDEMPOTENCY_PARAMETER]},
    )


def _written(
    request: ApiRequest, response: HttpResponse, resource: Resource, batch: Schema
) -> answers.BatchAnswer:
    """Work the call once; a failure lets the same call come again at once."""
    _tell_limits(request, response)
    call = calls.begin(request, request.auth, library_id=request.library_id)
    if call and call.kept is not None:
        response.headers["Idempotency-Replayed"] = "true"
        return answers.of_batch(Written.from_json(call.kept))
    items: list[Schema] = batch.items  # type: ignore[attr-defined]
    key = request.auth
    try:
        written = writing.write(
            shapes.rows_of(resource, items), source=key.source, library_id=request.library_id, at=request.at
        )
    except Exception:
        if call:
            with acting_for(request.library_id):
                call.let_go()
        raise
    with acting_for(request.library_id):
        if call:
            call.answer(written.as_json())
        totals = written.totals
        keyring.count(key, day=timezone.localdate(request.at), items=totals.received, refused=totals.refused)
    return answers.of_batch(written)


for _resource in shapes.RESOURCES:
    _register(_resource)


def _read(path: str, answer: type[Schema], *, scope: str = "", operation_id: str) -> Callable[..., Any]:
    return router.get(
        path,
        auth=Bearer(scope),
        response={200: answer, **_READ_REFUSALS},
        operation_id=operation_id,
        exclude_none=True,
    )


@_read("/health", answers.Health, operation_id="health")
def health(request: HttpRequest, response: HttpResponse) -> answers.Health:
    """Whether the key works, for which library and for what."""
    asked = cast(ApiRequest, request)
    _tell_limits(asked, response)
    library = Library.objects.get(pk=asked.library_id)
    return answers.Health(
        status="ok", library=library.slug, scopes=asked.auth.scopes, expiresOn=asked.auth.expires_on
    )


@_read("/usage", answers.Usage, operation_id="usage")
def usage(request: HttpRequest, response: HttpResponse) -> answers.Usage:
    """What this key did in the last 31 days."""
    asked = cast(ApiRequest, request)
    _tell_limits(asked, response)
    with acting_for(asked.library_id):
        return reading.usage(asked.auth, at=asked.at)


@_read("/webhooks", answers.Webhooks, scope=Scope.WEBHOOKS, operation_id="webhooks")
def webhooks(request: HttpRequest, response: HttpResponse) -> answers.Webhooks:
    """The endpoints of this library and how they are doing."""
    asked = cast(ApiRequest, request)
    _tell_limits(asked, response)
    with acting_for(asked.library_id):
        return reading.webhooks()


@_read(
    "/contacts/{external_id}", answers.ContactAnswer, scope=Scope.CONTACTS_READ, operation_id="readContact"
)
def contact(request: HttpRequest, response: HttpResponse, external_id: str) -> answers.ContactAnswer:
    """One person, by the number that the library system gave them."""
    asked = cast(ApiRequest, request)
    _tell_limits(asked, response)
    with acting_for(asked.library_id):
        found = None if "\0" in external_id else reading.contact(external_id, key=asked.auth, at=asked.at)
    if found is None:
        raise Http404
    return found


def _tell_limits(request: ApiRequest, response: HttpResponse) -> None:
    for name, value in request.limits.items():
        response.headers[name] = value
