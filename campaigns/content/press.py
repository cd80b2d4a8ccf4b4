"""From a mailing and a reader to a mail. One Press per library and moment; use it inside `acting_for`."""

import hashlib
import json
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils import translation

from bibmail.tenancy.models import Library
from campaigns.content import conditions, fields, queries, readers
from campaigns.content.blocks import Block, footers, get
from campaigns.content.merge import Rendered
from campaigns.content.readers import Reader
from campaigns.content.stock import Stock
from campaigns.content.variants import Link, Part, Variant, compiled
from campaigns.models import BrandKit, Mailing
from consent.models import Subject
from members.models import Contact

# Where links lead in a look at a mail that is not sent.
PREVIEW_LINKS = dict.fromkeys(fields.LINKS, "#")


@dataclass(frozen=True)
class Composed:
    """A mail for one reader: the text that many share, and what is this reader's own."""

    variant: Variant
    slots: dict[str, str]

    @property
    def subject_template(self) -> str:
        return self.variant.subject

    @property
    def preheader(self) -> str:
        return self.variant.preheader

    @property
    def html_template(self) -> str:
        return self.variant.html

    @property
    def text_template(self) -> str:
        return self.variant.text

    @property
    def digest(self) -> str:
        return self.variant.digest

    @property
    def language(self) -> str:
        return self.variant.language

    @property
    def blocks(self) -> list[str]:
        return list(self.variant.blocks)

    @property
    def links(self) -> list[Link]:
        """Targets and labels, in the order of the slots [[link:0]], [[link:1]] …"""
        return list(self.variant.links)

    def fill(self, links: Mapping[str, str]) -> Rendered:
        """The finished mail. `links` gives "links.why" and the others, and "link:0" …, which else lead
        straight to their target; KeyError when one of the first is missing."""
        straight = {f"link:{number}": link.url for number, link in enumerate(self.variant.links)}
        return self.variant.fill(straight | self.slots | dict(links))


@dataclass(frozen=True)
class _Line:
    """One block of a plan: its options in one language, and the slots these name."""

    key: str
    block: Block
    options: Mapping[str, Any]
    raw: Mapping[str, Any]
    slots: frozenset[str]


@dataclass(frozen=True)
class _Plan:
    """A mailing in one language, ready to be shown to anybody."""

    name: str
    language: str
    subject: str
    preheader: str
    reason: str
    lines: Sequence[_Line]
    footer: Block
    own_slots: frozenset[str]


