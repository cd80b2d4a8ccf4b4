"""The inbox in a browser: what everybody got. Plain pages without scripts; the links in a mail are real."""

import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.contrib.staticfiles import finders
from django.core.exceptions import SuspiciousFileOperation
from django.template.loader import render_to_string
from django.utils import translation

from bibmail.sandbox.esp import words
from bibmail.sandbox.esp.book import Book
from bibmail.sandbox.esp.records import Content, Happening, Mail

_A_PAGE = 50
_MOST_OFFSET = 2**31
_OURS = (
    "default-src 'self'; img-src 'self' data:; script-src 'none'; object-src 'none'; base-uri 'none';"
    " form-action 'self'; frame-ancestors 'none'"
)
_VIEWS = ("mail", "tekst", "kop", "verloop")
_MAIL_PATH = re.compile(r"/mail/(\d{1,12})/(html)?")
# A frame cannot be told in every browser that it is dark around it; the conditions of the mail can.
_SCHEME = re.compile(r"\(\s*prefers-color-scheme\s*:\s*(light|dark)\s*\)", re.IGNORECASE)
_ALWAYS, _NEVER = "min-width: 0", "max-width: 0"
_HEAD = re.compile(r"<head\b[^>]*>", re.IGNORECASE)


@dataclass(frozen=True)
class Page:
    """An answer for a browser."""

    status: int
    body: bytes
    content_type: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """One mail in the list."""

    mail: Mail
    word: words.Word

    @property
    def address(self) -> str:
        """Its own page."""
        return f"/mail/{self.mail.id}/"


@dataclass(frozen=True)
class Inbox:
    """The list as it is asked for."""

    lines: list[Line]
    count: int
    words: str
    library: int | None
    libraries: list[tuple[int, str, int]]
    first: int
    newer: str
    older: str

    @property
    def last(self) -> int:
        """The number of the last mail that is shown."""
        return self.first + len(self.lines) - 1


def page_at(path: str, query: Mapping[str, list[str]], book: Book, *, base_url: str) -> Page:
    """The page at this path; all of them are Dutch."""
    if path.startswith("/static/"):
        return _static(path.removeprefix("/static/"))
    found = _MAIL_PATH.fullmatch(path)
    with translation.override("nl"):
        if path == "/":
            return _page("sandbox/inbox.html", inbox=_inbox(book, query), counts=_counts(book))
        kept = book.mail(int(found[1])) if found else None
        if found is None or kept is None:
            return _page("sandbox/missing.html", status=404)
        if found[2]:
            return _raw(kept[1], base_url, query.get("kleur", [""])[0])
        return _mail(*kept, book, query)


def _inbox(book: Book, query: Mapping[str, list[str]]) -> Inbox:
    asked = query.get("q", [""])[0].strip()
    library = _number(query.get("bib", [""])[0])
    offset = min(_number(query.get("vanaf", [""])[0]) or 0, _MOST_OFFSET)
    mails, count = book.search(words=asked, library=library, offset=offset, limit=_A_PAGE)
    happened: dict[int, list[Happening]] = {}
    for one in book.happenings(mail.id for mail in mails):
        happened.setdefault(one.mail_id, []).append(one)
    return Inbox(
        lines=[Line(mail, words.telling(happened.get(mail.id, []))) for mail in mails],
        count=count,
        words=asked,
        library=library,
        libraries=[(number, *sender) for number, sender in book.senders().items()],
        first=offset + 1 if mails else 0,
        newer=_address(asked, library, max(0, offset - _A_PAGE)) if offset else "",
        older=_address(asked, library, offset + _A_PAGE) if offset + _A_PAGE < count else "",
    )


def _address(asked: str, library: int | None, offset: int) -> str:
    given = {"q": asked, "bib": str(library or ""), "vanaf": str(offset or "")}
    return "/?" + urlencode({name: value for name, value in given.items() if value})


def _counts(book: Book) -> dict[str, int]:
    counts = book.counts()
    return {
        "mails": book.search(limit=0)[1],
        "delivered": counts.get("delivered", 0),
        "bounced": counts.get("hard_bounce", 0) + counts.get("blocked", 0),
        "complaints": counts.get("spam", 0),
        "replies": counts.get("reply", 0),
    }


def _mail(mail: Mail, content: Content, book: Book, query: Mapping[str, list[str]]) -> Page:
    asked = query.get("toon", ["mail"])[0]
    happened = book.happenings([mail.id])
    return _page(
        "sandbox/mail.html",
        mail=mail,
        content=content,
        view=asked if asked in _VIEWS else "mail",
        happened=[(one, words.word(one), words.told(one)) for one in happened],
        word=words.telling(happened),
        headers=_headers(mail, content),
        source=content.html,
    )


def _headers(mail: Mail, content: Content) -> list[tuple[str, str]]:
    """As they would stand above the mail."""
    head = [
        ("From", _named(mail.sender_name, content.sender_email)),
        ("To", _named(mail.name, mail.email)),
        ("Subject", mail.subject),
        ("Message-ID", mail.message_id),
    ]
    if content.reply_to:
        head.append(("Reply-To", content.reply_to))
    return [*head, *content.headers.items(), ("X-Tags", ", ".join(mail.tags))]


def _named(name: str, email: str) -> str:
    return f"{name} <{email}>" if name else email


def _raw(content: Content, base_url: str, scheme: str) -> Page:
    """The HTML of a mail, shut in: no scripts, no forms, no other site; a link opens beside it."""
    policy = (
        f"default-src 'none'; img-src 'self' data: {base_url}; style-src 'unsafe-inline' {base_url};"
        f" font-src data: {base_url}; frame-ancestors 'self';"
        " sandbox allow-popups allow-popups-to-escape-sandbox"
    )
    first = '<base target="_blank">'
    html = content.html
    if scheme in {"licht", "donker"}:
        wanted = {"licht": "light", "donker": "dark"}[scheme]
        first += f"<style>:root {{ color-scheme: only {wanted} }}</style>"
        html = _SCHEME.sub(lambda found: f"({_ALWAYS if found[1].lower() == wanted else _NEVER})", html)
    html, heads = _HEAD.subn(lambda head: head[0] + first, html, count=1)
    return Page(200, (html if heads else first + html).encode(), headers={"Content-Security-Policy": policy})


def _page(template: str, *, status: int = 200, **context: Any) -> Page:
    headers = {"Content-Security-Policy": _OURS, "X-Content-Type-Options": "nosniff"}
    return Page(status, render_to_string(template, context).encode(), headers=headers)


def _static(name: str) -> Page:
    try:
        found = finders.find(name)
    except SuspiciousFileOperation:
        found = None
    if not found or not Path(found).is_file():
        return Page(404, b"", "text/plain")
    kind = mimetypes.guess_type(found)[0] or "application/octet-stream"
    return Page(200, Path(found).read_bytes(), kind, {"Cache-Control": "max-age=3600"})


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 12 else None
