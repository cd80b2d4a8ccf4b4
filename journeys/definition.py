"""A version's definition, read once into steps: what the engine walks along."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import time
from typing import Any

from journeys.models import JourneyEntry


class UnfitDefinition(Exception):
    """This journey cannot run; the message names the step."""


@dataclass(frozen=True)
class MailChoice:
    """One text of a send step, and for whom."""

    mail: str
    rule: dict[str, Any] | None
    label: str


@dataclass(frozen=True)
class Side:
    """One side of a split."""

    side: str
    rule: dict[str, Any] | None
    then: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Step:
    """What every step has: its key, its words, and the step after it."""

    key: str
    label: str
    next: str = ""


@dataclass(frozen=True, kw_only=True)
class Send(Step):
    mails: Sequence[MailChoice]
    message_class: str
    basis: str
    topics: Sequence[str] = ()
    data_uses: Sequence[str] = ()
    priority: int = 40
    is_once_per_household_a_day: bool = False
    # What the trigger or the moment adds: "", "children", "story_time" or "period".
    facts: str = ""
    opens: time | None = None
    closes: time | None = None


@dataclass(frozen=True, kw_only=True)
class Wait(Step):
    days: int = 0
    # "entry", "previous" or "trigger".
    counted_from: str = "previous"
    until_period_ends: bool = False


@dataclass(frozen=True, kw_only=True)
class Split(Step):
    sides: Sequence[Side] = field(default_factory=tuple)


@dataclass(frozen=True, kw_only=True)
class End(Step):
    reason: str = JourneyEntry.Exit.COMPLETED


@dataclass(frozen=True)
class Definition:
    """A whole journey."""

    code: str
    label: str
    raw: dict[str, Any]
    steps: dict[str, Step]

    @property
    def first(self) -> Step:
        return next(iter(self.steps.values()))

    @property
    def topics(self) -> list[str]:
        """Without consent to one of these nobody enters; empty where the first mail is based on something else."""
        return list(self.raw.get("topics", []))

    @property
    def all_topics(self) -> list[str]:
        """Every topic that one of its mails may be carried by."""
        sends = [step for step in self.steps.values() if isinstance(step, Send)]
        return sorted({topic for step in sends for topic in step.topics} | set(self.topics))

    @property
    def data_uses(self) -> list[str]:
        return list(self.raw.get("data_uses", []))

    @property
    def sends(self) -> list[Send]:
        return [step for step in self.steps.values() if isinstance(step, Send)]

    @property
    def mails_count(self) -> int:
        """How many texts there are, each counted once."""
        return len({choice.mail for step in self.sends for choice in step.mails})

    @property
    def goal(self) -> dict[str, Any]:
        return dict(self.raw.get("goal") or {})


def read(raw: dict[str, Any]) -> Definition:
    """The definition as steps; raises UnfitDefinition where a step leads nowhere."""
    given = raw["steps"]
    keys = [step["key"] for step in given]
    if len(set(keys)) != len(keys):
        raise UnfitDefinition("a key stands twice")
    steps = {}
    for number, step in enumerate(given):
        after = step.get("next") or (keys[number + 1] if number + 1 < len(keys) else "")
        steps[step["key"]] = _step(step, after)
    for step in steps.values():
        leads_to = [side.then for side in step.sides] if isinstance(step, Split) else [step.next]
        if not isinstance(step, End) and not set(leads_to) <= set(keys):
            raise UnfitDefinition(step.key)
    return Definition(raw["code"], raw["label"], raw, steps)


def _step(step: dict[str, Any], after: str) -> Step:
    key, label = step["key"], step.get("label", step["key"])
    match step:
        case {"send": send}:
            return _send(key, label, after, send)
        case {"wait": wait}:
            return Wait(
                key=key,
                label=label,
                next=after,
                days=wait.get("days", wait.get("plus_days", 0)),
                counted_from=wait.get("from", "previous"),
                until_period_ends=wait.get("until_period_ends", False),
            )
        case {"split": sides, "else": other}:
            named = [Side(one["side"], one["if"], one["then"], one["label"]) for one in sides]
            last = Side(step.get("else_side", "else"), None, other, step.get("else_label", "de anderen"))
            return Split(key=key, label=label, sides=(*named, last))
        case {"end": reason}:
            return End(key=key, label=label, reason=reason)
    raise UnfitDefinition(key)


def _send(key: str, label: str, after: str, send: dict[str, Any]) -> Send:
    return Send(
        key=key,
        label=label,
        next=after,
        mails=[MailChoice(one["mail"], one.get("if"), one.get("label", "")) for one in send["mails"]],
        message_class=send["message_class"],
        basis=send["basis"],
        topics=send.get("topics", []),
        data_uses=send.get("data_uses", []),
        priority=send.get("priority", 40),
        is_once_per_household_a_day=send.get("merge") == "household_day",
        facts=send.get("facts", ""),
        opens=time.fromisoformat(send["opens"]) if "opens" in send else None,
        closes=time.fromisoformat(send["closes"]) if "closes" in send else None,
    )
