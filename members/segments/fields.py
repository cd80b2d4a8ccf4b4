"""What a rule can ask of a person: each field with its Dutch words, its SQL, and the data use it needs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from members.models.contact import years_before

Operator = Literal["eq", "neq", "lt", "lte", "gt", "gte", "in", "is"]
Kind = Literal["number", "days_ago", "age", "yes_no", "choice", "code"]

_SIGNS: Mapping[str, str] = {"eq": "=", "neq": "<>", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}


class UnknownField(Exception):
    """No app has registered a field of this name."""


class UnfitValue(Exception):
    """This operator or value does not go with the field."""


class Params:
    """Named parameters of one statement; `today` and `at` are always there."""

    def __init__(self, *, at: datetime) -> None:
        self.at = at
        self.today = timezone.localdate(at)
        self.values: dict[str, Any] = {"at": at, "today": self.today}

    def add(self, value: Any) -> str:
        """Keep a value and return its placeholder."""
        name = f"r{len(self.values)}"
        self.values[name] = value
        return f"%({name})s"


Compile = Callable[[str, Any, Params], str]
Explain = Callable[[str, Any], str]


@dataclass(frozen=True, kw_only=True)
class Field:
    """One thing that can be asked. `sql` may use the aliases c, m and s, and those its owner adds."""

    code: str
    label: str | Promise
    kind: Kind
    operators: tuple[str, ...]
    sql: Compile
    words: Explain
    # Without it the answer is unknown, so neither a rule nor its opposite selects the person (invariant 6).
    data_use: str | None = None
    # Only where a person is on a journey, or only about the library: not for the builder of segments.
    is_for_segments: bool = True


_fields: dict[str, Field] = {}
# How SQL asks whether the person of alias `c` lets their data be used; consent stands above and fills it in.
_data_use_granted: list[str] = []


def register(field: Field) -> None:
    """Called from AppConfig.ready() of the app that owns the columns."""
    _fields[field.code] = field


def register_data_use_gate(sql: str) -> None:
    """`sql` asks with {code} whether the data use is granted by the person c at %(at)s."""
    _data_use_granted[:] = [sql]


def get(code: str) -> Field:
    """The field of this code; raises UnknownField."""
    try:
        return _fields[code]
    except KeyError:
        raise UnknownField(code) from None


def for_segments() -> list[Field]:
    """What the builder offers, in order of registration."""
    return [field for field in _fields.values() if field.is_for_segments]


def gated(field: Field, condition: str, params: Params) -> str:
    """The condition, unknown (NULL) for who did not grant the data use of the field."""
    if field.data_use is None:
        return condition
    granted = _data_use_granted[0].format(code=params.add(field.data_use))
    return f"CASE WHEN {granted} THEN {condition} END"


def sign(op: str) -> str:
    """The SQL sign of a comparison; raises UnfitValue."""
    try:
        return _SIGNS[op]
    except KeyError:
        raise UnfitValue(op) from None


def number(value: Any) -> int:
    """The value as a whole number; raises UnfitValue."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise UnfitValue(repr(value))
    return value


# --- Ways to ask -----------------------------------------------------------------------------------


def _column(expression: str) -> Compile:
    def compile_(op: str, value: Any, params: Params) -> str:
        if op == "in":
            if not isinstance(value, list):
                raise UnfitValue(repr(value))
            return f"{expression} = ANY({params.add(value)})"
        return f"{expression} {sign(op)} {params.add(value)}"

    return compile_


def _count(expression: str) -> Compile:
    def compile_(op: str, value: Any, params: Params) -> str:
        # Who never did anything has no summary: that is none, not unknown.
        return f"coalesce({expression}, 0) {sign(op)} {params.add(number(value))}"

    return compile_


def _yes_no(condition: str) -> Compile:
    def compile_(op: str, value: Any, params: Params) -> str:
        if op != "is" or not isinstance(value, bool):
            raise UnfitValue(repr(value))
        return condition if value else f"NOT ({condition})"

    return compile_


def born_between(column: str, op: str, years: int, today: date) -> tuple[str, str]:
    """How a comparison of an age reads on a date of birth: sign and day, as SQL signs and ISO text."""
    if op in {"gte", "lt"}:
        return ("<=" if op == "gte" else ">"), years_before(today, years).isoformat()
    if op in {"gt", "lte"}:
        return ("<=" if op == "gt" else ">"), years_before(today, years + 1).isoformat()
    raise UnfitValue(op)


def _age(op: str, value: Any, params: Params) -> str:
    comparison, born = born_between("c.date_of_birth", op, number(value), params.today)
    return f"c.date_of_birth {comparison} {params.add(born)}::date"


def _days_ago(column: str) -> Compile:
    def compile_(op: str, value: Any, params: Params) -> str:
        day = params.add(params.today - timedelta(days=number(value)))
        # So many days ago or more is on or before a day.
        turned = {"gte": "<=", "gt": "<", "lte": ">=", "lt": ">"}.get(op)
        if turned is None:
            raise UnfitValue(op)
        return f"{column} {turned} {day}"

    return compile_


