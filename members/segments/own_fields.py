"""What a rule can ask of the library's own fields that hold text, a number or a date.

The value of a question names its field under `of`. Of whom nothing is known, the answer is unknown; what is older
than its field is kept counts as not known, also before the night removes it.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext_lazy, ngettext

from members.models import CustomField
from members.segments import fields
from members.segments.fields import Choices, Field, Params, UnfitValue

Type = CustomField.Type

# A value of alias `v` with its field of alias `f`: in use, and not kept for too long.
IN_FORCE = """NOT f.is_archived
          AND v.sourced_at >= %(at)s::timestamptz - make_interval(months => f.keep_months)"""

_MOST_DAYS = 3650
_MOST_NUMBER = Decimal(10) ** 12


def _value(column: str, type_: str, of: str, params: Params) -> str:
    return f"""(SELECT v.{column} FROM members_customvalue AS v JOIN members_customfield AS f ON f.id = v.field_id
        WHERE v.contact_id = c.id AND f.code = {params.add(of)} AND f.type = {params.add(type_)} AND {IN_FORCE})"""


def _known(known: str, op: str) -> str:
    return f"{known} IS {'NOT ' if op == 'known' else ''}NULL"


def _of(value: Any) -> str:
    match value:
        case {"of": str(code)} if code:
            return code
    raise UnfitValue(repr(value))


def _text(op: str, value: Any, params: Params) -> str:
    known = _value("text", Type.TEXT, _of(value), params)
    match op, value:
        case "known" | "unknown", _rest:
            return _known(known, op)
        case _op, {"text": str(text)} if text:
            # Signs that are leakproof: LIKE is not.
            return f"{known} {_SIGNS_OF_TEXT[op]} {params.add(text)}"
    raise UnfitValue(repr(value))


_SIGNS_OF_TEXT = {"is": "=", "is_not": "<>", "starts": "^@"}


def read_number(said: Any) -> Decimal:
    """A number as a rule keeps it, as text; raises UnfitValue."""
    try:
        found = Decimal(said) if isinstance(said, str) else Decimal("NaN")
    except InvalidOperation:
        raise UnfitValue(repr(said)) from None
    if not found.is_finite() or abs(found) >= _MOST_NUMBER:
        raise UnfitValue(repr(said))
    return found


def _number(op: str, value: Any, params: Params) -> str:
    known = _value("number", Type.NUMBER, _of(value), params)
    match op, value:
        case "known" | "unknown", _rest:
            return _known(known, op)
        case "between", {"least": least, "most": most}:
            low, high = (params.add(read_number(one)) for one in (least, most))
            return f"{known} BETWEEN {low} AND {high}"
        case _op, {"number": number} if op != "between":
            return f"{known} {fields.sign(op)} {params.add(read_number(number))}"
    raise UnfitValue(repr(value))


def read_day(said: Any) -> date:
    """A day as a rule keeps it, as ISO text; raises UnfitValue."""
    try:
        return date.fromisoformat(said)
    except (TypeError, ValueError):
        raise UnfitValue(repr(said)) from None


def _day(op: str, value: Any, params: Params) -> str:
    known = _value("day", Type.DATE, _of(value), params)
    match op, value:
        case "known" | "unknown", _rest:
            return _known(known, op)
        case "before" | "after", {"day": day}:
            return f"{known} {'<' if op == 'before' else '>'} {params.add(read_day(day))}"
        case "last" | "next", {"days": int(days)} if 0 <= days <= _MOST_DAYS:
            other = params.add(params.today + timedelta(days=days if op == "next" else -days))
            first, last = ("%(today)s", other) if op == "next" else (other, "%(today)s")
            return f"{known} BETWEEN {first} AND {last}"
    raise UnfitValue(repr(value))


def _shown(column: str, type_: str) -> fields.Compile:
    return lambda op, value, params: _value(column, type_, _of(value), params)


def _choices(type_: str) -> Callable[[], Choices]:
    """The fields of this type that are in use, by code."""
    return lambda: list(CustomField.objects.in_use().filter(type=type_).values_list("code", "label"))


_WORDS: Mapping[str, Any] = {
    "known": gettext_lazy("‘%(of)s’ is ingevuld"),
    "unknown": gettext_lazy("‘%(of)s’ is niet ingevuld"),
    "is": gettext_lazy("‘%(of)s’ is ‘%(text)s’"),
    "is_not": gettext_lazy("‘%(of)s’ is iets anders dan ‘%(text)s’"),
    "starts": gettext_lazy("‘%(of)s’ begint met ‘%(text)s’"),
    "eq": gettext_lazy("‘%(of)s’ is %(number)s"),
    "gte": gettext_lazy("‘%(of)s’ is minstens %(number)s"),
    "lte": gettext_lazy("‘%(of)s’ is hoogstens %(number)s"),
    "between": gettext_lazy("‘%(of)s’ ligt tussen %(least)s en %(most)s"),
    "before": gettext_lazy("‘%(of)s’ valt voor %(day)s"),
    "after": gettext_lazy("‘%(of)s’ valt na %(day)s"),
    "last": gettext_lazy("‘%(of)s’ valt in de laatste %(days)s"),
    "next": gettext_lazy("‘%(of)s’ valt in de komende %(days)s"),
}


def _say(op: str, value: Any) -> str:
    """`‘Lidgeld’ is minstens 12,5`."""
    said = dict(value)
    for key in {"number", "least", "most"} & said.keys():
        said[key] = number_format(read_number(said[key]).normalize(), use_l10n=True)
    if "day" in said:
        said["day"] = date_format(read_day(said["day"]), "j F Y")
    if "days" in said:
        said["days"] = ngettext("%(count)s dag", "%(count)s dagen", said["days"]) % {"count": said["days"]}
    return str(_WORDS[op]) % said


def register_fields() -> None:
    """Let rules ask about own fields of text, number and date."""
    for field in (
        Field(code="own_text", label=gettext_lazy("Eigen veld met tekst"), kind="own_text",
              operators=("is", "is_not", "starts", "known", "unknown"), sql=_text, words=_say,
              shows=_shown("text", Type.TEXT), choices=_choices(Type.TEXT)),
        Field(code="own_number", label=gettext_lazy("Eigen veld met een getal"), kind="own_number",
              operators=("gte", "lte", "eq", "between", "known", "unknown"), sql=_number, words=_say,
              shows=_shown("number", Type.NUMBER), choices=_choices(Type.NUMBER)),
        Field(code="own_day", label=gettext_lazy("Eigen veld met een datum"), kind="own_day",
              operators=("before", "after", "last", "next", "known", "unknown"), sql=_day, words=_say,
              shows=_shown("day", Type.DATE), choices=_choices(Type.DATE)),
    ):  # fmt: skip
        fields.register(field)
