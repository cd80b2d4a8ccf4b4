"""The UiTdatabank Search API 3 as publiq documents it (docs/connectors.md), as far as we ask of it."""

from datetime import datetime
from typing import Any

from bibmail.sandbox.sources.answers import Asked, Given, as_json
from bibmail.sandbox.sources.switches import spoiled
from bibmail.sandbox.sources.world import Record, World

_MOST = 2000
_KNOWN = {
    "start", "limit", "embed", "organizerId", "locationId", "modifiedFrom", "dateFrom", "workflowStatus",
    "audienceType", "availableTo", "availableFrom", "sort[modified]", "id",
}  # fmt: skip


def answer(asked: Asked, world: World) -> Given:
    """Events or places, a page at a time; without embed only their ids, as there."""
    if asked.headers.get("x-client-id", "") != world.keys.uit_client:
        return as_json(401, {"title": "Unauthorized", "status": 401})
    if strange := set(asked.query) - _KNOWN:
        return as_json(
            404, {"title": "Not Found", "detail": f"Unknown query parameter(s): {', '.join(strange)}"}
        )
    match asked.path.removeprefix("/uit"):
        case "/events":
            return _page([event for event in world.events if _is_wanted(event, asked)], asked)
        case "/places":
            codes = asked.one("id").split(",")
            return _page([place for place in world.places if _code(place) in codes], asked)
    return as_json(404, {"title": "Not Found", "status": 404})


def _is_wanted(event: Record, asked: Asked) -> bool:
    wanted = {
        "organizerId": _code(event.get("organizer", {})),
        "locationId": _code(event.get("location", {})),
        "workflowStatus": str(event.get("workflowStatus")),
        "audienceType": str(event.get("audience", {}).get("audienceType", "everyone")),
    }
    defaults = {"workflowStatus": "APPROVED,READY_FOR_VALIDATION", "audienceType": "everyone"}
    for name, found in wanted.items():
        said = asked.one(name, defaults.get(name, "*"))
        if said != "*" and found not in said.split(","):
            return False
    since = asked.one("modifiedFrom")
    return not since or datetime.fromisoformat(str(event["modified"])) >= datetime.fromisoformat(since)


def _page(found: list[Record], asked: Asked) -> Given:
    start, limit = int(asked.one("start", "0")), int(asked.one("limit", "30"))
    if limit > _MOST or start > 10_000:
        return as_json(400, {"title": "Bad Request", "detail": "start or limit is too large"})
    shown: list[Any] = spoiled(found[start : start + limit], asked.switch)
    if asked.one("embed") != "true":
        shown = [{"@id": record["@id"], "@type": record["@type"]} for record in shown]
    return as_json(200, {
        "@context": "http://www.w3.org/ns/hydra/context.jsonld",
        "@type": "PagedCollection",
        "itemsPerPage": limit,
        "totalItems": len(found),
        "member": shown,
    })  # fmt: skip


def _code(record: Record) -> str:
    return str(record.get("@id", "")).rstrip("/").rsplit("/", 1)[-1]
