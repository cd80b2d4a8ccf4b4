"""The file `custom_values`: a library's own fields, one value a row."""

from datetime import date
from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext_lazy as _

from bibmail.tenancy import sinks, staging
from bibmail.tenancy.sinks import Column, Outcome, Run, Sink
from members import activities, custom_fields
from members.models import CustomField

COLUMNS = (
    Column(name="member", header="memberExternalId", label=_("Nummer van het lid"), required=True, max_length=80,
           aliases=("externalId", "lenernummer")),
    Column(name="field", header="field", label=_("Eigen veld"), required=True, max_length=80, aliases=("veld",)),
    Column(name="value", header="value", label=_("Waarde"), max_length=200, aliases=("waarde",)),
)  # fmt: skip

# The code of what is wrong, or the value in the column of its type.
Reading = tuple[str, str | None, Decimal | None, date | None, bool | None]

_READINGS = """
    DROP TABLE IF EXISTS readings;
    CREATE TEMP TABLE readings (field text, value text, field_id bigint, code text, in_text text, number numeric,
                                day date, flag boolean) ON COMMIT DROP
"""
_KEEP = "INSERT INTO readings VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"

_BAD = (
    "EXISTS (SELECT FROM readings AS r WHERE r.field = s.field AND r.value = s.value AND r.code = '{code}')"
)

# What was said since the file was handed in stays.
_ROWS = """
    accepted AS s
    JOIN readings        AS r ON r.field = s.field AND r.value = s.value
    JOIN members_contact AS c ON c.external_id = s.member
   WHERE s.value <> ''
     AND NOT EXISTS (SELECT FROM members_customvalue AS since
                      WHERE since.field_id = r.field_id AND since.contact_id = c.id
                        AND since.sourced_at > '{speaks_at}'::timestamptz)
"""

# A row without a value takes away what was known.
_EMPTIED = f"""
    WITH emptied AS (
        DELETE FROM members_customvalue AS v
         USING accepted AS s, members_contact AS c, members_customfield AS f
         WHERE s.value = '' AND c.external_id = s.member AND f.library_id = v.library_id
           AND (f.code = s.field OR lower(f.label) = lower(s.field))
           AND v.contact_id = c.id AND v.field_id = f.id AND v.sourced_at <= %(speaks_at)s
        RETURNING v.contact_id, v.id, to_jsonb(v) AS before
    ), recording AS ({staging.recording("emptied", table="members_customvalue", action="d")}
    ), noting AS (
        INSERT INTO noted SELECT DISTINCT contact_id FROM emptied ON CONFLICT DO NOTHING
    )
    SELECT FROM emptied
"""


def merge_custom_values(run: Run) -> Outcome:
    """Values of the library's own fields, each read as its field's type; an empty one takes the old away."""
    activities.refuse_unknown_members()
    codes = _read_distinct()
    for code in sorted(codes):
        header = "field" if code == "unknown_field" else "value"
        staging.refuse(code, header=header, value=f"s.{header}", where=_BAD.format(code=code))
    speaks_at = run.speaks_at.isoformat()
    kept = staging.upsert(
        "members_customvalue",
        key={"field_id": "r.field_id", "contact_id": "c.id"},
        values={"text": "r.in_text", "number": "r.number", "day": "r.day", "flag": "r.flag"},
        first={"source": f"'{run.source}'", "sourced_at": f"'{speaks_at}'::timestamptz"},
        rows=_ROWS.format(speaks_at=speaks_at),
        note="contact_id",
        note_added=True,
    )
    staging.execute(
        _TOUCH_SOURCE.format(speaks_at=speaks_at), {"source": run.source, "speaks_at": run.speaks_at}
    )
    emptied = staging.execute(_EMPTIED, {"speaks_at": run.speaks_at})
    total = staging.execute("SELECT FROM accepted")
    return Outcome(kept.new, kept.changed + emptied, total - kept.new - kept.changed - emptied)


# What the file says again is fresh again: the retention counts from the last time somebody told it.
_TOUCH_SOURCE = f"""
    UPDATE members_customvalue AS v
       SET source = %(source)s, sourced_at = %(speaks_at)s
      FROM {_ROWS.replace("WHERE", "WHERE v.field_id = r.field_id AND v.contact_id = c.id AND")}
"""


def _read_distinct() -> set[str]:
    """Read each different pair of field and value once; the codes of those that cannot be read."""
    fields = {
        name: field for field in CustomField.objects.in_use() for name in (field.code, field.label.casefold())
    }
    codes = set()
    with connection.cursor() as cursor:
        cursor.execute(_READINGS)
        cursor.execute("SELECT DISTINCT field, value FROM accepted")
        for name, cell in cursor.fetchall():
            field = fields.get(name) or fields.get(name.casefold())
            row = _reading(field, cell)
            codes.update({row[0]} - {""})
            cursor.execute(_KEEP, [name, cell, field.pk if field else None, *row])
        cursor.execute("ANALYZE readings")
    return codes


def _reading(field: CustomField | None, cell: str) -> Reading:
    if field is None:
        return ("unknown_field", None, None, None, None)
    try:
        value = custom_fields.read(field, cell)
    except custom_fields.Unreadable as bad:
        return (str(bad), None, None, None, None)
    return ("", value.text, value.number, value.day, value.flag)


def register() -> None:
    sinks.register(
        Sink(code="custom_values", label=_("Eigen velden"), order=125, columns=COLUMNS, key=("member", "field"),
             merge=merge_custom_values)
    )  # fmt: skip
