"""What only a journey asks: of somebody on the way, or of the library itself."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.segments import fields
from members.segments.fields import Field, Params, UnfitValue, number
from members.segments.ways import born_between

# Both codes are in use: the files of libraries, and UiTdatabank's word.
STORY_TIME_KINDS = ("voorleesuurtje", "story_time")


def story_time_sql(days: str, *, at: str = "%(at)s") -> str:
    """SQL for the first coming story time that fits a child of the adult `c`, as an event id or NULL."""
    kinds = ", ".join(f"'{kind}'" for kind in STORY_TIME_KINDS)
    return f"""(
        SELECT v.id
          FROM campaigns_libraryevent AS v
          JOIN members_householdmember AS own ON own.contact_id = c.id AND own.role = 'adult'
           AND own.unlinked_on IS NULL
          JOIN members_householdmember AS child ON child.household_id = own.household_id
           AND child.role = 'child' AND child.unlinked_on IS NULL
          JOIN members_contact AS k ON k.id = child.contact_id
         WHERE v.kind IN ({kinds}) AND v.status = 'available'
           AND v.starts_at > {at} AND v.starts_at <= {at}::timestamptz + make_interval(days => {days})
           AND k.date_of_birth <= (v.starts_at::date - make_interval(years => coalesce(v.min_age, 0)))
           AND k.date_of_birth > (v.starts_at::date - make_interval(years => coalesce(v.max_age, 11) + 1))
         ORDER BY v.starts_at, v.id
         LIMIT 1)"""


def _story_time(op: str, value: Any, params: Params) -> str:
    return f"{story_time_sql(params.add(number(value)))} IS NOT NULL"


def _capability(op: str, value: Any, params: Params) -> str:
    if not isinstance(value, list) or not value:
        raise UnfitValue(repr(value))
    wanted = params.add(value)
    return f"""(SELECT count(*) FROM campaigns_capability
                 WHERE is_active AND service = ANY({wanted})) = cardinality({wanted}::text[])"""


def _age_or_unknown(op: str, value: Any, params: Params) -> str:
    comparison, born = born_between(op, number(value), params.today)
    return f"coalesce(c.date_of_birth {comparison} {params.add(born)}::date, true)"


def register() -> None:
    for field in (
        Field(code="story_time_for_children", label=gettext_lazy("Voorleesuurtje"), kind="number",
              operators=("is",), sql=_story_time, data_use="use_linked_children", is_for_segments=False,
              words=lambda op, value: _("er is een voorleesuurtje binnen %(days)s dagen") % {"days": value}),
        Field(code="capability", label=gettext_lazy("Aanbod van de bib"), kind="code", operators=("is",),
              sql=_capability, is_for_segments=False,
              words=lambda op, value: _("de bib heeft %(services)s") % {"services": ", ".join(value)}),
        Field(code="age_or_unknown", label=gettext_lazy("Leeftijd, waar we die kennen"), kind="age",
              operators=("gte",), sql=_age_or_unknown, is_for_segments=False,
              words=lambda op, value: _("is %(age)s jaar of ouder") % {"age": value}),
        Field(code="member_known", label=gettext_lazy("Is of was lid"), kind="yes_no", operators=("is",),
              sql=lambda op, value, params: "m.id IS NOT NULL", is_for_segments=False,
              words=lambda op, value: _("is of was lid")),
    ):  # fmt: skip
        fields.register(field)