def _branch(op: str, value: Any, params: Params) -> str:
    codes = value if op == "in" else [value]
    if op not in {"eq", "in"} or not isinstance(codes, list):
        raise UnfitValue(repr(value))
    return f"m.home_branch_id IN (SELECT id FROM tenancy_branch WHERE code = ANY({params.add(codes)}))"


def _child_age(op: str, value: Any, params: Params) -> str:
    """An age band [from, to] of a child linked to this adult."""
    if op != "in" or not isinstance(value, list) or len(value) != 2:
        raise UnfitValue(repr(value))
    oldest = params.add(years_before(params.today, number(value[1]) + 1))
    youngest = params.add(years_before(params.today, number(value[0])))
    return f"""EXISTS (
        SELECT FROM members_householdmember AS own
          JOIN members_householdmember AS child ON child.household_id = own.household_id
          JOIN members_contact AS k ON k.id = child.contact_id
         WHERE own.contact_id = c.id AND own.role = 'adult' AND own.unlinked_on IS NULL
           AND child.role = 'child' AND child.unlinked_on IS NULL
           AND k.date_of_birth > {oldest} AND k.date_of_birth <= {youngest})"""


def _interest(op: str, value: Any, params: Params) -> str:
    return f"""EXISTS (
        SELECT FROM members_interest AS i
         WHERE i.contact_id = c.id AND i.code = {params.add(value)} AND i.since <= %(at)s
           AND (i.until IS NULL OR i.until > %(at)s))"""


# The bands of the recipes: whole years, both ends in it.
CHILD_BANDS = {"0-2": (0, 2), "3-5": (3, 5), "6-8": (6, 8), "9-11": (9, 11)}


def child_bands_sql(adult: str, today: str) -> str:
    """SQL for the bands of the children linked to this adult, as a sorted text[]; `today` is a date."""
    cases = " ".join(
        f"WHEN k.date_of_birth > ({today} - interval '{oldest + 1} years')"
        f" AND k.date_of_birth <= ({today} - interval '{youngest} years') THEN '{band}'"
        for band, (youngest, oldest) in CHILD_BANDS.items()
    )
    return f"""(
        SELECT coalesce(array_agg(DISTINCT b.band ORDER BY b.band), '{{}}')
          FROM members_householdmember AS own
          JOIN members_householdmember AS child ON child.household_id = own.household_id
          JOIN members_contact AS k ON k.id = child.contact_id
         CROSS JOIN LATERAL (SELECT CASE {cases} END AS band) AS b
         WHERE own.contact_id = {adult} AND own.role = 'adult' AND own.unlinked_on IS NULL
           AND child.role = 'child' AND child.unlinked_on IS NULL AND b.band IS NOT NULL)"""


def _child_band(op: str, value: Any, params: Params) -> str:
    bands = child_bands_sql("c.id", "%(today)s::date")
    if value == "several":
        return f"cardinality({bands}) > 1"
    if value not in CHILD_BANDS:
        raise UnfitValue(repr(value))
    return f"{params.add(value)} = ANY({bands}::text[])"


# --- Words -----------------------------------------------------------------------------------------


def _compared(label: str, op: str, value: Any) -> str:
    words = {
        "eq": _("%(label)s is %(value)s"),
        "neq": _("%(label)s is niet %(value)s"),
        "lt": _("%(label)s is minder dan %(value)s"),
        "lte": _("%(label)s is hoogstens %(value)s"),
        "gt": _("%(label)s is meer dan %(value)s"),
        "gte": _("%(label)s is minstens %(value)s"),
    }
    return words.get(op, _("%(label)s is %(value)s")) % {"label": label, "value": value}


def _named(label: str | Promise) -> Explain:
    return lambda op, value: _compared(str(label), op, value)


def _age_words(op: str, value: Any) -> str:
    words = {
        "gte": _("is %(age)s jaar of ouder"),
        "gt": _("is ouder dan %(age)s jaar"),
        "lt": _("is jonger dan %(age)s jaar"),
        "lte": _("is %(age)s jaar of jonger"),
    }
    return words[op] % {"age": value}


def _days_words(more: str | Promise, less: str | Promise) -> Explain:
    def words(op: str, value: Any) -> str:
        days = ngettext("%(count)s dag", "%(count)s dagen", value) % {"count": value}
        return str(more if op in {"gte", "gt"} else less) % {"days": days}

    return words


def _whether(yes: str | Promise, no: str | Promise) -> Explain:
    return lambda op, value: str(yes if value else no)


def _listed(value: Any) -> str:
    return ", ".join(str(one) for one in value) if isinstance(value, list) else str(value)


_COMPARISONS = ("gte", "lte", "gt", "lt", "eq")

