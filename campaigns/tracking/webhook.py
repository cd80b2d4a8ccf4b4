"""What we keep of a webhook: which mail, what happened, when. No address and no subject comes further than here."""

import json
import re
from collections.abc import Callable
from functools import partial
from typing import Any

MOST_BYTES = 64 * 1024
MOST_EVENTS = 1000

_ADDRESS = re.compile(r"[^\s<>()\"',;:@]+@[^\s<>()\"',;:@]+")
# Until the year 2100, in milliseconds; beyond it no moment can be made of it.
_LAST_MOMENT = 4_102_444_800_000


class Unreadable(Exception):
    """Not JSON, or not an object or a list of objects."""


def kept(body: bytes) -> list[dict[str, Any]]:
    """The events of a body, each with the keys we read and nothing else; raises Unreadable."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise Unreadable from None
    events = found if isinstance(found, list) else [found]
    if len(events) > MOST_EVENTS or not all(isinstance(event, dict) for event in events):
        raise Unreadable
    return [_only_what_we_read(event) for event in events]


def _only_what_we_read(event: dict[str, Any]) -> dict[str, Any]:
    return {
        key: value for key, read in _KEYS.items() if key in event and (value := read(event[key])) is not None
    }


def a_text(value: Any, most: int) -> str | None:
    """Text of at most so many signs that the database can hold; None where it is none."""
    return _clean(value)[:most] if isinstance(value, str) else None


def a_reason(value: Any) -> str | None:
    """Why it did not arrive; receivers like to repeat the address in it."""
    return without_addresses(_clean(value))[:200] if isinstance(value, str) else None


def without_addresses(text: str) -> str:
    """The text with every address in it left out."""
    return _ADDRESS.sub("…", text)


def _text(most: int) -> Callable[[Any], str | None]:
    return partial(a_text, most=most)


def _number(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # Not-a-number compares as neither.
    return int(value) if 0 <= value <= _LAST_MOMENT else None


def _tags(value: Any) -> list[str] | None:
    if not isinstance(value, list):
        return None
    return [without_addresses(_clean(tag))[:100] for tag in value[:10] if isinstance(tag, str)]


def _clean(text: str) -> str:
    # PostgreSQL's JSON holds no NUL and no half of a surrogate pair.
    return text.replace("\0", "").encode("utf-8", "replace").decode()


_KEYS: dict[str, Callable[[Any], Any]] = {
    "event": _text(40),
    "message-id": _text(200),
    "id": _number,
    "ts_epoch": _number,
    "reason": a_reason,
    "tags": _tags,
    "X-Mailin-custom": _text(500),
}
