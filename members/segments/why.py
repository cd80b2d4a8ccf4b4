"""Why somebody is in a segment, or not: every question of the rule answered by the compiler that also selects."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection
from django.utils.formats import date_format, number_format

from members.models import Contact
from members.segments import PERSON, edit, fields, rules
from members.segments.fields import Params
from members.segments.rules import Rule


class Answer(NamedTuple):
    """One part of the rule: yes, no, or None where we do not know or may not say."""

    words: str
    holds: bool | None
    # False where the person did not grant the data use that the question needs.
    is_granted: bool
    value: str
    is_turned: bool
    joined_by: str
    parts: list["Answer"]


class Verdict(NamedTuple):
    """The answer for the whole rule, and for each part."""

    is_in: bool
    whole: Answer


def of(rule: Rule, contact: Contact, *, names: rules.Names, at: datetime) -> Verdict:
    """What the rule says of this person, in one query; raises UnfitRule."""
    whole, params = rules.expanded(rule), Params(at=at)
    columns = [f"({rules.condition(rule, params)})"]
    for one in _walk(whole):
        columns += _asked(one, params)
    params.values["contact"] = contact.pk
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)} FROM {PERSON} WHERE c.id = %(contact)s", params.values)
        found = iter(cursor.fetchone())
    is_person = contact.kind == Contact.Kind.PERSON and not contact.is_deceased
    return Verdict(next(found) is True and is_person, _answered(whole, found, names))


def _walk(rule: Rule) -> Iterator[Rule]:
    yield rule
    for one in edit.part(rule).parts or []:
        yield from _walk(one)


def _asked(rule: Rule, params: Params) -> list[str]:
    """Three columns of one part: does it hold, may we ask, and which value decided."""
    holds = f"({rules.condition_of_part(rule, params)})"
    leaf = edit.part(rule).rule
    if "field" not in leaf:
        return [holds, "true", "NULL::text"]
    field = fields.get(leaf["field"])
    shown = f"({field.shows(leaf['op'], leaf['value'], params)})" if field.shows else "NULL::text"
    may = fields.granted(field.data_use, params) if field.data_use else "true"
    return [holds, may, fields.gated(field, shown, params)]


def _answered(rule: Rule, found: Iterator[Any], names: rules.Names) -> Answer:
    holds, may, value = next(found), next(found), next(found)
    part = edit.part(rule)
    inner = [_answered(one, found, names) for one in part.parts or []]
    said = names.sentence(part.rule) if "field" in part.rule else ""
    return Answer(said, holds, bool(may), _read(value), part.is_turned, part.joined_by, inner)


def _read(value: Any) -> str:
    match value:
        case date():
            return date_format(value, "j F Y")
        case Decimal():
            return number_format(value.normalize(), use_l10n=True)
    return "" if value is None else str(value)
