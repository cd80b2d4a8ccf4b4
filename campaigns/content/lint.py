"""What keeps a mail from being sent, and what its author should look at again; in sentences for that author."""

import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from campaigns.content import fields
from campaigns.content.blocks import get, known
from campaigns.content.press import PREVIEW_LINKS, Composed, Press
from campaigns.content.readers import Reader
from campaigns.models import Mailing
from consent.models import MessageClass

SUBJECT_LENGTH = 65
# Gmail shows no more than 102 kB.
_MOST_BYTES = 100_000
# A link is read on its own by who goes from link to link.
_VAGUE = re.compile(
    r"^(klik( hier)?|hier|lees (meer|verder)|meer|link|click here|here|read more)[.!]?$", re.IGNORECASE
)


class Finding(NamedTuple):
    """One remark; a hard one stops the mail."""

    words: str
    is_hard: bool


def check(mailing: Mailing, *, press: Press, promotion_allowed: bool | None = None) -> list[Finding]:
    """Everything there is to say about a mail, the hard ones first; an empty list lets it go.

    Promotion may stand in marketing mail, and in service mail only where `promotion_allowed` says so (decision D7).
    """
    if promotion_allowed is None:
        promotion_allowed = mailing.message_class != MessageClass.SERVICE
    found = [*_of_words(mailing.content), *_of_blocks(mailing.content, promotion_allowed=promotion_allowed)]
    if not any(finding.is_hard for finding in found):
        found += _of_result(mailing, press)
    return sorted(found, key=lambda finding: not finding.is_hard)


def _hard(words: str) -> Finding:
    return Finding(words, is_hard=True)


def _soft(words: str) -> Finding:
    return Finding(words, is_hard=False)


# --- What was written ------------------------------------------------------------------------------


def _of_words(content: Mapping[str, Any]) -> Iterator[Finding]:
    subject = str(content.get("subject", "")).strip()
    if not subject:
        yield _hard(_("De mail heeft geen onderwerp."))
    # A first name stands where its field is.
    length = len(re.sub(r"\{\{.*?\}\}", "Noor", subject))
    if length > SUBJECT_LENGTH:
        yield _soft(
            _("Het onderwerp telt %(length)s tekens. Op een telefoon zie je er ongeveer %(most)s.")
            % {"length": length, "most": SUBJECT_LENGTH}
        )
    if not str(content.get("preheader", "")).strip():
        yield _soft(_("Vul de voorvertoning in: dat is wat mensen in hun postvak naast het onderwerp lezen."))
    for name in sorted({name for name in _all_fields(content) if name not in fields.NAMES}):
        yield _hard(_("We kennen het veld ‘%(field)s’ niet.") % {"field": name})


def _all_fields(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from fields.named_in(value)
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _all_fields(one)
    elif isinstance(value, list):
        for one in value:
            yield from _all_fields(one)


def _of_blocks(content: Mapping[str, Any], *, promotion_allowed: bool) -> Iterator[Finding]:
    for block in content.get("blocks", []):
        code = str(block.get("type", ""))
        if code not in known():
            yield _hard(_("We kennen het blok ‘%(block)s’ niet.") % {"block": code})
        elif get(code).is_promotion and not promotion_allowed:
            yield _hard(
                _("Het blok ‘%(block)s’ maakt reclame, en dat mag niet in een servicemail.") % {"block": code}
            )


# --- What comes out --------------------------------------------------------------------------------


def _of_result(mailing: Mailing, press: Press) -> Iterator[Finding]:
    nobody = Reader(recipient_id=0, contact_id=0, message_class=mailing.message_class)
    composed = press.compose(mailing, nobody)
    if composed is None:
        yield _soft(
            _("Voor wie we niets van weten, blijft er niets over om te tonen: die krijgt deze mail niet.")
        )
    else:
        yield from of_composed(composed, may_be_stopped=mailing.message_class != MessageClass.SERVICE)


def of_composed(composed: Composed, *, may_be_stopped: bool) -> Iterator[Finding]:
    """Remarks on a compiled mail."""
    page = _Page()
    page.feed(composed.html_template)
    if page.images_without_alt:
        yield _hard(
            _("Een afbeelding heeft geen beschrijving. Vul ze in, of laat ze leeg als ze niets vertelt.")
        )
    if page.empty_links:
        yield _hard(_("Een link heeft geen tekst."))
    if not composed.text_template.strip():
        yield _hard(_("De mail heeft geen tekstversie."))
    if may_be_stopped and "[[links.unsubscribe]]" not in composed.html_template:
        yield _hard(_("De link om zich uit te schrijven ontbreekt."))
    for text in page.vague_links:
        yield _soft(_("De link ‘%(text)s’ zegt niet waar hij heen leidt.") % {"text": text})
    if page.first_headings != 1:
        yield _soft(_("Een mail heeft precies één grote titel. Begin met een begroeting."))
    if len(composed.fill(PREVIEW_LINKS).html.encode()) > _MOST_BYTES:
        yield _soft(_("De mail is zo lang dat Gmail het einde niet toont. Maak hem korter."))


class _Page(HTMLParser):
    """Counts what a reader without eyes for it would stumble over."""

    def __init__(self) -> None:
        super().__init__()
        self.images_without_alt = 0
        self.empty_links = 0
        self.first_headings = 0
        self.vague_links: list[str] = []
        self._link: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            given = dict(attrs)
            self.images_without_alt += "alt" not in given
            if self._link is not None:
                self._link.append(given.get("alt") or "")
        elif tag == "h1":
            self.first_headings += 1
        elif tag == "a":
            self._link = []

    def handle_data(self, data: str) -> None:
        if self._link is not None:
            self._link.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._link is not None:
            text = " ".join("".join(self._link).split())
            self.empty_links += not text
            if _VAGUE.match(text):
                self.vague_links.append(text)
            self._link = None
