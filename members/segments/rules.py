"""A rule as SQL and as a sentence. Rules are data: what does not fit is refused here, when it is saved."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from members.segments import fields, inside
from members.segments.fields import Choices, Params, UnfitValue, UnknownField

Rule = Mapping[str, Any]

_MOST_LEAVES = 60
# Unknown: neither an empty rule nor its opposite selects anybody.
NOBODY = "NULL::boolean"


class UnfitRule(Exception):
    """This is no rule; the message names the part, for the person who wrote it."""


def condition(rule: Rule, params: Params, *, counts_only: bool = False) -> str:
    """The rule as an SQL condition over the aliases of `members.segments.PERSON`; raises UnfitRule.

    SQL's third value does the work of invariant 6: what needs a data use that was not granted is unknown,
    and neither the unknown nor its opposite selects anybody. `counts_only` asks without the data uses: for SQL
    that gives back nothing but counts (decision D7, purpose statistics).
    """
    whole = expanded(rule, params)
    if len(leaves(whole)) > _MOST_LEAVES:
        raise UnfitRule(_("Een doelgroep kan hoogstens %(count)s regels hebben.") % {"count": _MOST_LEAVES})
    return condition_of_part(whole, params, is_gated=not counts_only)


def expanded(rule: Rule, params: Params | None = None) -> Rule:
    """The rule with the segments it names written out; raises UnfitRule."""
    try:
        return inside.expanded(rule, params)
    except (inside.Loop, inside.UnknownSegment) as refusal:
        raise UnfitRule(str(refusal)) from None


def condition_of_part(rule: Rule, params: Params, *, is_gated: bool = True) -> str:
    """A part of an expanded rule, as `condition` compiles it; raises UnfitRule."""
    match rule:
        case {"all": [*parts]}:
            return _joined(parts, " AND ", params, is_gated=is_gated)
        case {"any": [*parts]}:
            return _joined(parts, " OR ", params, is_gated=is_gated)
        case {"not": part}:
            return f"NOT ({condition_of_part(part, params, is_gated=is_gated)})"
        case {"field": str(code), "op": str(op), "value": value}:
            return _leaf(code, op, value, params, is_gated=is_gated)
    if rule:
        raise UnfitRule(_("Dit is geen regel die we begrijpen."))
    return NOBODY


def _joined(parts: list[Rule], word: str, params: Params, *, is_gated: bool) -> str:
    if not parts:
        return NOBODY
    return "(" + word.join(condition_of_part(part, params, is_gated=is_gated) for part in parts) + ")"


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


def leaves(rule: Rule) -> list[Rule]:
    """The single questions of a rule, from first to last; a segment that is not written out is one."""
    match rule:
        case {"all": [*parts]} | {"any": [*parts]}:
            return [leaf for part in parts for leaf in leaves(part)]
        case {"not": part}:
            return leaves(part)
    return [rule] if rule else []


def data_uses(rule: Rule) -> frozenset[str]:
    """The data uses a person must have granted before this rule can say anything of them; raises UnfitRule."""
    needed = (fields.get(leaf["field"]).data_use for leaf in leaves(expanded(rule)) if "field" in leaf)
    return frozenset(use for use in needed if use)


def explain(rule: Rule) -> str:
    """The rule as a Dutch sentence part: `is 18 jaar of ouder en heeft een geldig lidmaatschap`."""
    return explain_by(rule, sentence)


def explain_by(rule: Rule, said: Callable[[Rule], str]) -> str:
    """The same, with the words that `said` has for one question."""
    match rule:
        case {"all": [*parts]} if parts:
            return _(" en ").join(_explained(part, said) for part in parts)
        case {"any": [*parts]} if parts:
            return _(" of ").join(_explained(part, said) for part in parts)
        case {"not": part} if part:
            return _("niet: %(rule)s") % {"rule": _explained(part, said)}
        case {"field": str(), "op": str(), "value": _value}:
            return said(rule)
    return _("niemand: er is nog geen regel")


def sentence(leaf: Rule) -> str:
    """One question in words, with the codes as they are; `Names` knows what they are called."""
    return fields.get(leaf["field"]).words(leaf["op"], leaf["value"])


def _explained(rule: Rule, said: Callable[[Rule], str]) -> str:
    """A group inside a group gets brackets."""
    words = explain_by(rule, said)
    return f"({words})" if len(leaves(rule)) > 1 else words


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    """Names for codes: of one, of each in a list, or of what the question is `of`."""
    match value:
        case list():
            return [names.get(one, one) for one in value]
        case {"of": str(code)}:
            return {**value, "of": names.get(code, code)}
    return names.get(str(value), value)


class Names:
    """What the codes in rules are called at this library; each list is asked for at most once."""

    def __init__(self) -> None:
        self._lists: dict[str, Choices] = {}

    def choices(self, code: str) -> Choices:
        """What can be chosen for this field, as code and name; nothing for one that takes a number or a yes."""
        if code not in self._lists:
            asked = fields.get(code).choices
            self._lists[code] = asked() if asked else []
        return self._lists[code]

    def sentence(self, leaf: Rule) -> str:
        """One question as people read it: `hoort bij vestiging Centrum`."""
        field, value = fields.get(leaf["field"]), leaf["value"]
        # A relation has words of its own.
        if field.choices and field.code != "relation":
            value = _renamed(value, dict(self.choices(field.code)))
        return field.words(leaf["op"], value)

    def whole(self, rule: Rule) -> str:
        """The rule as one sentence part: what is true of who it selects."""
        return explain_by(rule, self.sentence)
