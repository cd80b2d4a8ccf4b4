"""What can be asked of a person and their membership, column by column."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bibmail.tenancy.models import Branch
from members.models import Contact, Membership
from members.segments import ways, words
from members.segments.fields import Choices, Field, Group, register

COMPARISONS = ("gte", "lte", "gt", "lt", "eq")
# What a reduced fare is called would hint at income (law L-09): such a type reads as none.
_PUBLIC_TYPE = "(CASE WHEN m.is_reduced_fare THEN '' ELSE coalesce(m.membership_type, '') END)"
_VALID = "coalesce(m.enrolled_on <= %(today)s AND m.expires_on >= %(today)s, false)"
_AGE_SHOWN = "date_part('year', age(%(today)s::date, c.date_of_birth))::integer"


def _branches() -> Choices:
    return list(Branch.objects.order_by("name", "pk").values_list("code", "name"))


def _languages() -> Choices:
    return [("nl", _("Nederlands")), ("fr", _("Frans")), ("en", _("Engels")), ("de", _("Duits"))]


def _genders() -> Choices:
    return [("V", _("vrouw")), ("M", _("man")), ("X", "x")]


def _relations() -> Choices:
    return [(value, str(label)) for value, label in Contact.Relation.choices]


def _types() -> Choices:
    found = Membership.objects.filter(is_reduced_fare=False).exclude(membership_type="")
    return [
        (one, one)
        for one in found.order_by("membership_type").values_list("membership_type", flat=True).distinct()
    ]


def _statuses() -> Choices:
    found = (
        Membership.objects.exclude(status="").order_by("status").values_list("status", flat=True).distinct()
    )
    return [(one, one) for one in found]


def _relation_words(op: str, value: Any) -> str:
    known = dict(Contact.Relation.choices)
    asked = value if isinstance(value, list) else [value]
    named = words.listed([str(known.get(one, one)).lower() for one in asked])
    return _("is bij ons bekend als %(relation)s") % {"relation": named}


def _person() -> tuple[Field, ...]:
    return (
        Field(code="age", label=gettext_lazy("Leeftijd"), kind="age", operators=("gte", "lte", "gt", "lt"),
              sql=ways.age, shows=ways.plain(_AGE_SHOWN), words=words.age, most=120),
        Field(code="gender", label=gettext_lazy("Geslacht"), kind="choice", operators=("in",),
              sql=ways.column("nullif(c.gender, '')"), shows=ways.plain("nullif(c.gender, '')"), choices=_genders,
              words=words.chosen(gettext_lazy("is %(value)s"))),
        Field(code="postal_code", label=gettext_lazy("Postcode"), kind="code", operators=("in", "eq"),
              sql=ways.column("c.postal_code"), shows=ways.plain("c.postal_code"),
              words=lambda op, value: _("woont in %(codes)s") % {"codes": words.listed(value)}),
        Field(code="city", label=gettext_lazy("Gemeente"), kind="text", operators=("in",),
              sql=ways.column("c.city"), shows=ways.plain("c.city"),
              words=words.chosen(gettext_lazy("woont in de gemeente %(value)s"))),
        Field(code="language", label=gettext_lazy("Taal"), kind="choice", operators=("in", "eq", "neq"),
              sql=ways.column("c.language"), shows=ways.plain("c.language"), choices=_languages,
              words=lambda op, value: _("leest in het %(language)s") % {"language": words.listed(value)}),
        Field(code="relation", label=gettext_lazy("Soort relatie"), kind="choice", operators=("in", "eq"),
              sql=ways.column("c.relation"), choices=_relations, words=_relation_words),
        Field(code="has_email", label=gettext_lazy("E-mailadres"), kind="yes_no", operators=("is",),
              sql=ways.yes_no("c.email_norm <> ''"),
              words=words.whether(gettext_lazy("heeft een e-mailadres"), gettext_lazy("heeft geen e-mailadres"))),
        Field(code="birthday", label=gettext_lazy("Verjaardag"), kind="birthday", operators=("lte", "eq", "gte"),
              sql=ways.birthday, shows=ways.plain("c.date_of_birth"), most=60,
              words=words.by_op({"lte": gettext_lazy("is jarig binnen %(days)s"),
                                 "eq": gettext_lazy("is jarig over precies %(days)s"),
                                 "gte": gettext_lazy("was jarig in de laatste %(days)s")})),
        Field(code="interest", label=gettext_lazy("Zei van zichzelf"), kind="one", operators=("is",),
              sql=ways.interest, choices=lambda: [("studying", _("Ik kom studeren in de bib"))],
              words=lambda op, value: _("zei zelf: ‘Ik kom studeren in de bib’")),
    )  # fmt: skip


def _membership() -> tuple[Field, ...]:
    group = Group.MEMBERSHIP
    return (
        Field(code="membership_valid", label=gettext_lazy("Geldig lidmaatschap"), kind="yes_no", operators=("is",),
              sql=ways.yes_no(_VALID), shows=ways.plain("m.expires_on"), group=group,
              words=words.whether(gettext_lazy("heeft een geldig lidmaatschap"),
                                  gettext_lazy("heeft geen geldig lidmaatschap"))),
        Field(code="branch", label=gettext_lazy("Vestiging"), kind="choice", operators=("in", "eq"),
              sql=ways.branch, choices=_branches, group=group,
              shows=ways.plain("(SELECT b.name FROM tenancy_branch AS b WHERE b.id = m.home_branch_id)"),
              words=lambda op, value: _("hoort bij vestiging %(branches)s") % {"branches": words.listed(value)}),
        Field(code="member_since", label=gettext_lazy("Lid sinds"), kind="days_ago", operators=("gte", "lte"),
              sql=ways.days_ago("m.enrolled_on"), shows=ways.plain("m.enrolled_on"), group=group,
              words=words.days(gettext_lazy("is al %(days)s of langer lid"),
                               gettext_lazy("werd lid in de laatste %(days)s"))),
        Field(code="expires_within", label=gettext_lazy("Lidmaatschap vervalt"), kind="days_ahead",
              operators=("lte", "eq"), sql=ways.days_ahead("m.expires_on"), shows=ways.plain("m.expires_on"),
              group=group,
              words=words.by_op({"lte": gettext_lazy("heeft een lidmaatschap dat vervalt binnen %(days)s"),
                                 "eq": gettext_lazy("heeft een lidmaatschap dat vervalt over precies %(days)s")})),
        Field(code="expired", label=gettext_lazy("Lidmaatschap verviel"), kind="days_ago", operators=("gte", "lte"),
              sql=ways.days_ago("m.expires_on", only_past=True), shows=ways.plain("m.expires_on"), group=group,
              words=words.days(gettext_lazy("heeft een lidmaatschap dat %(days)s geleden of vroeger verviel"),
                               gettext_lazy("heeft een lidmaatschap dat verviel in de laatste %(days)s"))),
        Field(code="renewed", label=gettext_lazy("Lidmaatschap verlengd"), kind="days_ago", operators=("gte", "lte"),
              sql=ways.days_ago("m.renewed_on"), shows=ways.plain("m.renewed_on"), group=group,
              words=words.days(gettext_lazy("verlengde het lidmaatschap %(days)s geleden of vroeger"),
                               gettext_lazy("verlengde het lidmaatschap in de laatste %(days)s"))),
        Field(code="membership_type", label=gettext_lazy("Type lidmaatschap"), kind="choice", operators=("in",),
              sql=ways.column(_PUBLIC_TYPE), shows=ways.plain(f"nullif({_PUBLIC_TYPE}, '')"), choices=_types,
              group=group, words=words.chosen(gettext_lazy("heeft als type lidmaatschap %(value)s"))),
        Field(code="membership_status", label=gettext_lazy("Stand van het lidmaatschap"), kind="choice",
              operators=("in", "eq", "neq"), sql=ways.column("coalesce(m.status, '')"), choices=_statuses,
              shows=ways.plain("m.status"), group=group,
              words=words.compared(gettext_lazy("stand van het lidmaatschap"))),
        Field(code="internet_block", label=gettext_lazy("Internetblokkade"), kind="yes_no", operators=("is",),
              sql=ways.yes_no("coalesce(m.has_internet_block, false)"), group=group,
              words=words.whether(gettext_lazy("moet de inschrijving nog bevestigen"),
                                  gettext_lazy("bevestigde de inschrijving"))),
        Field(code="keeps_loan_history", label=gettext_lazy("Houdt leenhistoriek bij"), kind="yes_no",
              operators=("is",), sql=ways.yes_no("coalesce(m.keeps_loan_history, false)"),
              data_use="use_loan_history", group=group,
              words=words.whether(gettext_lazy("houdt een leenhistoriek bij"),
                                  gettext_lazy("houdt geen leenhistoriek bij"))),
    )  # fmt: skip


def register_fields() -> None:
    """Let rules ask about people and memberships."""
    for field in (*_person(), *_membership()):
        register(field)
