"""The documentation, from the same document that programs read; no script and nothing from elsewhere."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from bibmail.api import problems, shapes
from bibmail.api.models import EventKind, Scope
from bibmail.api.service import api

_EXAMPLE = """curl {site}/api/v1/contacts \\
  -H "Authorization: Bearer bm_…" \\
  -H "Content-Type: application/json" \\
  -H "Idempotency-Key: 7f1c" \\
  -d '{{"items": [{{"externalId": "730001", "lastName": "Lemmens", "email": "noor@example.be"}}]}}'"""


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Every address with its fields, every refusal with its sentence."""
    schema = api.get_openapi_schema()
    context = {
        "example": _EXAMPLE.format(site=f"{request.scheme}://{request.get_host()}"),
        "operations": _operations(schema),
        "items": _items(schema["components"]["schemas"]),
        "problems": list(problems.KINDS.items()),
        "events": EventKind.choices,
        "scopes": Scope.choices,
        "most": shapes.MOST_ITEMS,
    }
    return render(request, "api/docs.html", context)


def _operations(schema: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"method": method.upper(), "path": path, **operation}
        for path, operations in schema["paths"].items()
        for method, operation in operations.items()
    ]


def _items(schemas: dict[str, Any]) -> list[dict[str, Any]]:
    """The fields of each kind of item."""
    found = []
    for resource in shapes.RESOURCES:
        for kind in resource.sinks:
            item = shapes.item_of(resource, kind).model_json_schema()
            required = set(item.get("required", ()))
            fields = [
                {"name": name, "is_required": name in required, "about": field.get("description", ""),
                 "type": _type(field)}
                for name, field in item["properties"].items()
            ]  # fmt: skip
            found.append({"path": resource.path, "kind": kind, "fields": fields})
    return found


def _type(field: dict[str, Any]) -> str:
    if "const" in field:
        return f'"{field["const"]}"'
    types = [one.get("type", "") for one in field.get("anyOf", [field])]
    named = next((one for one in types if one != "null"), "")
    return field.get("format") or named