class Press:
    """Composes the mails of one library at one moment."""

    def __init__(
        self, *, at: datetime, brand: BrandKit | None = None, library: Library | None = None
    ) -> None:
        """As of `at`; `brand` to see a house style that is not kept yet, `library` where it is known already."""
        self.at = at
        self.stock = Stock(at=at, brand=brand, library=library)
        self.compiled_count = 0
        self._plans: dict[tuple[str, str], _Plan] = {}
        self._built: dict[Hashable, dict[str, Any] | None] = {}
        self._variants: dict[Hashable, Variant | None] = {}

    def readers(self, message_ids: Sequence[int]) -> dict[int, Reader]:
        """Who reads each of these messages, by message id; who is gone is left out."""
        rules = conditions.of_all(queries.contents(message_ids))
        return readers.of_messages(message_ids, at=self.at, rules=rules)

    def reader(
        self,
        contact: Contact,
        recipient: Contact,
        *,
        facts: Mapping[str, Any] | None = None,
        message_class: str,
        content: Mapping[str, Any] | None = None,
    ) -> Reader:
        """A reader for a look at what this person would get; with `content`, its rules are asked too."""
        return readers.of_people(
            contact,
            recipient,
            at=self.at,
            facts=facts or {},
            message_class=message_class,
            rules=conditions.rules_of(content or {}),
        )

    def compose(self, mailing: Mailing, reader: Reader) -> Composed | None:
        """The mail for this reader, or None when nothing is left to say ("geen inhoud").

        Raises UnknownField and UnknownBlock for a text that should never have been published.
        """
        language = reader.language if reader.language in _languages(mailing.content) else "nl"
        with translation.override(language):
            plan = self._plan(mailing, language)
            reader = replace(reader, language=language, topic=_carrier(mailing, reader))
            shown: list[tuple[_Line, Hashable, frozenset[str]]] = []
            for line in plan.lines:
                facets = line.block.facets(self.stock, reader, line.options)
                if facets is not None and conditions.holds(line.raw, reader):
                    shown.append((line, facets, self._missing(line.slots, reader)))
            own = self._missing(plan.own_slots, reader)
            footer = plan.footer.facets(self.stock, reader, {})
            key = (
                plan.name,
                language,
                own,
                footer,
                *((line.key, facets, gone) for line, facets, gone in shown),
            )
            if key not in self._variants:
                self._variants[key] = self._compile(plan, shown, own, footer)
            variant = self._variants[key]
            if variant is None:
                return None
            return Composed(variant, fields.values(variant.names, self.stock, reader))

    # --- What readers share --------------------------------------------------------------------------

    def _plan(self, mailing: Mailing, language: str) -> _Plan:
        name = str(mailing.pk or _fingerprint(mailing))
        if (name, language) not in self._plans:
            self._plans[name, language] = self._planned(name, mailing, language)
        return self._plans[name, language]

    def _planned(self, name: str, mailing: Mailing, language: str) -> _Plan:
        content = _spoken(mailing.content, language)
        lines = []
        for number, raw in enumerate(content.get("blocks", [])):
            if raw.get("when") is False:
                continue
            block = get(raw["type"])
            if block.template == "footer":
                continue
            options = self._slotted(_spoken(raw, language))
            key = str(raw.get("key") or f"{raw['type']}-{number + 1}")
            lines.append(_Line(key, block, options, raw, fields.slots_in(options)))
        subject, preheader, reason = (
            fields.slotted(content.get(part, ""), self.stock) for part in ("subject", "preheader", "reason")
        )
        return _Plan(
            name=name,
            language=language,
            subject=subject,
            preheader=preheader,
            reason=reason,
            lines=lines,
            footer=get(footers.of_class(mailing.message_class)),
            own_slots=fields.slots_in([subject, preheader, reason]),
        )

    def _slotted(self, value: Any) -> Any:
        if isinstance(value, str):
            return fields.slotted(value, self.stock)
        if isinstance(value, Mapping):
            return {key: self._slotted(one) for key, one in value.items() if key != "if"}
        return [self._slotted(one) for one in value] if isinstance(value, list) else value

    def _missing(self, slots: frozenset[str], reader: Reader) -> frozenset[str]:
        """The slots that have nothing to say of this reader; their sentences are left out."""
        names = [name for name in slots if not name.startswith("links.") or name == "links.privacy"]
        return frozenset(name for name in names if not fields.value(name, self.stock, reader))

    def _compile(
        self,
        plan: _Plan,
        shown: Sequence[tuple[_Line, Hashable, frozenset[str]]],
        own: frozenset[str],
        is_first_mail: Hashable,
    ) -> Variant | None:
        parts, counts = [], False
        for line, facets, missing in shown:
            data = self._build(plan, line, facets, missing)
            if data is not None:
                parts.append(Part(line.key, line.block.template or line.block.code, data))
                counts = counts or (line.block.counts and not line.raw.get("extra"))
        if not counts:
            return None
        reason = fields.without(plan.reason, own)
        data = plan.footer.build(self.stock, is_first_mail, {"reason": reason})
        self.compiled_count += 1
        return compiled(
            self.stock,
            language=plan.language,
            subject=fields.without(plan.subject, own),
            preheader=fields.without(plan.preheader, own),
            parts=parts,
            footer=Part(plan.footer.code, "footer", data or {}),
        )

    def _build(
        self, plan: _Plan, line: _Line, facets: Hashable, missing: frozenset[str]
    ) -> dict[str, Any] | None:
        key = (plan.name, plan.language, line.key, facets, missing)
        if key not in self._built:
            options = fields.without(line.options, missing)
            self._built[key] = line.block.build(self.stock, facets, options)
        return self._built[key]


def _carrier(mailing: Mailing, reader: Reader) -> str:
    """The topic whose consent carries the mail: the one the message names, else the first that is wanted."""
    wanted = (topic for topic in mailing.topics if (Subject.TOPIC, topic) in reader.consents)
    return reader.topic or next(wanted, "")


def _languages(content: Mapping[str, Any]) -> frozenset[str]:
    """Dutch, and English where the author wrote that too: never half a mail in each."""
    return frozenset({"nl", "en"}) if content.get("en") else frozenset({"nl"})


def _spoken(words: Mapping[str, Any], language: str) -> dict[str, Any]:
    """The options with those of this language over the Dutch ones."""
    said = {key: value for key, value in words.items() if key != "en"}
    return said | (words.get("en") or {}) if language == "en" else said


def _fingerprint(mailing: Mailing) -> str:
    """For a draft, which has no number yet and may change between two looks."""
    words = json.dumps([mailing.content, mailing.message_class, mailing.topics], sort_keys=True)
    return hashlib.sha256(words.encode()).hexdigest()
