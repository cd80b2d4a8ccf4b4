"""Whom a rule selects."""

from datetime import datetime
from typing import Any

from django.db import connection

from members.segments import PERSON, rules
from members.segments.fields import Params
from members.segments.rules import Rule


def select(rule: Rule, *, at: datetime) -> tuple[str, dict[str, Any]]:
    """A SELECT of `contact_id` for living persons that the rule selects, and its parameters."""
    params = Params(at=at)
    condition = rules.condition(rule, params)
    living = "c.kind = 'person' AND NOT c.is_deceased"
    return f"SELECT c.id AS contact_id FROM {PERSON} WHERE {living} AND {condition}", params.values


def count(rule: Rule, *, at: datetime) -> int:
    """How many people the rule selects now."""
    statement, params = select(rule, at=at)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({statement}) AS selected", params)
        return int(cursor.fetchone()[0])


def ids(rule: Rule, *, at: datetime) -> list[int]:
    """The contacts the rule selects, in id order; for tests and small libraries."""
    statement, params = select(rule, at=at)
    with connection.cursor() as cursor:
        cursor.execute(f"{statement} ORDER BY c.id", params)
        return [row[0] for row in cursor.fetchall()]
