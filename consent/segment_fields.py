"""What a rule can ask about consent, and the gate that makes data uses count (invariant 6)."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.segments import fields
from members.segments.fields import Field, Params, UnfitValue

# A person of alias `c`; {code} is a placeholder.
_IN_FORCE = """EXISTS (
        SELECT FROM consent_consent AS g
         WHERE g.contact_id = c.id AND g.subject = '{subject}' AND g.code = {code}
           AND g.opened_at <= %(at)s AND (g.closed_at IS NULL OR g.closed_at > %(at)s))"""

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


def register() -> None:
    fields.register_data_use_gate(_DATA_USE)
    fields.register(
        Field(code="wants_topic", label=gettext_lazy("Wil mail over"), kind="code", operators=("is", "in"),
              sql=_wants, words=lambda op, value: _("wil mail over %(topics)s") % {
                  "topics": ", ".join(value) if isinstance(value, list) else value})
    )  # fmt: skip
