"""What a rule can ask of lists, relations and stages."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.models import Contact, ContactList, FunnelStage
from members.segments import fields
from members.segments.fields import Compile, Field, Params, UnfitValue


def _codes(value: Any) -> list[str]:
    codes = value if isinstance(value, list) else [value]
    if not codes or not all(isinstance(code, str) for code in codes):
        raise UnfitValue(repr(value))
    return codes


def _on_list(op: str, value: Any, params: Params) -> str:
    codes = _codes(value)
    if not all(code.isascii() and code.isdigit() and len(code) < 19 for code in codes):
        raise UnfitValue(repr(value))
    return f"""EXISTS (SELECT FROM members_listmember AS l
        WHERE l.contact_id = c.id AND l.contact_list_id = ANY({params.add([int(code) for code in codes])})
          AND l.since <= %(at)s AND (l.until IS NULL OR l.until > %(at)s))"""


def _relation(op: str, value: Any, params: Params) -> str:
    wanted = params.add(_codes(value))
    return f"""(c.relation = ANY({wanted}) OR EXISTS (SELECT FROM members_contactrelation AS r
        WHERE r.contact_id = c.id AND r.relation = ANY({wanted})
          AND r.since <= %(at)s AND (r.until IS NULL OR r.until > %(at)s)))"""


def _stage(op: str, value: Any, params: Params) -> str:
    return f"""EXISTS (SELECT FROM members_funnelstage AS f
        WHERE f.contact_id = c.id AND f.stage = ANY({params.add(_codes(value))})
          AND f.since <= %(at)s AND (f.until IS NULL OR f.until > %(at)s))"""


def _named(choices: Any, value: Any) -> str:
    names = dict(choices)
    return ", ".join(
        str(names.get(code, code)).lower() for code in (value if isinstance(value, list) else [value])
    )


def list_choices() -> list[tuple[str, str]]:
    """The lists of this library that are in use, by number as text."""
    rows = ContactList.objects.filter(is_archived=False).order_by("name", "pk").values_list("pk", "name")
    return [(str(pk), name) for pk, name in rows]


_FIELDS: tuple[tuple[str, Any, Compile, Any], ...] = (
    ("on_list", gettext_lazy("Staat op lijst"), _on_list,
     lambda op, value: _("staat op de lijst %(lists)s") % {
         "lists": ", ".join(value) if isinstance(value, list) else value}),
    ("relation", gettext_lazy("Soort relatie"), _relation,
     lambda op, value: _("is bij ons bekend als %(relation)s") % {
         "relation": _named(Contact.Relation.choices, value)}),
    ("funnel_stage", gettext_lazy("Hoe dicht bij de bib"), _stage,
     lambda op, value: _("is voor de bib: %(stage)s") % {"stage": _named(FunnelStage.Stage.choices, value)}),
)  # fmt: skip


def register() -> None:
    for code, label, sql, words in _FIELDS:
        fields.register(
            Field(code=code, label=label, kind="choice", operators=("in", "eq"), sql=sql, words=words)
        )
