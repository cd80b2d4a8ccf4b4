"""What can be asked of the children linked to an adult: the data use `use_linked_children` stands before each."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from members.models.contact import years_before
from members.segments.fields import Field, Group, Params, UnfitValue, number, register, sign

# The bands of the recipes: whole years, both ends in it.
CHILD_BANDS = {"0-2": (0, 2), "3-5": (3, 5), "6-8": (6, 8), "9-11": (9, 11)}

# The children k of the adult {adult}, in households in which both still are.
_CHILDREN = """members_householdmember AS own
          JOIN members_householdmember AS child ON child.household_id = own.household_id
          JOIN members_contact AS k ON k.id = child.contact_id"""
_LINKED = """own.contact_id = {adult} AND own.role = 'adult' AND own.unlinked_on IS NULL
           AND child.role = 'child' AND child.unlinked_on IS NULL"""
_OF_C = _LINKED.format(adult="c.id")


def child_bands_sql(adult: str, today: str) -> str:
    """SQL for the bands of the children linked to this adult, as a sorted text[]; `today` is a date."""
    cases = " ".join(
        f"WHEN k.date_of_birth > ({today} - interval '{oldest + 1} years')"
        f" AND k.date_of_birth <= ({today} - interval '{youngest} years') THEN '{band}'"
        for band, (youngest, oldest) in CHILD_BANDS.items()
    )
    return f"""(
        SELECT coalesce(array_agg(DISTINCT b.band ORDER BY b.band), '{{}}')
          FROM {_CHILDREN}
         CROSS JOIN LATERAL (SELECT CASE {cases} END AS band) AS b
         WHERE {_LINKED.format(adult=adult)} AND b.band IS NOT NULL)"""


def _child_band(op: str, value: Any, params: Params) -> str:
    bands = child_bands_sql("c.id", "%(today)s::date")
    if value == "several":
        return f"cardinality({bands}) > 1"
    if value not in CHILD_BANDS:
        raise UnfitValue(repr(value))
    return f"{params.add(value)} = ANY({bands}::text[])"


def _child_age(op: str, value: Any, params: Params) -> str:
    """An age band [from, to] of a child linked to this adult."""
    if op != "in" or not isinstance(value, list) or len(value) != 2:
        raise UnfitValue(repr(value))
    oldest = params.add(years_before(params.today, number(value[1]) + 1))
    youngest = params.add(years_before(params.today, number(value[0])))
    return f"""EXISTS (
        SELECT FROM {_CHILDREN}
         WHERE {_OF_C} AND k.date_of_birth > {oldest} AND k.date_of_birth <= {youngest})"""


def _count_sql() -> str:
    return f"(SELECT count(DISTINCT k.id) FROM {_CHILDREN} WHERE {_OF_C})"


def _children(op: str, value: Any, params: Params) -> str:
    return f"{_count_sql()} {sign(op)} {params.add(number(value))}"


def _children_words(op: str, value: Any) -> str:
    counted = ngettext("%(count)s gekoppeld kind", "%(count)s gekoppelde kinderen", value) % {"count": value}
    how = {
        "gte": _("heeft minstens %(children)s"),
        "lte": _("heeft hoogstens %(children)s"),
        "eq": _("heeft precies %(children)s"),
    }
    return how[op] % {"children": counted}


def _ages_shown(op: str, value: Any, params: Params) -> str:
    return f"""(
        SELECT string_agg(DISTINCT date_part('year', age(%(today)s::date, k.date_of_birth))::text, ', ')
          FROM {_CHILDREN} WHERE {_OF_C})"""


def _band_words(op: str, value: Any) -> str:
    if value == "several":
        return _("heeft kinderen in meer dan één leeftijdsgroep")
    return _("heeft een kind van %(band)s jaar") % {"band": value}


def register_fields() -> None:
    """Let rules ask about linked children."""
    for field in (
        Field(code="child_age", label=gettext_lazy("Leeftijd van een gekoppeld kind"), kind="ages",
              operators=("in",), sql=_child_age, data_use="use_linked_children", group=Group.HOME,
              shows=_ages_shown, most=17,
              words=lambda op, value: _("heeft een gekoppeld kind van %(youngest)s tot en met %(oldest)s jaar") % {
                  "youngest": value[0], "oldest": value[1]}),
        Field(code="children_count", label=gettext_lazy("Aantal gekoppelde kinderen"), kind="number",
              operators=("gte", "lte", "eq"), sql=_children, data_use="use_linked_children", group=Group.HOME,
              shows=lambda op, value, params: _count_sql(), most=20, words=_children_words),
        Field(code="child_band", label=gettext_lazy("Leeftijdsgroep van de kinderen"), kind="choice",
              operators=("is",), sql=_child_band, data_use="use_linked_children", is_for_segments=False,
              group=Group.HOME, words=_band_words),
    ):  # fmt: skip
        register(field)
