"""What a rule can ask of lists, relations and stages."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.models import Contact, ContactList, CustomField, ExternalSegmentCode, FunnelStage
from members.segments import fields, own_fields, words
from members.segments.fields import Choices, Field, Params, UnfitValue


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


def list_choices() -> Choices:
    """The lists of this library that are in use, by number as text."""
    rows = ContactList.objects.filter(is_archived=False).order_by("name", "pk").values_list("pk", "name")
    return [(str(pk), name) for pk, name in rows]


def _relations() -> Choices:
    return [(value, str(label)) for value, label in Contact.Relation.choices]


def _stages() -> Choices:
    return [(value, str(label)) for value, label in FunnelStage.Stage.choices]


def _external(op: str, value: Any, params: Params) -> str:
    pairs = [code.partition(":") for code in _codes(value)]
    return f"""EXISTS (SELECT FROM members_externalsegment AS x
        WHERE x.contact_id = c.id
          AND (x.scheme, x.code) IN (SELECT * FROM unnest({params.add([one[0] for one in pairs])}::text[],
                                                          {params.add([one[2] for one in pairs])}::text[])))"""


def external_choices() -> Choices:
    """The codes that came in from outside, as `scheme:code` with their label."""
    rows = ExternalSegmentCode.objects.order_by("scheme", "code").values_list("scheme", "code", "label")
    return [(f"{scheme}:{code}", f"{label or code} ({scheme})") for scheme, code, label in rows]


def _custom(op: str, value: Any, params: Params) -> str:
    pairs = [code.partition(":") for code in _codes(value)]
    return f"""EXISTS (SELECT FROM members_customvalue AS v JOIN members_customfield AS f ON f.id = v.field_id
        WHERE v.contact_id = c.id AND {own_fields.IN_FORCE}
          AND (f.code, CASE WHEN f.type = 'yes_no' THEN CASE WHEN v.flag THEN 'ja' ELSE 'nee' END ELSE v.text END)
              IN (SELECT * FROM unnest({params.add([one[0] for one in pairs])}::text[],
                                       {params.add([one[2] for one in pairs])}::text[])))"""


def custom_choices() -> Choices:
    """The answers of the library's own fields that are a choice or a yes, as `field:answer`."""
    found: list[tuple[str, str]] = []
    for field in CustomField.objects.in_use().filter(
        type__in=[CustomField.Type.CHOICE, CustomField.Type.YES_NO]
    ):
        answers = field.choices if field.type == CustomField.Type.CHOICE else ["ja", "nee"]
        found += [(f"{field.code}:{answer}", f"{field.label}: {answer}") for answer in answers]
    return found


def register() -> None:
    """Let rules ask about lists, relations, stages, codes from outside and the library's own fields."""
    for field in (
        Field(code="on_list", label=gettext_lazy("Staat op lijst"), kind="choice", operators=("in", "eq"),
              sql=_on_list, choices=list_choices,
              words=lambda op, value: _("staat op de lijst %(lists)s") % {"lists": words.listed(value)}),
        Field(code="relation", label=gettext_lazy("Soort relatie"), kind="choice", operators=("in", "eq"),
              sql=_relation, choices=_relations,
              words=lambda op, value: _("is bij ons bekend als %(relation)s") % {
                  "relation": _named(Contact.Relation.choices, value)}),
        Field(code="funnel_stage", label=gettext_lazy("Hoe dicht bij de bib"), kind="choice",
              operators=("in", "eq"), sql=_stage, choices=_stages,
              words=lambda op, value: _("is voor de bib: %(stage)s") % {
                  "stage": _named(FunnelStage.Stage.choices, value)}),
        Field(code="external_segment", label=gettext_lazy("Externe segmentcode"), kind="choice", operators=("in",),
              sql=_external, choices=external_choices,
              words=lambda op, value: _("heeft de externe segmentcode %(codes)s") % {"codes": words.listed(value)}),
        Field(code="custom", label=gettext_lazy("Eigen veld"), kind="choice", operators=("in",),
              sql=_custom, choices=custom_choices,
              words=lambda op, value: _("heeft als eigen veld %(answers)s") % {"answers": words.listed(value)}),
    ):  # fmt: skip
        fields.register(field)
    own_fields.register_fields()
