"""Figures ready to be drawn: templates/ui/_bars.html, _progress.html. The templates do no sums."""

from collections.abc import Sequence
from typing import NamedTuple


class Bar(NamedTuple):
    """One bar: what it stands for, how many, and its height out of 100."""

    label: str
    value: int
    height: int
    is_high: bool


class Bars(NamedTuple):
    """A row of bars that says its message in words, with the first and last label under the axis."""

    message: str
    head: str
    bars: list[Bar]

    @property
    def first(self) -> str:
        return self.bars[0].label

    @property
    def last(self) -> str:
        return self.bars[-1].label


def bars(points: Sequence[tuple[str, int]], *, message: str, head: str) -> Bars:
    """Bars whose tallest is 100; the tallest is marked when it stands out by half above the average."""
    tallest = max((count for _, count in points), default=0)
    average = sum(count for _, count in points) / (len(points) or 1)
    return Bars(
        message,
        head,
        [
            Bar(
                label,
                count,
                round(count * 100 / tallest) if tallest else 0,
                is_high=count == tallest and tallest > average * 1.5,
            )
            for label, count in points
        ],
    )


class Progress(NamedTuple):
    """Long work: so many done of so many, what is being counted, and a word about when."""

    label: str
    done: int
    total: int
    words: str
    note: str = ""

    @property
    def percent(self) -> int:
        return min(100, self.done * 100 // self.total) if self.total else 0
