"""The figures of a newsletter as its page draws them: every mail accounted for, and what people did. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext as _

from campaigns import balance, sentences
from campaigns.balance import Balance, Count
from campaigns.models import Campaign
from campaigns.queries import LinkClicks, Volume
from campaigns.rule_words import of_stored
from consent.models import MessageClass


class Part(NamedTuple):
    """One piece of the bar that all mails make together."""

    label: str
    messages_count: int
    width: int
    colour: str


class Line(NamedTuple):
    """So many, and how wide that is beside the most."""

    label: str
    amount: int
    width: int


class Report(NamedTuple):
    """What became of all the mails of a newsletter."""

    balance: Balance
    parts: list[Part]
    reasons: list[Line]
    links: list[Line]

    @property
    def bar(self) -> str:
        """The bar in words."""
        return ", ".join(f"{part.label}: {part.messages_count}" for part in self.parts)

    @property
    def clicks_count(self) -> int:
        return sum(line.amount for line in self.links)

    @property
    def is_under_way(self) -> bool:
        return self.balance.waiting > 0

    @property
    def done_count(self) -> int:
        return self.balance.expected - self.balance.waiting

    @property
    def percent(self) -> int:
        return self.done_count * 100 // self.balance.expected if self.balance.expected else 100


class Row(NamedTuple):
    """A newsletter in the list."""

    campaign: Campaign
    balance: Balance

    @property
    def chip(self) -> str:
        """The colour of its state."""
        return {"draft": "", "scheduled": "brand", "sending": "brand", "done": "good", "paused": "bad"}.get(
            self.campaign.state, "warn"
        )

    @property
    def arrived_count(self) -> int:
        """Whoever called it spam had it."""
        return self.balance.delivered + self.balance.complained

    @property
    def moment(self) -> datetime:
        """When it left or will leave, else when it was begun."""
        return self.campaign.frozen_at or self.campaign.send_at or self.campaign.created_at


class Volumes(NamedTuple):
    """What journeys sent, with the sums that a sentence says."""

    rows: list[Volume]
    service_count: int
    marketing_count: int


def volumes(rows: list[Volume]) -> Volumes:
    def accepted(is_service: bool) -> int:
        return sum(
            row.accepted_count for row in rows if (row.message_class == MessageClass.SERVICE) is is_service
        )

    return Volumes(rows, accepted(True), accepted(False))


def balance_of(campaign: Campaign, counts: Sequence[Count]) -> Balance:
    """Expected is what was frozen, counted at that moment; without a freeze it is what there is."""
    frozen = of_stored(campaign.reach)
    return balance.of(counts, expected=frozen.will_get if frozen and campaign.frozen_at else None)


def of(campaign: Campaign, counts: Sequence[Count], links: Sequence[LinkClicks]) -> Report:
    found = balance_of(campaign, counts)
    clicked = [(link.label or link.url, link.clicks_count) for link in links if link.clicks_count]
    return Report(
        found,
        _parts(found),
        lines([(sentences.of_reason(reason).rstrip("."), count) for reason, count in found.reasons.items()]),
        lines(clicked[:10]),
    )


def _parts(found: Balance) -> list[Part]:
    """Pieces that are nothing are left out."""
    every = [
        (_("Aangekomen"), found.delivered + found.complained, "p1"),
        (_("Vertrokken, nog geen antwoord"), found.no_word, "p0"),
        (_("Wacht"), found.waiting, "line"),
        (_("Niet verstuurd, met reden"), found.not_sent, "p2"),
        (_("Teruggekomen"), found.bounced, "p4"),
        (_("Weten we nog niet"), found.unknown, "p3"),
    ]
    whole = found.expected or 1
    return [
        Part(label, count, max(1, round(count * 100 / whole)), colour)
        for label, count, colour in every
        if count
    ]


def lines(pairs: Sequence[tuple[str, int]]) -> list[Line]:
    most = max((count for _label, count in pairs), default=0) or 1
    return [Line(label, count, round(count * 100 / most)) for label, count in pairs]
