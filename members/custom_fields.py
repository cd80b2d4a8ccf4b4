"""A library's own fields: read what somebody wrote for one, keep it, show it, and let it go in time."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Count
from django.utils.formats import date_format, number_format
from django.utils.text import slugify
from django.utils.translation import gettext as _

from bibmail.tenancy import audit, current_library_id
from bibmail.tenancy.models import User
from members import changes
from members.imports import cells
from members.models import Contact, CustomField, CustomValue
from members.profile import source_words

Type = CustomField.Type


class Unreadable(Exception):
    """This text is no value of the field; the argument is the refusal code."""


class Value(NamedTuple):
    """A value in the column of its type; nothing filled means: no value."""

    text: str = ""
    number: Decimal | None = None
    day: date | None = None
    flag: bool | None = None


class Filled(NamedTuple):
    """One field as a person's page shows it."""

    field: CustomField
    value: str
    source: str


class Held(NamedTuple):
    """A field and of how many people it is known."""

    field: CustomField
    people_count: int


def read(field: CustomField, cell: str) -> Value:
    """What a cell or a form says, as a value of this field; raises Unreadable."""
    cell = cell.strip()
    if not cell:
        return Value()
    try:
        match field.type:
            case Type.DATE:
                return Value(day=cells.day(cell))
            case Type.YES_NO:
                return Value(flag=cells.yes_no(cell))
            case Type.NUMBER:
                return Value(number=_number(cell))
            case Type.CHOICE:
                return Value(text=_choice(field, cell))
            case _:
                return Value(text=_text(cell))
    except cells.Bad as bad:
        raise Unreadable(str(bad)) from None


def _text(cell: str) -> str:
    if len(cell) > 200:
        raise cells.Bad("too_long")
    return cells.text(cell)


def _number(cell: str) -> Decimal:
    """`1.234,5` and `1234.5`: a decimal comma unless there is only a point before one or two digits."""
    bare = cell.replace(" ", "").replace("\u00a0", "")
    bare = bare.replace(".", "").replace(",", ".") if "," in bare else bare
    try:
        found = Decimal(bare)
    except InvalidOperation:
        raise cells.Bad("bad_number") from None
    if not found.is_finite() or abs(found) >= Decimal(10) ** 12:
        raise cells.Bad("bad_number")
    return found.quantize(Decimal("0.01"))


def _choice(field: CustomField, cell: str) -> str:
    for choice in field.choices:
        if str(choice).casefold() == cell.casefold():
            return str(choice)
    raise cells.Bad("bad_choice")


def shown(field: CustomField, value: CustomValue | None) -> str:
    """The value in words; empty where there is none."""
    if value is None:
        return ""
    match field.type:
        case Type.DATE:
            return date_format(value.day, "j F Y") if value.day else ""
        case Type.YES_NO:
            return "" if value.flag is None else _("ja") if value.flag else _("nee")
        case Type.NUMBER:
            return "" if value.number is None else number_format(value.number.normalize(), use_l10n=True)
    return value.text


def written(field: CustomField, value: CustomValue | None) -> str:
    """The value as somebody would type it, for a form."""
    if value is not None and field.type == Type.DATE and value.day:
        return value.day.isoformat()
    return shown(field, value)


def of_contact(contact: Contact) -> list[Filled]:
    """Every field in use with what we know of this person; two queries."""
    values = {value.field_id: value for value in CustomValue.objects.filter(contact=contact)}
    filled = []
    for field in CustomField.objects.in_use():
        value = values.get(field.pk)
        told = value and source_words(value.source, value.sourced_at.isoformat())
        filled.append(Filled(field, shown(field, value), told or ""))
    return filled


def held() -> list[Held]:
    """Every field, archived ones last, and of how many people it is known."""
    counted = CustomValue.objects.values("field_id").annotate(people_count=Count("pk")).order_by("field_id")
    counts = {row["field_id"]: row["people_count"] for row in counted}
    return [
        Held(field, counts.get(field.pk, 0))
        for field in CustomField.objects.order_by("is_archived", "label", "pk")
    ]


def code_for(label: str) -> str:
    """A code from a name that no other field of the library has."""
    base = slugify(label).replace("-", "_")[:34] or "veld"
    taken = set(CustomField.objects.filter(code__startswith=base).values_list("code", flat=True))
    return next(
        code for n in range(len(taken) + 1) if (code := base if not n else f"{base}_{n + 1}") not in taken
    )


@transaction.atomic
def add(
    *,
    label: str,
    type: str,
    choices: Sequence[str],
    purpose: str,
    keep_months: int,
    by: User | None,
    at: datetime,
) -> CustomField:
    """A new field; its type is for ever, for values would lose their meaning."""
    field = CustomField.objects.create(
        code=code_for(label), label=label, type=type, choices=list(choices), purpose=purpose,
        keep_months=keep_months, created_by=by, created_at=at,
    )  # fmt: skip
    audit.record(
        "custom_field.added", by=by, at=at, subject_kind="custom_field", subject_id=field.pk, code=field.code
    )
    return field


@transaction.atomic
def change(
    field: CustomField, *, label: str, choices: Sequence[str], purpose: str, keep_months: int, by: User | None,
    at: datetime,
) -> CustomField:  # fmt: skip
    """Other words, a longer list, another retention."""
    field.label, field.choices, field.purpose, field.keep_months = label, list(choices), purpose, keep_months
    field.save()
    audit.record(
        "custom_field.changed",
        by=by,
        at=at,
        subject_kind="custom_field",
        subject_id=field.pk,
        code=field.code,
    )
    return field


@transaction.atomic
def remove(field: CustomField, *, by: User | None, at: datetime) -> int:
    """Remove a field with all its values; of how many people there was one."""
    people_count, code, pk = field.values.count(), field.code, field.pk
    field.delete()
    audit.record(
        "custom_field.removed",
        by=by,
        at=at,
        subject_kind="custom_field",
        subject_id=pk,
        code=code,
        people=people_count,
    )
    return people_count


@transaction.atomic
def put(
    contact: Contact, field: CustomField, value: Value, *, source: str, by: User | None, at: datetime
) -> bool:
    """Write one value of one person, or take it away when it is empty; whether anything changed."""
    known = CustomValue.objects.select_for_update().filter(contact=contact, field=field).first()
    before = Value(known.text, known.number, known.day, known.flag) if known else Value()
    if before == value:
        return False
    if value == Value():
        CustomValue.objects.filter(contact=contact, field=field).delete()
    else:
        CustomValue.objects.update_or_create(
            contact=contact, field=field, defaults={**value._asdict(), "source": source, "sourced_at": at}
        )
    changes.note(contact.pk)
    audit.record(
        "custom_field.value_changed",
        by=by,
        at=at,
        subject_kind="contact",
        subject_id=contact.pk,
        code=field.code,
    )
    return True


_RETIRE = """
    WITH gone AS (
        DELETE FROM members_customvalue AS v
         USING members_customfield AS f
         WHERE f.id = v.field_id AND v.library_id = %(library_id)s
           AND v.sourced_at < %(at)s::timestamptz - make_interval(months => f.keep_months)
        RETURNING v.id
    )
    SELECT count(*) FROM gone
"""


def retire(*, at: datetime) -> int:
    """Delete this library's values that are older than their field is kept; how many."""
    with connection.cursor() as cursor:
        cursor.execute(_RETIRE, {"library_id": current_library_id(), "at": at})
        return int(cursor.fetchone()[0])
