"""The cloudLibrary API as open-source clients of it use it (docs/connectors.md)."""

import base64
import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from xml.sax.saxutils import escape

from bibmail.sandbox.sources.answers import Asked, Given, mac
from bibmail.sandbox.sources.switches import spoiled
from bibmail.sandbox.sources.world import World

_XML = "application/xml"
# How far the caller's clock may be from ours.
_MOST_SECONDS = 900


def answer(asked: Asked, world: World) -> Given:
    """Events in a window, and items by their numbers."""
    if not _is_let_in(asked, world):
        return _error(401, "Gen-001", "Authentication failed")
    path = asked.path.removeprefix(f"/cirrus/library/{world.cloud_library}/")
    if path == "data/cloudevents":
        return _events(asked, world)
    if match := re.fullmatch(r"items/([\w,]+)", path):
        wanted = [world.ebook_items[code] for code in match[1].split(",") if code in world.ebook_items]
        items = "".join(_element("Item", item) for item in spoiled(wanted, asked.switch))
        return _xml(f"<ArrayOfItem>{items}</ArrayOfItem>")
    return _error(404, "Gen-404", "Not found")


def _events(asked: Asked, world: World) -> Given:
    start, end = asked.one("startdate"), asked.one("enddate")
    held = [event for event in world.ebook_events if start <= event["EventStartDateTimeInUTC"] <= end]
    events = "".join(_element("CloudLibraryEvent", event) for event in spoiled(held, asked.switch))
    if not events:
        return _xml("<LibraryEventBatch/>")
    return _xml(f"<LibraryEventBatch><PublishId>p1</PublishId><Events>{events}</Events></LibraryEventBatch>")


def _is_let_in(asked: Asked, world: World) -> bool:
    moment, said = asked.headers.get("3mcl-Datetime", ""), asked.headers.get("3mcl-Authorization", "")
    try:
        away = abs((parsedate_to_datetime(moment) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return False
    signature = base64.b64encode(
        mac(world.keys.cloud_key, f"{moment}\n{asked.method}\n{asked.target}")
    ).decode()
    right = f"3MCLAUTH {world.keys.cloud_account}:{signature}"
    return away < _MOST_SECONDS and hmac.compare_digest(said.encode(), right.encode())


def _element(name: str, fields: Mapping[str, object]) -> str:
    inner = "".join(f"<{key}>{_text(value)}</{key}>" for key, value in fields.items())
    return f"<{name}>{inner}</{name}>"


def _text(value: object) -> str:
    return f"<Value>{escape(str(value['value']))}</Value>" if isinstance(value, dict) else escape(str(value))


def _xml(text: str) -> Given:
    return Given(200, f'<?xml version="1.0" encoding="utf-8"?>{text}'.encode(), _XML)


def _error(status: int, code: str, message: str) -> Given:
    return Given(status, f"<Error><Code>{code}</Code><Message>{message}</Message></Error>".encode(), _XML)
