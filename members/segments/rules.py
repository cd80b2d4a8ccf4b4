"""A rule as SQL and as a sentence. Rules are data: what does not fit is refused here, when it is saved."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from members.segments import fields
from members.segments.fields import Params, UnfitValue, UnknownField

Rule = Mapping[str, Any]

_MOST_LEAVES = 60
NOBODY = "false"


class UnfitRule(Exception):
    """This is no rule; the message names the part, for the person who wrote it."""


def condition(rule: Rule, params: Params, *, counts_only: bool = False) -> str:
    """The rule as an SQL condition over the aliases of `members.segments.PERSON`; raises UnfitRule.

    SQL's third value does the work of invariant 6: what needs a data use that was not granted is unknown,
    and neither the unknown nor its opposite selects anybody. `counts_only` asks without the data uses: for SQL
    that gives back nothing but counts (decision D7, purpose statistics).
    """
    if len(_leaves(rule)) > _MOST_LEAVES:
        raise UnfitRule(_("Een doelgroep kan hoogstens %(count)s regels hebben.") % {"count": _MOST_LEAVES})
    return _condition(rule, params, is_gated=not counts_only)


def _condition(rule: Rule, params: Params, *, is_gated: bool) -> str:
    if not rule:
        return NOBODY
    match rule:
        case {"all": [*parts]}:
            return _joined(parts, " AND ", params, is_gated=is_gated)
        case {"any": [*parts]}:
            return _joined(parts, " OR ", params, is_gated=is_gated)
        case {"not": part}:
            return f"NOT ({_condition(part, params, is_gated=is_gated)})" if part else NOBODY
        case {"field": str(code), "op": str(op), "value": value}:
            return _leaf(code, op, value, params, is_gated=is_gated)
    raise UnfitRule(_("Dit is geen regel die we begrijpen."))


def _joined(parts: list[Rule], word: str, params: Params, *, is_gated: bool) -> str:
    if not parts:
        return NOBODY
    return "(" + word.join(_condition(part, params, is_gated=is_gated) for part in parts) + ")"


def _leaf(code: str, op: str, value: Any, params: Params, *, is_gated: bool) -> str:
    try:
        field = fields.get(code)
        if op not in field.operators:
            raise UnfitValue(op)
        asked = field.sql(op, value, params)
        return f"({fields.gated(field, asked, params) if is_gated else asked})"
    except UnknownField:
        raise UnfitRule(_("We kennen ‘%(field)s’ niet.") % {"field": code}) from None
    except UnfitValue as unfit:
        raise UnfitRule(
            _("‘%(value)s’ past niet bij ‘%(field)s’.") % {"value": unfit, "field": fields.get(code).label}
        ) from None


def _leaves(rule: Rule) -> list[Rule]:
    match rule:
        case {"all": [*parts]} | {"any": [*parts]}:
            return [leaf for part in parts for leaf in _leaves(part)]
        case {"not": part}:
            return _leaves(part)
    return [rule] if rule else []


def data_uses(rule: Rule) -> frozenset[str]:
    """The data uses a person must have granted before this rule can say anything of them."""
    needed = (fields.get(leaf["field"]).data_use for leaf in _leaves(rule) if "field" in leaf)
    return frozenset(use for use in needed if use)


def explain(rule: Rule) -> str:
    """The rule as a Dutch sentence part: `is 18 jaar of ouder en heeft een geldig lidmaatschap`."""
    match rule:
        case {"all": [*parts]}:
            return _(" en ").join(_explained(part) for part in parts)
        case {"any": [*parts]}:
            return _(" of ").join(_explained(part) for part in parts)
        case {"not": part}:
            return _("niet: %(rule)s") % {"rule": _explained(part)}
        case {"field": code, "op": op, "value": value}:
            return fields.get(code).words(op, value)
    return _("niemand: er is nog geen regel")


def _explained(rule: Rule) -> str:
    """A group inside a group gets brackets."""
    words = explain(rule)
    return f"({words})" if len(_leaves(rule)) > 1 else words
