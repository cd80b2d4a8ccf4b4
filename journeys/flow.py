"""A definition as it is drawn: a trunk of steps from top to bottom, with lanes where people part.

Lanes that lead to the same step are one. Where two or more lanes come together again the trunk goes on; a lane
that goes straight to an end that stands further down says so, so that every step is drawn once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from journeys.definition import Definition, End, Side, Split, Step


@dataclass(frozen=True)
class Lane:
    """One way out of a split: the sides that take it, and the steps of that way alone."""

    sides: Sequence[Side]
    steps: "Sequence[Drawn]"
    # Back to the trunk, with the others.
    goes_on: bool
    # Not with the others: straight to an end that is drawn further down.
    goes_to_end: bool


@dataclass(frozen=True)
class Drawn:
    """One step, with its lanes where it is a split."""

    step: Step
    lanes: Sequence[Lane] = ()


def drawn(definition: Definition) -> list[Drawn]:
    """The whole journey, each step once."""
    return _Pen(definition).trunk(definition.first.key, stop=frozenset())


class _Pen:
    def __init__(self, definition: Definition) -> None:
        self._steps = definition.steps
        self._order = {key: number for number, key in enumerate(definition.steps)}

    def trunk(self, key: str, *, stop: frozenset[str]) -> list[Drawn]:
        """From this step down to an end, or to where another trunk goes on."""
        found = []
        while key and key not in stop:
            step = self._steps[key]
            if not isinstance(step, Split):
                found.append(Drawn(step))
                key = "" if isinstance(step, End) else step.next
                continue
            meets = self._meeting(step)
            below = stop | (self._from(meets) if meets else frozenset())
            ways = _ways(step).items()
            found.append(Drawn(step, [self._lane(sides, then, below, meets) for then, sides in ways]))
            key = meets
        return found

    def _lane(self, sides: Sequence[Side], then: str, below: frozenset[str], meets: str) -> Lane:
        steps = self.trunk(then, stop=below)
        last = self._after(steps, then)
        goes_on = last == meets != ""
        return Lane(sides, steps, goes_on, goes_to_end=not goes_on and isinstance(self._steps.get(last), End))

    def _after(self, steps: Sequence[Drawn], then: str) -> str:
        """Where a lane goes on; empty where it came to its own end."""
        if not steps:
            return then
        last = steps[-1].step
        return "" if isinstance(last, End | Split) else last.next

    def _meeting(self, split: Split) -> str:
        """The step at which the trunk goes on below the lanes; empty where each lane comes to its own end."""
        ways = list(_ways(split))
        going_on = [then for then in ways if not isinstance(self._steps[then], End)]
        if len(going_on) == 1 < len(ways) and self._parts_again(going_on[0]):
            # The others stop here; lanes inside a lane would only be narrow.
            return going_on[0]
        reached = [self._from(then) for then in ways]
        for key in sorted(frozenset.union(*reached), key=self._order.__getitem__):
            count = sum(key in way for way in reached)
            if count == len(reached) or (count > 1 and not isinstance(self._steps[key], End)):
                return key
        return ""

    def _parts_again(self, key: str) -> bool:
        return any(isinstance(self._steps[step], Split) for step in self._from(key))

    def _from(self, key: str) -> frozenset[str]:
        """This step and all that can come after it."""
        found: set[str] = set()
        ahead = [key]
        while ahead:
            here = ahead.pop()
            if here in found:
                continue
            found.add(here)
            step = self._steps[here]
            if isinstance(step, Split):
                ahead += [side.then for side in step.sides]
            elif not isinstance(step, End):
                ahead.append(step.next)
        return frozenset(found)


def _ways(split: Split) -> dict[str, list[Side]]:
    """The sides of a split by the step they lead to."""
    ways: dict[str, list[Side]] = {}
    for side in split.sides:
        ways.setdefault(side.then, []).append(side)
    return ways
