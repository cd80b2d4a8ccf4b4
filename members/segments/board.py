"""A rule as the builder draws it: cards in sentences, groups in groups, a count on each card."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext as _

from bibmail.tenancy import plots
from members.segments import edit, fields, people, rules
from members.segments.edit import Path
from members.segments.fields import Field
from members.segments.rules import Rule


class Card(NamedTuple):
    """A question or a group, with its place."""

    path: str
    words: str
    is_turned: bool
    joined_by: str
    # None for a question.
    parts: "list[Card] | None"
    people: int
    is_first: bool
    is_last: bool
    may_nest: bool
    data_use: str


def path_of(said: str) -> Path:
    """ "0.2" as a path; raises NoSuchPart."""
    try:
        return tuple(int(place) for place in said.split(".") if place)
    except ValueError:
        raise edit.NoSuchPart from None


class Board(NamedTuple):
    """The whole rule as cards, and how many people it selects now."""

    root: Card
    people: int


def of(rule: Rule, *, names: rules.Names, at: datetime) -> Board:
    """The cards of a rule, counted in one pass; raises UnfitRule."""
    root = edit.rooted(rule)
    counts = people.counts_of([root, *rules.leaves(root)], at=at)
    return Board(_card(root, (), iter(counts[1:]), names, is_first=True, is_last=True), counts[0])


def _card(
    rule: Rule, path: Path, counts: Iterator[int], names: rules.Names, *, is_first: bool, is_last: bool
) -> Card:
    found = edit.part(rule)
    inner, said, count, data_use = None, "", 0, ""
    if found.parts is None:
        said, count = names.sentence(found.rule), next(counts)
        data_use = fields.get(found.rule["field"]).data_use or ""
    else:
        last = len(found.parts) - 1
        inner = [
            _card(one, (*path, place), counts, names, is_first=place == 0, is_last=place == last)
            for place, one in enumerate(found.parts)
        ]
    return Card(
        ".".join(map(str, path)), said, found.is_turned, found.joined_by, inner, count, is_first, is_last,
        len(path) + 1 < edit.DEEPEST, data_use,
    )  # fmt: skip


def next_focus(what: str, path: Path, rule: Rule) -> str:
    """The id of the element where the keyboard goes on after a step that made this rule."""
    match what:
        case "groep":
            path = (*path, len(edit.at(rule, path).parts or ()) - 1)
            prefix = "veld"
        case "weg":
            path, prefix = path[:-1], "veld"
        case "hoger" | "lager":
            # With the part that moved, to move it again; at the edge only the other way is left.
            last = len(edit.at(rule, path[:-1]).parts or ()) - 1
            place = min(max(path[-1] + (-1 if what == "hoger" else 1), 0), last)
            path = (*path[:-1], place)
            prefix = {("hoger", 0): "lager", ("lager", last): "hoger"}.get((what, place), what)
        case _:
            prefix = {"keer-om": "keer"}.get(what, what)
    return f"{prefix}-{'.'.join(map(str, path))}"


class Shelf(NamedTuple):
    """The fields under one heading of the list from which a new rule is chosen."""

    label: str
    fields: list[Field]


def shelves() -> list[Shelf]:
    """Every field that a segment can ask about, by group."""
    offered = fields.for_segments()
    return [
        Shelf(str(group.value), [field for field in offered if field.group is group])
        for group in fields.Group
    ]


class Split(NamedTuple):
    """How the selected people divide, ready to be drawn."""

    ages: plots.Bars | None
    branches: list[tuple[str, int, int]]


def drawn(split: people.Split) -> Split:
    """Bars by age of ten years, and a meter for each branch."""
    ages = [(_band(band), count) for band, count in split.ages]
    most = max((count for _name, count in split.branches), default=1)
    branches = [
        (name or str(_("Zonder vestiging")), count, round(count * 100 / most))
        for name, count in split.branches
    ]
    if not ages:
        return Split(None, branches)
    top = max(ages, key=lambda one: one[1])
    message = _("De grootste groep is %(age)s.") % {"age": top[0]}
    return Split(plots.bars(ages, message=message, head=_("Leeftijd")), branches)


def _band(band: int | None) -> str:
    if band is None:
        return _("onbekend")
    return _("80 jaar of ouder") if band == 8 else f"{band * 10}–{band * 10 + 9}"


def only(choices: Sequence[tuple[str, str]], code: str) -> str:
    """The name of a code among choices, or the code."""
    return dict(choices).get(code, code)
