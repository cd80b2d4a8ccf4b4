"""The keys within a library: what the models say, what the database has, and whether the rows agree."""

from collections.abc import Iterator
from typing import NamedTuple

from django.db import models

from bibmail.tenancy.kinds import TableKind
from bibmail.tenancy.models import TenantForeignKey
from tests.isolation import makers, probes


class Key(NamedTuple):
    table: str
    column: str
    target: str
    on_delete: str


_RULES = {models.CASCADE: "cascade", models.SET_NULL: "set null", models.PROTECT: "no action"}

_COMPOSITE = """
    SELECT t.relname, a.attname, r.relname,
           CASE con.confdeltype WHEN 'c' THEN 'cascade' WHEN 'a' THEN 'no action'
                WHEN 'n' THEN CASE WHEN con.confdelsetcols = ARRAY[a.attnum] THEN 'set null'
                                   ELSE 'set library_id null' END
                ELSE con.confdeltype::text END
      FROM pg_constraint con
      JOIN pg_class t     ON t.oid = con.conrelid
      JOIN pg_class r     ON r.oid = con.confrelid
      JOIN pg_attribute l ON l.attrelid = t.oid AND l.attnum = con.conkey[1]  AND l.attname = 'library_id'
      JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = con.conkey[2]
      JOIN pg_attribute m ON m.attrelid = r.oid AND m.attnum = con.confkey[1] AND m.attname = 'library_id'
      JOIN pg_attribute b ON b.attrelid = r.oid AND b.attnum = con.confkey[2] AND b.attname = 'id'
     WHERE con.contype = 'f' AND con.convalidated
       AND con.condeferrable AND con.condeferred
       AND cardinality(con.conkey) = 2
"""

_ORPHANS = """
    SELECT count(*)
      FROM {table} AS t
     WHERE t.{column} IS NOT NULL
       AND NOT EXISTS (SELECT FROM {target} AS r WHERE r.library_id = t.library_id AND r.id = t.{column})
"""


def of_models() -> set[Key]:
    return {
        Key(
            model._meta.db_table,
            field.column,
            field.remote_field.model._meta.db_table,
            _RULES[field.remote_field.on_delete],
        )
        for model in makers.models_of(TableKind.TENANT)
        for field in model._meta.concrete_fields
        if isinstance(field, TenantForeignKey)
    }


def of_database() -> set[Key]:
    return {Key(*row) for row in probes.rows(_COMPOSITE)}


def differences() -> list[str]:
    """A sentence for each key that stands on one side only, or acts otherwise when its target goes."""
    mine, theirs = of_models(), of_database()
    return sorted(
        [f"{key.table}.{key.column}: the database lacks {key}" for key in mine - theirs]
        + [f"{key.table}.{key.column}: no model has {key}" for key in theirs - mine]
    )


def plain_keys_between_tenants() -> list[str]:
    """A ForeignKey that points at a tenant table without being a TenantForeignKey."""
    return [
        f"{field}: points at a tenant table; make it a TenantForeignKey"
        for model in makers.models_of(TableKind.TENANT)
        for field in model._meta.concrete_fields
        if field.is_relation
        and getattr(field.related_model, "table_kind", None) is TableKind.TENANT
        and not isinstance(field, TenantForeignKey)
    ]


def orphans() -> Iterator[str]:
    """Rows whose key finds nothing in their own library, counted past every fence."""
    with probes.as_role(probes.BACKUP):
        for key in sorted(of_models()):
            found = probes.rows(_ORPHANS.format(**key._asdict()))[0][0]
            if found:
                yield f"{key.table}.{key.column}: {found} rows point out of their library"


def filled() -> set[str]:
    """Keys that at least one row of the database holds."""
    with probes.as_role(probes.BACKUP):
        return {
            f"{key.table}.{key.column}"
            for key in of_models()
            if probes.rows(f"SELECT 1 FROM {key.table} WHERE {key.column} IS NOT NULL LIMIT 1")
        }
