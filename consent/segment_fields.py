"""What a rule can ask about consent, and the gate that makes data uses count (invariant 6)."""

from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from consent import topics
from members.segments import fields
from members.segments.fields import Choices, Field, Group, Params, UnfitValue
from members.segments.words import listed

# A person of alias `c`; {code} is a placeholder.
_IN_FORCE = """EXISTS (
        SELECT FROM consent_consent AS g
         WHERE g.contact_id = c.id AND g.subject = '{subject}' AND g.code = {code}
           AND g.opened_at <= %(at)s AND (g.closed_at IS NULL OR g.closed_at > %(at)s))"""

_ALL_DATA_USES = """
        SELECT g.contact_id, array_agg(g.code::text) AS uses
          FROM consent_consent AS g
         WHERE g.subject = 'data_use' AND g.opened_at <= %(at)s AND (g.closed_at IS NULL OR g.closed_at > %(at)s)
         GROUP BY g.contact_id"""

_DATA_USE = _IN_FORCE.replace("{subject}", "data_use")
_TOPIC = _IN_FORCE.replace("{subject}", "topic")


def _wants(op: str, value: Any, params: Params) -> str:
    codes = value if isinstance(value, list) else [value]
    if not codes or not all(isinstance(code, str) for code in codes):
        raise UnfitValue(repr(value))
    offered = (
        "NOT EXISTS (SELECT FROM consent_librarytopic AS v JOIN consent_topic AS t ON t.id = v.topic_id"
        " WHERE NOT v.is_offered AND t.code = {code})"
    )
    each = []
    for code in codes:
        placeholder = params.add(code)
        each.append(f"({_TOPIC.format(code=placeholder)} AND {offered.format(code=placeholder)})")
    return "(" + " OR ".join(each) + ")"


_ANY = """EXISTS (
        SELECT FROM consent_consent AS g
         WHERE g.contact_id = c.id AND g.subject = 'topic'
           AND g.opened_at <= %(at)s AND (g.closed_at IS NULL OR g.closed_at > %(at)s))"""


def _anything(op: str, value: Any, params: Params) -> str:
    if not isinstance(value, bool):
        raise UnfitValue(repr(value))
    return _ANY if value else f"NOT {_ANY}"


def _allows(op: str, value: Any, params: Params) -> str:
    if not isinstance(value, str):
        raise UnfitValue(repr(value))
    return _DATA_USE.format(code=params.add(value))


def _topics() -> Choices:
    """The topics that somebody can choose at this library."""
    return topics.names(language=get_language() or "nl")


def _uses() -> Choices:
    return [(use.code, use.label) for use in topics.data_uses(language=get_language() or "nl")]


def register() -> None:
    """Let rules ask about consent, and let data uses gate the other fields."""
    fields.register_data_use_gate(_DATA_USE, all_of_everybody=_ALL_DATA_USES)
    for field in (
        Field(code="wants_topic", label=gettext_lazy("Wil mail over"), kind="choice", operators=("in", "is"),
              sql=_wants, choices=_topics, group=Group.CONSENT,
              words=lambda op, value: _("wil mail over %(topics)s") % {"topics": listed(value)}),
        Field(code="wants_anything", label=gettext_lazy("Wil mail, waarover ook"), kind="yes_no", operators=("is",),
              sql=_anything, group=Group.CONSENT,
              words=lambda op, value: _("koos minstens één thema") if value else _("koos geen enkel thema")),
        Field(code="allows", label=gettext_lazy("Laat gegevens gebruiken"), kind="one", operators=("is",),
              sql=_allows, choices=_uses, group=Group.CONSENT,
              words=lambda op, value: _("laat gegevens gebruiken voor ‘%(use)s’") % {"use": value}),
    ):  # fmt: skip
        fields.register(field)
