"""What will happen to one mail, decided at the moment it is accepted.

The same address, tags and subject always meet the same fate in the same world (`Habits.seed`): a demo that is
played again tells the same story.
"""

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from bibmail.sandbox.esp.rates import Habits, Rates
from bibmail.sandbox.esp.records import Mail

WEBHOOK = "webhook"
ACT = "act"

_AT_ONCE = timedelta(0)


@dataclass
class Step:
    """One thing to do about a mail."""

    lane: str
    what: str
    # When it happened, and when somebody hears of it; domain time.
    happened_at: datetime
    due_at: datetime
    times: int = 1
    mail_id: int = 0
    number: int = 0
    tries: int = 0


def plan(mail: Mail, habits: Habits) -> list[Step]:
    """The steps of this mail in the order in which they are done; at least one."""
    rates = habits.of(mail.tags)
    seed = "\n".join((str(habits.seed), mail.email.lower(), *mail.tags, mail.subject))
    chance = Random(seed)  # noqa: S311  # a story, not a secret
    steps = [
        Step(lane, what, happened_at=mail.domain_at + after, due_at=mail.domain_at + after)
        for lane, what, after in _story(mail, rates, habits, chance)
    ]
    for step in steps:
        if step.lane == WEBHOOK and chance.random() < rates.duplicate:
            step.times = 2
    steps.sort(key=lambda step: step.due_at)
    if chance.random() < rates.out_of_order:
        steps = _disordered(steps)
    return [replace(step, mail_id=mail.id, number=number) for number, step in enumerate(steps)]


def bounces(email: str, share: float) -> bool:
    """Whether this address is one of those that do not exist; the same answer for ever."""
    digest = hashlib.sha256(email.lower().encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64 < share


def _story(mail: Mail, rates: Rates, habits: Habits, chance: Random) -> Iterator[tuple[str, str, timedelta]]:
    if habits.tells_requests:
        yield WEBHOOK, "request", _AT_ONCE
    if bounces(mail.email, rates.hard_bounce):
        yield WEBHOOK, "hard_bounce", _AT_ONCE
        return
    if chance.random() < rates.blocked:
        yield WEBHOOK, "blocked", _AT_ONCE
        return
    arrives = _AT_ONCE
    if chance.random() < rates.soft_bounce:
        yield WEBHOOK, "soft_bounce", _AT_ONCE
        if chance.random() >= rates.soft_then_delivered:
            return
        arrives = timedelta(minutes=chance.uniform(30, 240))
    yield WEBHOOK, "delivered", arrives
    for lane, what, after in _reading(rates, habits, chance):
        yield lane, what, arrives + after


def _reading(rates: Rates, habits: Habits, chance: Random) -> Iterator[tuple[str, str, timedelta]]:
    """What machines and people do with a mail that arrived."""
    if chance.random() < rates.scanner:
        yield ACT, "scan", _AT_ONCE
    if chance.random() < rates.prefetch:
        yield ACT, "prefetch", _AT_ONCE
    if chance.random() < rates.link_prefetch:
        yield ACT, "prefetch_link", _AT_ONCE
    reads = _delay(habits, chance)
    if chance.random() < rates.click:
        yield ACT, "click", reads
    if chance.random() < rates.preferences:
        weights = rates.choices
        if any(weights.values()):
            yield ACT, chance.choices(list(weights), list(weights.values()))[0], reads + timedelta(minutes=2)
    if chance.random() < rates.reply:
        yield ACT, "reply", reads + timedelta(minutes=10)
    if chance.random() < rates.unsubscribe:
        yield ACT, "unsubscribe", reads + timedelta(minutes=1)
    if chance.random() < rates.unsubscribed:
        yield WEBHOOK, "unsubscribed", reads + timedelta(minutes=1)
    if chance.random() < rates.complaint:
        yield WEBHOOK, "spam", reads + timedelta(minutes=3)


def _delay(habits: Habits, chance: Random) -> timedelta:
    """Until somebody reads: most soon, some a day later."""
    minutes = habits.minutes_until_half * math.exp(chance.gauss(0, 1.2))
    return timedelta(minutes=min(minutes, habits.hours_until_last * 60))


def _disordered(steps: list[Step]) -> list[Step]:
    """The first webhook overtaken by the others, or late where it is the only step."""
    first = next(step for step in steps if step.lane == WEBHOOK)
    others = [step for step in steps if step is not first]
    last = max((step.due_at for step in others), default=first.due_at + timedelta(minutes=40))
    return [*others, replace(first, due_at=max(last, first.due_at))]
