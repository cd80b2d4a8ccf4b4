"""What the page of a journey draws: cards for steps, and lanes between them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple


class Figure(NamedTuple):
    """A number with its word; `step` where the people behind it can be looked at."""

    number: int
    words: str
    step: str = ""


class MailLine(NamedTuple):
    """One text of a send step, and for whom."""

    code: str
    subject: str
    whom: str


class Label(NamedTuple):
    """One side of a split; no count before anybody passed."""

    words: str
    number: int | None


@dataclass(frozen=True)
class Way:
    """One lane."""

    labels: Sequence[Label]
    nodes: "Sequence[Node]"
    goes_on: bool
    goes_to_end: bool


@dataclass(frozen=True, kw_only=True)
class Node:
    """One card of the flow."""

    kind: str
    icon: str
    title: str
    words: Sequence[str] = ()
    mails: Sequence[MailLine] = ()
    figures: Sequence[Figure] = ()
    # Why mails did not leave.
    reasons: Sequence[tuple[str, int]] = ()
    not_sent: int = 0
    ways: Sequence[Way] = field(default_factory=tuple)

    @property
    def merge(self) -> str:
        """How the line under two lanes runs: from both, or from the left one alone."""
        going_on = [way.goes_on for way in self.ways]
        if going_on == [True, True]:
            return "both"
        return "left" if going_on == [True, False] else ""
