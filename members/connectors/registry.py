"""Which systems we can fetch from: each connector registers what it asks for and how it fetches."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from django.utils.functional import Promise

from members.connectors.door import Door
from members.connectors.drift import Drift

Cursor = dict[str, Any]
Row = dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One thing a library fills in for a source."""

    name: str
    label: str | Promise
    help: str | Promise = ""
    kind: Literal["text", "url", "secret", "number", "choice", "long", "yes_no"] = "text"
    required: bool = True
    initial: str = ""
    choices: Sequence[tuple[str, str | Promise]] = ()
    # The help of a long secret (a private key) needs more room.
    is_long: bool = False


@dataclass(frozen=True)
class Account:
    """One source as a connector sees it: what was filled in, with its secrets opened."""

    library_id: int
    source_id: int
    options: Mapping[str, str]
    secrets: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Records:
    """A page of records for one sink; the cursor holds once they are merged."""

    sink: str
    rows: list[Row]
    cursor: Cursor
    # Records of the source that are not ours to have, and were dropped before anything was kept.
    skipped: int = 0


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """A file that goes the way of an upload. `settle` moves it away at the source, once it is safe here."""

    sink: str
    path: Path
    name: str
    mark: str
    settle: Callable[[], None]
    # The whole of what the source has: who is not in it has left.
    is_full: bool = False


Page = Records | Delivery


@dataclass(frozen=True)
class Fetch:
    """What a connector gets for one fetch."""

    account: Account
    cursor: Cursor
    at: datetime
    door: Door
    drift: Drift


@dataclass(frozen=True, kw_only=True)
class Connector:
    """One kind of source."""

    code: str
    label: str | Promise
    what: str | Promise
    settings: Sequence[Setting]
    # Pages in the order in which they must be merged; raises Trouble.
    fetch: Callable[[Fetch], Iterator[Page]]
    # Returns when the source answers and lets us in; raises Trouble.
    test: Callable[[Fetch], None]
    every_minutes: int = 60
    # Requests a second that the source can bear.
    rate: float = 5.0


_connectors: dict[str, Connector] = {}


class UnknownConnector(Exception):
    """No connector of this code is registered."""


def register(connector: Connector) -> None:
    """Called from AppConfig.ready()."""
    _connectors[connector.code] = connector


def get(code: str) -> Connector:
    try:
        return _connectors[code]
    except KeyError:
        raise UnknownConnector(code) from None


def in_order() -> list[Connector]:
    """All connectors as the page offers them."""
    return list(_connectors.values())
