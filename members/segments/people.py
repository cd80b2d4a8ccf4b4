"""Whom a rule selects, and how many: living persons, whatever the rule says."""

from collections.abc import Sequence
from datetime import datetime
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
    conditions = [rules.condition(rule, params) for rule in asked]
    return _row(conditions, [_count(n) for n in range(len(asked))], params, joined=joined)


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
    conditions = [rules.condition(rule, params) for rule in asked]
    tests = [f"bool_or(q{n})" for n in range(len(asked))]
    params.values["contact"] = contact_id
    return [found is True for found in _row(conditions, tests, params, "AND c.id = %(contact)s")]


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
    wants: Rule = {"field": "wants_anything", "op": "is", "value": True}
    if topic:
        wants = {"field": "wants_topic", "op": "in", "value": [topic]}
    uses = sorted(rules.data_uses(rule))
    path = [
        rules.condition(rule, params, counts_only=True),
        rules.condition(rule, params),
        "c.email_norm <> ''",
        rules.condition(wants, params),
        *(f"NOT {one.sql}" for one in barriers.all_barriers()),
    ]
    lacking = [f"NOT {fields.granted(use, params)}" for use in uses]
    # Each count is of those who are on the path so far; what a data use costs is counted among the first of it.
    counts = [_count(*range(n + 1)) for n in range(len(path))]
    counts += [_count(0, len(path) + n) for n in range(len(uses))]
    found = _row([*path, *lacking], counts, params, joined=joined)
    costs = [Cost(use, people) for use, people in zip(uses, found[len(path) :], strict=True)]
    return Reach(found[0], found[1], found[2], found[3], costs, found[4 : len(path)])


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


# Conditions become columns first: written straight into the counts they are planned as if each were asked
# once, and whoever has a consent is then looked up person by person. OFFSET 0 keeps the two apart.
_ROW = """
    SELECT {counts}
      FROM (SELECT {columns} FROM {person} {joined} WHERE {living} {among} OFFSET 0) AS asked
"""


def _row(
    conditions: Sequence[str], counts: Sequence[str], params: Params, among: str = "", *, joined: str = ""
) -> list[int]:
    """One aggregate after another over the columns q0, q1, … that the conditions are."""
    if not counts:
        return []
    columns = ", ".join(f"{condition} AS q{n}" for n, condition in enumerate(conditions))
    statement = _ROW.format(
        counts=", ".join(counts), columns=columns, person=PERSON, joined=joined, living=_LIVING, among=among
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, params.values)
        return list(cursor.fetchone())


def _count(*columns: int) -> str:
    """How many of whom all these hold."""
    return f"count(*) FILTER (WHERE {' AND '.join(f'q{n}' for n in columns)})"
