"""What can be clicked, fetched or posted in a mail."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

_IN_HEADER = re.compile(r"<(http[^>]+)>")


@dataclass
class Links:
    """Addresses in the order in which they stand in the mail."""

    hrefs: list[str] = field(default_factory=list)
    images: list[str] = field(default_factory=list)

    def of_kind(self, letter: str) -> list[str]:
        """Those of ours that begin with /<letter>/: l (a click), v (preferences), u, w, m."""
        return [url for url in self.hrefs if urlsplit(url).path.startswith(f"/{letter}/")]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found = Links()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a" and given.get("href"):
            _once(self.found.hrefs, given["href"])
        elif tag == "img" and given.get("src"):
            _once(self.found.images, given["src"])


def in_html(html: str) -> Links:
    """All links and images of a mail, each once."""
    reader = _Reader()
    reader.feed(html)
    return reader.found


def one_click(headers: Mapping[str, str]) -> str | None:
    """The address for one click (RFC 8058), where both headers are there."""
    low = {name.lower(): value for name, value in headers.items()}
    if low.get("list-unsubscribe-post") != "List-Unsubscribe=One-Click":
        return None
    found = _IN_HEADER.search(low.get("list-unsubscribe", ""))
    return found[1] if found else None


def _once(known: list[str], url: str | None) -> None:
    if url and url.startswith("http") and url not in known:
        known.append(url)
