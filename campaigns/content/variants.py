"""A text that many people share, compiled once: templates in, HTML and text with slots out.

`[[contact.first_name]]`, `[[link:0]]` and `[[links.why]]` are slots; nothing else in a compiled text is special.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from django.template import Context, Template
from django.template.loader import get_template
from django.utils import translation
from mjml import mjml2html

from campaigns.content import fields
from campaigns.content.blocks.register import Data
from campaigns.content.merge import Rendered as Rendered
from campaigns.content.merge import fill
from campaigns.content.stock import Stock
from campaigns.content.styles import shelf, styles

# What mrml calls an article, in an English word, is the main part of the page that a mail is.
_WRAPPER, _MAIN = 'aria-roledescription="email" class="bg" role="article"', 'class="bg" role="main"'
_BLANK_LINES = re.compile(r"\n{3,}")
_TRAILING = re.compile(r"[ \t]+\n")


class Link(NamedTuple):
    url: str
    label: str


class Links:
    """The links of one text, in the order in which they appear; the same target is one link."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self.all: list[Link] = []

    def slot(self, url: str, label: str) -> str:
        """The slot of this address; a slot, mailto: and tel: stay what they are."""
        if not url.startswith(("http://", "https://")):
            return url
        number = self._numbers.setdefault(url, len(self.all))
        if number == len(self.all):
            self.all.append(Link(url, label))
        return f"[[link:{number}]]"


class Part(NamedTuple):
    """One block as it is shown: its key in the mail, its template and what fills that."""

    key: str
    template: str
    data: Data


@dataclass(frozen=True)
class Variant:
    """A compiled text. Two with the same digest are the same."""

    language: str
    subject: str
    preheader: str
    html: str
    text: str
    blocks: Sequence[str]
    links: Sequence[Link] = field(default_factory=list)

    @cached_property
    def digest(self) -> str:
        """Of all that a reader sees, and of where its links lead."""
        seen = "\x00".join(
            [self.language, self.subject, self.html, self.text, *(link.url for link in self.links)]
        )
        return hashlib.sha256(seen.encode()).hexdigest()

    @cached_property
    def names(self) -> frozenset[str]:
        return fields.slots_in([self.subject, self.html, self.text])

    def fill(self, slots: Mapping[str, str]) -> Rendered:
        """The mail with these values; KeyError when a slot has none."""
        return Rendered(
            fill(self.subject, slots), fill(self.html, slots, is_html=True), fill(self.text, slots)
        )


def compiled(
    stock: Stock, *, language: str, subject: str, preheader: str, parts: Sequence[Part], footer: Part
) -> Variant:
    """The text of these blocks, with slots for what is the reader's own."""
    links = Links()
    shared: dict[str, Any] = {
        "language": language,
        "subject": subject,
        "preheader": preheader,
        "name": fields.plain(stock.library.name),
        "palette": stock.palette,
        "css": styles(stock.palette),
        "shelf": shelf(stock.palette),
        "links": links,
    }

    def rendered(name: str, data: Data, *, is_html: bool) -> str:
        # Escaped in HTML; in plain text an ampersand is an ampersand.
        return str(_template(name).render(Context(shared | data, autoescape=is_html)))

    with translation.override(language):
        mjml = [
            rendered(f"mail/blocks/{part.template}.mjml", part.data, is_html=True)
            for part in [*parts, footer]
        ]
        page = rendered("mail/layout.mjml", {"blocks": mjml[:-1], "footer": mjml[-1]}, is_html=True)
        words = [
            rendered(f"mail/blocks/{part.template}.txt", part.data, is_html=False)
            for part in [*parts, footer]
        ]
        text = rendered(
            "mail/layout.txt",
            {"blocks": [word.strip() for word in words[:-1]], "footer": words[-1].strip()},
            is_html=False,
        )
    return Variant(
        language=language,
        subject=subject,
        preheader=preheader,
        # Without fonts of others: a mail asks nothing of anybody.
        html=mjml2html(page, fonts={}).replace(_WRAPPER, _MAIN, 1),
        text=tidied(text),
        blocks=[part.key for part in parts],
        links=links.all,
    )


def tidied(text: str) -> str:
    """No trailing blanks, and never more than one empty line."""
    return _BLANK_LINES.sub("\n\n", _TRAILING.sub("\n", text)).strip() + "\n"


def _template(name: str) -> Template:
    # The engine's own template: its wrapper would not let the context decide about escaping.
    found: Template = get_template(name).template  # type: ignore[attr-defined]  # Django's own backend
    return found
