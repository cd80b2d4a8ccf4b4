"""What rules mean, said slowly and plainly in Python: written from the fields' words, never from their SQL.

True, False or None (unknown): who did not grant a data use is unknown to whatever needs it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from members.kinds import RULES
from members.models import ActivityKind

Rule = Mapping[str, Any]
Truth = bool | None


@dataclass
class Person:
    """All that we know of one person."""

    born: date | None = None
    gender: str = ""
    postal_code: str = ""
    email: str = ""
    language: str = "nl"
    enrolled: date | None = None
    expires: date | None = None
    is_member: bool = False
    branch: str | None = None
    grants: set[str] = field(default_factory=set)
    topics: set[str] = field(default_factory=set)
    # Kind, day, branch, and whether it really took place.
    acts: Sequence[tuple[str, date, str | None, bool]] = field(default_factory=list)
    # The library's own fields: by code a text, a number or a day.
    own: Mapping[str, str | Decimal | date] = field(default_factory=dict)
    # Mails: the day one came, whether it arrived, and the day its link was followed.
    mails: Sequence[tuple[date, bool, date | None]] = field(default_factory=list)
    # Dates of birth of linked children.
    children: list[date] = field(default_factory=list)


def holds(rule: Rule, person: Person, today: date) -> Truth:
    """Whether the rule holds of the person on this day."""
    if "all" in rule:
        return _all([holds(part, person, today) for part in rule["all"]])
    if "any" in rule:
        return _not(_all([_not(holds(part, person, today)) for part in rule["any"]]))
    if "not" in rule:
        return _not(holds(rule["not"], person, today))
    if not rule:
        return None
    code, op, value = rule["field"], rule["op"], rule["value"]
    need = data_use(code)
    if need and need not in person.grants:
        return None
    return _ask(code, op, value, person, today)


def data_use(code: str) -> str | None:
    """Without which this field says nothing."""
    for prefix in ("window_", "last_", "ever_"):
        if code.startswith(prefix) and code != "last_active":
            return RULES[ActivityKind(code.removeprefix(prefix))].data_use
    return {
        "loans_count": "use_loan_history", "branches_used": "use_loan_history",
        "ebook_loans_count": "use_ebook_activity",
        "child_age": "use_linked_children", "children_count": "use_linked_children",
        "clicked": "measure_clicks",
    }.get(code)  # fmt: skip


def _all(parts: list[Truth]) -> Truth:
    if not parts:
        return None
    if False in parts:
        return False
    return None if None in parts else True


def _not(truth: Truth) -> Truth:
    return None if truth is None else not truth


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "gte": lambda a, b: a >= b,
    "lte": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "lt": lambda a, b: a < b,
    "eq": lambda a, b: a == b,
}


def _age(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _ago(day: date | None, op: str, days: int, today: date) -> Truth:
    return None if day is None else _COMPARE[op]((today - day).days, days)


def _ask(code: str, op: str, value: Any, person: Person, today: date) -> Truth:
    if code.startswith(("window_", "last_", "ever_")) and code != "last_active":
        return _ask_acts(code, op, value, person, today)
    done = [act for act in person.acts if act[3]]
    match code:
        case "age":
            return None if person.born is None else _COMPARE[op](_age(person.born, today), value)
        case "gender":
            return person.gender in value if person.gender else None
        case "postal_code":
            return person.postal_code in value
        case "language":
            return person.language in value
        case "has_email":
            return bool(person.email) is value
        case "birthday":
            return _birthday(person.born, op, value, today)
        case "membership_valid":
            valid = bool(person.is_member and person.enrolled and person.expires
                         and person.enrolled <= today <= person.expires)  # fmt: skip
            return valid is value
        case "branch":
            return None if person.branch is None else person.branch in value
        case "member_since":
            return _ago(person.enrolled, op, value, today)
        case "expires_within":
            return None if person.expires is None else 0 <= (person.expires - today).days <= value
        case "expired":
            if person.expires is None:
                return None
            return person.expires < today and _ago(person.expires, op, value, today)
        case "last_active":
            days = [day for _kind, day, _branch, really in person.acts if really]
            return _ago(max(days, default=None), op, value, today)
        case "loans_count" | "ebook_loans_count":
            kind = "loan" if code == "loans_count" else "ebook_loan"
            return _COMPARE[op](sum(act[0] == kind for act in done), value)
        case "branches_used":
            since = today - timedelta(days=365)
            used = {branch for kind, day, branch, _ in done if kind == "loan" and branch and day >= since}
            return len(used) >= int(value)
        case "child_age":
            return any(value[0] <= _age(born, today) <= value[1] for born in person.children)
        case "children_count":
            return _COMPARE[op](len(person.children), value)
        case "wants_topic":
            return bool(person.topics & set(value))
        case "wants_anything":
            return bool(person.topics) is value
        case "allows":
            return value in person.grants
        case "mailed":
            return _lately([day for day, arrived, _clicked in person.mails if arrived], op, value, today)
        case "clicked":
            return _lately([clicked for _day, _arrived, clicked in person.mails if clicked], op, value, today)
        case "own_text" | "own_number" | "own_day":
            return _ask_own(op, value, person.own.get(value["of"]), today)
    raise AssertionError(code)


def _ask_acts(code: str, op: str, value: Any, person: Person, today: date) -> Truth:
    asked, kind = code.split("_", 1)
    days = [day for one, day, _branch, really in person.acts if one == kind and really]
    if asked == "ever":
        return bool(days) is value
    if asked == "last":
        return _ago(max(days, default=None), op, value, today)
    lately = sum(day >= today - timedelta(days=value["days"]) for day in days)
    return _COMPARE[op](lately, value["times"])


def _birthday(born: date | None, op: str, days: int, today: date) -> Truth:
    if born is None:
        return None
    window = {"lte": range(days + 1), "eq": [days], "gte": range(-days, 1)}[op]
    return any(_is_birthday(born, today + timedelta(days=offset)) for offset in window)


def _is_birthday(born: date, day: date) -> bool:
    leap = day.year % 4 == 0 and (day.year % 100 != 0 or day.year % 400 == 0)
    if (born.month, born.day) == (2, 29) and not leap:
        return (day.month, day.day) == (2, 28)
    return (born.month, born.day) == (day.month, day.day)


def _lately(days: Sequence[date], op: str, most: int, today: date) -> Truth:
    return any(0 <= (today - day).days <= most for day in days) is (op == "lte")


def _ask_own(op: str, value: Any, known: Any, today: date) -> Truth:
    if op in {"known", "unknown"}:
        return (known is not None) is (op == "known")
    if known is None:
        return None
    match op:
        case "is" | "is_not":
            return (known == value["text"]) is (op == "is")
        case "starts":
            return bool(known.startswith(value["text"]))
        case "between":
            return bool(Decimal(value["least"]) <= known <= Decimal(value["most"]))
        case "before":
            return bool(known < date.fromisoformat(value["day"]))
        case "after":
            return bool(known > date.fromisoformat(value["day"]))
        case "last":
            return bool(0 <= (today - known).days <= value["days"])
        case "next":
            return bool(0 <= (known - today).days <= value["days"])
    return _COMPARE[op](known, Decimal(value["number"]))
