"""A rule while it is built: groups and questions at a path. Pure; every function gives back a new rule.

A path is the places from the root down: () is the root group, (2, 0) the first part of its third part. A part that
is turned round (`not`) has the path of what it turns round.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

Rule = Mapping[str, Any]
Path = tuple[int, ...]

# Groups in the root, and groups in those.
DEEPEST = 3


class NoSuchPart(Exception):
    """This rule has nothing at that place: somebody else changed it meanwhile."""


class Part(NamedTuple):
    """A question or a group as the builder shows it: what it is without its `not`."""

    rule: Rule
    is_turned: bool

    @property
    def parts(self) -> list[Rule] | None:
        """What is in the group; None for a question."""
        if "all" in self.rule or "any" in self.rule:
            return list(self.rule.get("all", self.rule.get("any", [])))
        return None

    @property
    def joined_by(self) -> str:
        return "any" if "any" in self.rule else "all"


def part(rule: Rule) -> Part:
    """The rule without its `not`, and whether it had one."""
    turned = False
    while "not" in rule:
        rule, turned = rule["not"], not turned
    return Part(rule, turned)


def rooted(rule: Rule) -> Rule:
    """The same rule with a group as its root, as every builder begins."""
    if not rule:
        return {"all": []}
    found = part(rule)
    return rule if found.parts is not None and not found.is_turned else {"all": [rule]}


def at(rule: Rule, path: Path) -> Part:
    """What stands at this place; raises NoSuchPart."""
    found = part(rooted(rule))
    for place in path:
        parts = found.parts
        if parts is None or not 0 <= place < len(parts):
            raise NoSuchPart
        found = part(parts[place])
    return found


def added(rule: Rule, path: Path, new: Rule) -> Rule:
    """One more part at the end of the group at this place; raises NoSuchPart."""
    return _changed(rule, path, lambda parts: [*parts, new])


def grouped(rule: Rule, path: Path) -> Rule:
    """An empty group, in which one question is enough, at the end of the group there; raises NoSuchPart."""
    if len(path) + 1 >= DEEPEST:
        raise NoSuchPart
    other = "all" if at(rule, path).joined_by == "any" else "any"
    return added(rule, path, {other: []})


def replaced(rule: Rule, path: Path, new: Rule) -> Rule:
    """Another question in the same place, turned round when the first was; raises NoSuchPart."""
    turned = at(rule, path).is_turned
    return _set(rule, path, {"not": new} if turned else new)


def turned(rule: Rule, path: Path) -> Rule:
    """The part turned round, or back; raises NoSuchPart."""
    found = at(rule, path)
    return _set(rule, path, found.rule if found.is_turned else {"not": found.rule})


def removed(rule: Rule, path: Path) -> Rule:
    """The rule without this part; raises NoSuchPart."""
    at(rule, path)
    return _changed(rule, path[:-1], lambda parts: [*parts[: path[-1]], *parts[path[-1] + 1 :]])


def moved(rule: Rule, path: Path, *, by: int) -> Rule:
    """The part one place up (-1) or down (1); at the edge it stays. Raises NoSuchPart."""
    at(rule, path)
    place, other = path[-1], path[-1] + by

    def swap(parts: Sequence[Rule]) -> list[Rule]:
        found = list(parts)
        if 0 <= other < len(found):
            found[place], found[other] = found[other], found[place]
        return found

    return _changed(rule, path[:-1], swap)


def joined(rule: Rule, path: Path, joined_by: str) -> Rule:
    """The group in which all must hold, or any is enough; raises NoSuchPart."""
    found = at(rule, path)
    if found.parts is None or joined_by not in {"all", "any"}:
        raise NoSuchPart
    group: Rule = {joined_by: found.parts}
    return _set(rule, path, {"not": group} if found.is_turned else group)


def _changed(rule: Rule, path: Path, change: Any) -> Rule:
    found = at(rule, path)
    if found.parts is None:
        raise NoSuchPart
    group: Rule = {found.joined_by: change(found.parts)}
    return _set(rule, path, {"not": group} if found.is_turned else group)


def _set(rule: Rule, path: Path, new: Rule) -> Rule:
    """The rule with this at that place, `not` and all."""
    root = rooted(rule)
    if not path:
        return new
    found = part(root)
    parts = found.parts
    if parts is None or not 0 <= path[0] < len(parts):
        raise NoSuchPart
    inner = parts[path[0]]
    if len(path) == 1:
        parts[path[0]] = new
    else:
        below = part(inner)
        changed = _set(below.rule, path[1:], new)
        parts[path[0]] = {"not": changed} if below.is_turned else changed
    group: Rule = {found.joined_by: parts}
    return {"not": group} if found.is_turned else group
