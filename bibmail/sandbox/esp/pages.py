"""The inbox in a browser."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bibmail.sandbox.esp.ledger import Book


@dataclass(frozen=True)
class Page:
    """An answer for a browser."""

    status: int
    body: bytes
    content_type: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)


def page_at(path: str, query: Mapping[str, list[str]], book: Book, headers: Mapping[str, str]) -> Page:
    """The page at this path."""
    return Page(404, b"", "text/plain")