for _field in (
    Field(code="age", label=gettext_lazy("Leeftijd"), kind="age", operators=("gte", "lte", "gt", "lt"), sql=_age,
          words=_age_words),
    Field(code="membership_valid", label=gettext_lazy("Geldig lidmaatschap"), kind="yes_no", operators=("is",),
          sql=_yes_no("coalesce(m.enrolled_on <= %(today)s AND m.expires_on >= %(today)s, false)"),
          words=_whether(gettext_lazy("heeft een geldig lidmaatschap"),
                         gettext_lazy("heeft geen geldig lidmaatschap"))),
    Field(code="branch", label=gettext_lazy("Vestiging"), kind="code", operators=("in", "eq"), sql=_branch,
          words=lambda op, value: _("hoort bij vestiging %(branches)s") % {"branches": _listed(value)}),
    Field(code="last_active", label=gettext_lazy("Laatst actief"), kind="days_ago", operators=("gte", "lte"),
          sql=_days_ago("s.last_active_on"),
          words=_days_words(gettext_lazy("kwam %(days)s of langer niet meer"),
                            gettext_lazy("was actief in de laatste %(days)s"))),
    Field(code="member_since", label=gettext_lazy("Lid sinds"), kind="days_ago", operators=("gte", "lte"),
          sql=_days_ago("m.enrolled_on"),
          words=_days_words(gettext_lazy("is al %(days)s of langer lid"),
                            gettext_lazy("werd lid in de laatste %(days)s"))),
    Field(code="postal_code", label=gettext_lazy("Postcode"), kind="code", operators=("in", "eq"),
          sql=_column("c.postal_code"),
          words=lambda op, value: _("woont in %(codes)s") % {"codes": _listed(value)}),
    Field(code="language", label=gettext_lazy("Taal"), kind="code", operators=("in", "eq", "neq"),
          sql=_column("c.language"),
          words=lambda op, value: _("leest in het %(language)s") % {"language": _listed(value)}),
    Field(code="membership_status", label=gettext_lazy("Stand van het lidmaatschap"), kind="code",
          operators=("eq", "neq", "in"), sql=_column("coalesce(m.status, '')"),
          words=_named(gettext_lazy("stand van het lidmaatschap"))),
    Field(code="internet_block", label=gettext_lazy("Internetblokkade"), kind="yes_no", operators=("is",),
          sql=_yes_no("coalesce(m.has_internet_block, false)"),
          words=_whether(gettext_lazy("moet de inschrijving nog bevestigen"),
                         gettext_lazy("bevestigde de inschrijving"))),
    Field(code="keeps_loan_history", label=gettext_lazy("Houdt leenhistoriek bij"), kind="yes_no",
          operators=("is",), sql=_yes_no("coalesce(m.keeps_loan_history, false)"), data_use="use_loan_history",
          words=_whether(gettext_lazy("houdt een leenhistoriek bij"),
                         gettext_lazy("houdt geen leenhistoriek bij"))),
    Field(code="loans_count", label=gettext_lazy("Aantal uitleningen"), kind="number", operators=_COMPARISONS,
          sql=_count("s.loans_count"), data_use="use_loan_history",
          words=_named(gettext_lazy("aantal uitleningen"))),
    Field(code="ebook_loans_count", label=gettext_lazy("Aantal e-boeken"), kind="number", operators=_COMPARISONS,
          sql=_count("s.ebook_loans_count"), data_use="use_ebook_activity",
          words=_named(gettext_lazy("aantal geleende e-boeken"))),
    Field(code="ebook_logins_count", label=gettext_lazy("Keren op het e-boekenplatform"), kind="number",
          operators=_COMPARISONS, sql=_count("s.ebook_logins_count"), data_use="use_ebook_activity",
          words=_named(gettext_lazy("aantal bezoeken aan het e-boekenplatform"))),
    Field(code="seat_reservations_count", label=gettext_lazy("Aantal studieplekken of pc’s"), kind="number",
          operators=_COMPARISONS, sql=_count("s.seat_reservations_count"), data_use="use_seat_reservations",
          words=_named(gettext_lazy("aantal reservaties van een studieplek of pc"))),
    Field(code="child_age", label=gettext_lazy("Leeftijd van een gekoppeld kind"), kind="age", operators=("in",),
          sql=_child_age, data_use="use_linked_children",
          words=lambda op, value: _("heeft een gekoppeld kind van %(youngest)s tot en met %(oldest)s jaar") % {
              "youngest": value[0], "oldest": value[1]}),
    Field(code="child_band", label=gettext_lazy("Leeftijdsgroep van de kinderen"), kind="choice",
          operators=("is",), sql=_child_band, data_use="use_linked_children", is_for_segments=False,
          words=lambda op, value: _("heeft kinderen in meer dan één leeftijdsgroep") if value == "several"
          else _("heeft een kind van %(band)s jaar") % {"band": value}),
    Field(code="interest", label=gettext_lazy("Zei van zichzelf"), kind="choice", operators=("is",), sql=_interest,
          words=lambda op, value: _("zei zelf: ‘Ik kom studeren in de bib’")),
):  # fmt: skip
    register(_field)
