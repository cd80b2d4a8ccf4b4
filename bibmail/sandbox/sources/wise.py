"""The Wise REST API as its help pages and open clients describe it (docs/connectors.md)."""

import hmac
import re
from datetime import UTC, datetime

from bibmail.sandbox.sources.answers import Asked, Given, as_json, mac
from bibmail.sandbox.sources.switches import spoiled
from bibmail.sandbox.sources.world import World

_DAY_SECONDS = 86_400


def answer(asked: Asked, world: World) -> Given:
    """Changed and deleted patrons of the library, a patron, their loans and holds."""
    if not _is_let_in(asked, world):
        return as_json(401, {"message": "Unauthorized"})
    path = asked.path.removeprefix("/wise/restapi")
    root = f"/patronmanagement/patron/library/{world.wise_library}"
    if path == f"{root}/updatedpatron":
        since = asked.one("date")
        changed = [{"patronSystemId": p["patronSystemId"]} for p in world.patrons if p["changed"] >= since]
        return as_json(200, [record["patronSystemId"] for record in spoiled(changed, asked.switch)])
    if path == f"{root}/deletedpatron":
        return as_json(200, world.deleted)
    if match := re.fullmatch(
        rf"/patron/(\w+)/library/{world.wise_library}/(patroninformation|loan|hold)", path
    ):
        return _of_patron(match[1], match[2], asked, world)
    return as_json(404, {"message": "Not found"})


def _of_patron(number: str, what: str, asked: Asked, world: World) -> Given:
    found = [p for p in world.patrons if p["patronSystemId"] == number]
    if not found:
        return as_json(404, {"message": "Patron not found"})
    if what == "patroninformation":
        shown = {key: value for key, value in found[0].items() if key != "changed"}
        return as_json(200, spoiled([shown], asked.switch)[0])
    items = (world.loans if what == "loan" else world.holds).get(number, [])
    return as_json(200, {"items": spoiled(items, asked.switch)})


def _is_let_in(asked: Asked, world: World) -> bool:
    """The signature of today in UTC, and the staff token where one is asked for."""
    keys = world.keys
    key_id, _, signature = asked.headers.get("WISE_KEY", "").partition(":")
    day = int(datetime.now(UTC).timestamp() // _DAY_SECONDS)
    right = mac(keys.wise_key, f"{day}{keys.wise_application}").hex()
    token = asked.headers.get("Authorization", "")
    return (
        key_id == keys.wise_key_id
        and hmac.compare_digest(signature.encode(), right.encode())
        and (not keys.wise_staff_token or token == keys.wise_staff_token)
    )
