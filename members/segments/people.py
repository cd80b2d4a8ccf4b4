"""Whom a rule selects, and how many: living persons, whatever the rule says."""

from collections.abc import Sequence
from datetime import datetime
from itertools import accumulate
from typing import Any, NamedTuple

from django.db import connection

from members.segments import PERSON, barriers, fields, rules
from members.segments.fields import Params
from members.segments.rules import Rule

_LIVING = "c.kind = 'person' AND NOT c.is_deceased"


def select(rule: Rule, *, at: datetime) -> tuple[str, dict[str, Any]]:
    """A SELECT of `contact_id` for living persons that the rule selects, and its parameters."""
    params = Params(at=at)
    condition = rules.condition(rule, params)
    return f"SELECT c.id AS contact_id FROM {PERSON} WHERE {_LIVING} AND {condition}", params.values


def count(rule: Rule, *, at: datetime) -> int:
    """How many people the rule selects now."""
    return counts_of([rule], at=at)[0]


def counts_of(asked: Sequence[Rule], *, at: datetime) -> list[int]:
    """How many people each rule selects, in one pass over the library's people (performance P6)."""
    params = Params(at=at)
    joined = fields.join_uses(params)
    counts = [f"count(*) FILTER (WHERE {rules.condition(rule, params)})" for rule in asked]
    return _row(counts, params, joined=joined)


def ids(rule: Rule, *, at: datetime) -> list[int]:
    """The contacts the rule selects, in id order; for tests and small libraries."""
    statement, params = select(rule, at=at)
    with connection.cursor() as cursor:
        cursor.execute(f"{statement} ORDER BY c.id", params)
        return [row[0] for row in cursor.fetchall()]


def some(rule: Rule, *, at: datetime, most: int = 5, turn: int = 0) -> list[int]:
    """A few of those the rule selects: any, and others at the next turn; raises UnfitRule."""
    statement, params = select(rule, at=at)
    # A hash of the number, so that the order is arbitrary and the same for the same turn.
    order = "ORDER BY hashint8extended(contact_id, %(turn)s::bigint) LIMIT %(most)s"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT contact_id FROM ({statement}) AS chosen {order}", params | {"turn": turn, "most": most}
        )
        return [row[0] for row in cursor.fetchall()]


def which(asked: Sequence[Rule], *, contact_id: int, at: datetime) -> list[bool]:
    """Whether each rule selects this person, in one query; raises UnfitRule."""
    params = Params(at=at)
    tests = [f"bool_or({rules.condition(rule, params)})" for rule in asked]
    params.values["contact"] = contact_id
    return [found is True for found in _row(tests, params, "AND c.id = %(contact)s")]


class Cost(NamedTuple):
    """How many of those who are meant did not grant a data use."""

    data_use: str
    people: int


class Reach(NamedTuple):
    """The bridge of a segment: who is meant, grants the data, has an address, and wants mail about the topic."""

    meant: int
    selected: int
    with_address: int
    wanting: int
    costs: list[Cost]
    # How many of those who want it are left after each reason to be kept from mail (`barriers`).
    left: list[int]


def reach(rule: Rule, *, topic: str, at: datetime) -> Reach:
    """How many drop out and why, in one statement; without a topic whoever wants anything is wanting."""
    params = Params(at=at)
    joined = fields.join_uses(params)
    meant = rules.condition(rule, params, counts_only=True)
    decided = f"{meant} AND {rules.condition(rule, params)}"
    wants: Rule = {"field": "wants_anything", "op": "is", "value": True}
    if topic:
        wants = {"field": "wants_topic", "op": "in", "value": [topic]}
    address = f"{decided} AND c.email_norm <> ''"
    wanting = f"{address} AND {rules.condition(wants, params)}"
    uses = sorted(rules.data_uses(rule))
    lacking = [f"{meant} AND NOT {fields.granted(use, params)}" for use in uses]
    free = list(accumulate((f" AND NOT {one.sql}" for one in barriers.all_barriers()), initial=wanting))[1:]
    asked = (meant, decided, address, wanting, *lacking, *free)
    counts = _row([f"count(*) FILTER (WHERE {one})" for one in asked], params, joined=joined)
    costs = [Cost(use, people) for use, people in zip(uses, counts[4:], strict=False)]
    return Reach(counts[0], counts[1], counts[2], counts[3], costs, counts[4 + len(uses) :])


class Overlap(NamedTuple):
    """Two segments side by side."""

    first: int
    second: int
    both: int


def overlap(first: Rule, second: Rule, *, at: datetime) -> Overlap:
    """How many people are in each and in both; raises UnfitRule."""
    return Overlap(*counts_of([first, second, {"all": [first, second]}], at=at))


class Split(NamedTuple):
    """Those a rule selects by age band (of ten years; None unknown) and by branch."""

    ages: list[tuple[int | None, int]]
    branches: list[tuple[str, int]]


_SPLIT = """
    WITH chosen AS (
        SELECT least(date_part('year', age(%(today)s::date, c.date_of_birth))::integer / 10, 8) AS band,
               m.home_branch_id AS branch_id
          FROM {person}
         WHERE {living} AND {condition}
    )
    SELECT grouping(g.band) AS is_branch, g.band, b.name, count(*)
      FROM chosen AS g
      LEFT JOIN tenancy_branch AS b ON b.id = g.branch_id
     GROUP BY GROUPING SETS ((g.band), (b.name))
     ORDER BY 1, 2 NULLS LAST, 4 DESC, 3
"""


def split(rule: Rule, *, at: datetime) -> Split:
    """How those it selects divide; raises UnfitRule."""
    params = Params(at=at)
    condition = rules.condition(rule, params)
    with connection.cursor() as cursor:
        cursor.execute(_SPLIT.format(person=PERSON, living=_LIVING, condition=condition), params.values)
        rows = cursor.fetchall()
    return Split(
        [(band, count) for is_branch, band, _name, count in rows if not is_branch],
        [(name or "", count) for is_branch, _band, name, count in rows if is_branch],
    )


def _row(counts: list[str], params: Params, among: str = "", *, joined: str = "") -> list[int]:
    if not counts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(counts)} FROM {PERSON} {joined} WHERE {_LIVING} {among}", params.values
        )
        return list(cursor.fetchone())
