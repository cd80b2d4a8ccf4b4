"""A segment inside a rule: `{"field": "segment", "op": "is", "value": 7}` stands for the saved rule of segment 7."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.models import Segment
from members.segments.fields import Choices, Field, Group, Params, UnfitValue, register

Rule = Mapping[str, Any]
Known = Mapping[int, tuple[str, Rule]]

FIELD = "segment"


class Loop(Exception):
    """Segments that name each other; the message shows the round."""


class UnknownSegment(Exception):
    """A rule names a segment that is not there any more."""


def expanded(rule: Rule, params: Params | None = None) -> Rule:
    """The rule with the rules of the segments it names in their place; raises Loop and UnknownSegment.

    One query for all rules that share `params`, and none for a rule that names no segment.
    """
    if not named_in(rule):
        return rule
    known = (params and params.segments) or _known()
    if params:
        params.segments = known
    return _expanded(rule, known, ())


def named_in(rule: Rule) -> frozenset[int]:
    """The segments that a rule names itself."""
    match rule:
        case {"all": [*parts]} | {"any": [*parts]}:
            return frozenset(one for part in parts for one in named_in(part))
        case {"not": part}:
            return named_in(part)
        case {"field": "segment", "value": int(segment)}:
            return frozenset({segment})
    return frozenset()


def refuse_loop(rule: Rule, *, of: Segment) -> None:
    """Raises Loop when this rule, as the rule of this segment, would come back to the segment itself."""
    if named_in(rule):
        known = dict(_known()) | {of.pk: (of.name, rule)}
        _expanded(rule, known, (of.pk,))


def _known() -> Known:
    return {pk: (name, rule) for pk, name, rule in Segment.objects.values_list("pk", "name", "rule")}


def _expanded(rule: Rule, known: Known, path: tuple[int, ...]) -> Rule:
    match rule:
        case {"all": [*parts]}:
            return {"all": [_expanded(part, known, path) for part in parts]}
        case {"any": [*parts]}:
            return {"any": [_expanded(part, known, path) for part in parts]}
        case {"not": part}:
            return {"not": _expanded(part, known, path)}
        case {"field": "segment", "op": "is", "value": int(segment)}:
            if segment in path:
                raise Loop(_round([*path[path.index(segment) :], segment], known))
            if segment not in known:
                raise UnknownSegment(_("Een doelgroep waar deze regel naar verwijst, is er niet meer."))
            return {"all": [_expanded(known[segment][1], known, (*path, segment))]}
    return rule


def _round(path: list[int], known: Known) -> str:
    names = " → ".join(f"‘{known[one][0]}’" for one in path)
    return _("Deze doelgroepen verwijzen naar elkaar: %(round)s. Haal één van die regels weg.") % {
        "round": names
    }


def _names() -> Choices:
    return [(str(pk), name) for pk, name in Segment.objects.in_use().values_list("pk", "name")]


def _never(op: str, value: Any, params: Params) -> str:
    # `expanded` has put the rule in its place before anything is compiled.
    raise UnfitValue(repr(value))


def register_fields() -> None:
    """Let rules name a segment."""
    register(
        Field(code=FIELD, label=gettext_lazy("Andere doelgroep"), kind="one", operators=("is",), sql=_never,
              choices=_names, group=Group.SEGMENT,
              words=lambda op, value: _("hoort bij de doelgroep ‘%(name)s’") % {"name": value})
    )  # fmt: skip
