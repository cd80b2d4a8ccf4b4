"""Migration operations that build the fences: policies, composite keys, work behind a lowered fence.

The statements were tried on PostgreSQL 18. `protect` stands last in a table's migrations: under FORCE
not even the owner passes, so a key or a backfill afterwards goes through `unfenced`.
"""

from collections.abc import Sequence
from typing import NamedTuple

from django.db.migrations.operations import RunSQL
from django.db.migrations.operations.base import Operation

from bibmail.tenancy.kinds import TableKind

APP_ROLE = "bibmail_app"
DASHBOARD_ROLE = "bibmail_dashboard"

LIBRARY_IS_OURS = "library_id = (SELECT current_library_id())"
NETWORK_OR_OURS = f"((SELECT current_setting('app.scope', true)) = 'network' OR {LIBRARY_IS_OURS})"
NETWORK_ONLY = "((SELECT current_setting('app.scope', true)) = 'network')"

_FENCE = """
    ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
    ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
"""

_TENANT = (
    _FENCE
    + """
    CREATE POLICY tenant_floor ON {table} AS RESTRICTIVE FOR ALL
        USING ({ours}) WITH CHECK ({ours});
    CREATE POLICY tenant_rows ON {table} FOR ALL USING (true) WITH CHECK (true);
"""
)

_SHARED = (
    _FENCE
    + """
    CREATE POLICY shared_read   ON {table} FOR SELECT USING (true);
    CREATE POLICY shared_insert ON {table} FOR INSERT WITH CHECK ({network});
    CREATE POLICY shared_update ON {table} FOR UPDATE USING ({network}) WITH CHECK ({network});
    CREATE POLICY shared_delete ON {table} FOR DELETE USING ({network});
"""
)

_AGGREGATE = (
    _FENCE
    + """
    CREATE POLICY aggregate_floor ON {table} AS RESTRICTIVE FOR ALL
        USING ({network_or_ours}) WITH CHECK ({ours});
    -- A delete has no WITH CHECK: what the network reads it could remove.
    CREATE POLICY aggregate_removal ON {table} AS RESTRICTIVE FOR DELETE USING ({ours});
    CREATE POLICY aggregate_rows ON {table} FOR ALL USING (true) WITH CHECK (true);
    GRANT SELECT ON {table} TO {dashboard};
"""
)

_FENCES = {TableKind.TENANT: _TENANT, TableKind.SHARED: _SHARED, TableKind.AGGREGATE: _AGGREGATE}


def protect(table: str, kind: TableKind = TableKind.TENANT) -> RunSQL:
    """Fence a table of this kind. It stands last: keys and backfills come before, or inside `unfenced`."""
    sql = _FENCES[kind].format(
        table=table,
        ours=LIBRARY_IS_OURS,
        network=NETWORK_ONLY,
        network_or_ours=NETWORK_OR_OURS,
        dashboard=DASHBOARD_ROLE,
    )
    return RunSQL(sql, _unprotect(table, kind))


def _unprotect(table: str, kind: TableKind) -> str:
    if kind is TableKind.TENANT:
        return f"""
            DROP POLICY tenant_floor ON {table};
            DROP POLICY tenant_rows ON {table};
            ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
            ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
        """
    return f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;"


class Key(NamedTuple):
    """A reference within one library: `column` of `table` to the id of `target`."""

    table: str
    column: str
    target: str
    # NO ACTION, CASCADE, or SET NULL (which empties this column and leaves library_id alone).
    on_delete: str = "NO ACTION"


def fence(tables: Sequence[str], keys: Sequence[Key]) -> list[Operation]:
    """Everything a set of new tenant tables needs, in the order that works: keys first, fences last."""
    elsewhere = sorted({key.target for key in keys} - set(tables))
    return [
        *(_composite_key(table) for table in tables),
        *unfenced(elsewhere, [composite_fk(*key) for key in keys]),
        *(protect(table) for table in tables),
    ]


def _composite_key(table: str) -> RunSQL:
    return RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {table}_library_id_id UNIQUE (library_id, id);",
        f"ALTER TABLE {table} DROP CONSTRAINT {table}_library_id_id;",
    )


def composite_fk(table: str, column: str, target: str, on_delete: str = "NO ACTION") -> RunSQL:
    """Let `column` refer to `target` within the same library; plain keys see through the fence."""
    action = f"SET NULL ({column})" if on_delete == "SET NULL" else on_delete
    name = f"{table}_{column}_same_library"
    return RunSQL(
        f"""
        ALTER TABLE {table} ADD CONSTRAINT {name}
            FOREIGN KEY (library_id, {column}) REFERENCES {target} (library_id, id)
            ON DELETE {action} DEFERRABLE INITIALLY DEFERRED;
        """,
        f"ALTER TABLE {table} DROP CONSTRAINT {name};",
    )


def unfenced(tables: Sequence[str], operations: Sequence[Operation]) -> list[Operation]:
    """Wrap operations on filled, fenced tables: FORCE off, the work, FORCE on, in one transaction.

    Under FORCE a new foreign key is refused by the raising policy, and a backfill sees no row.
    """
    if not tables:
        return list(operations)
    lower = "".join(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;" for table in tables)
    # A constraint that is checked at commit would still be pending when FORCE comes back.
    settle = "SET CONSTRAINTS ALL IMMEDIATE;"
    raise_again = settle + "".join(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY;" for table in tables)
    return [RunSQL(lower, raise_again), *operations, RunSQL(raise_again, lower)]


def functions_only(table: str) -> list[RunSQL]:
    """A pseudonymous table: nobody has a grant or a policy; functions that run as the owner reach it."""
    return [
        RunSQL(
            f"REVOKE ALL ON {table} FROM {APP_ROLE}, {DASHBOARD_ROLE};"
            f" ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;",
            f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;"
            f" GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {APP_ROLE};",
        )
    ]


def temporary_last(function: str, path: str) -> RunSQL:
    """Let a function that runs as its owner look for tables in `path`, and in temporary ones only then.

    Left out of the path they come first: a temporary table of the app, with a trigger, would run as the owner.
    """
    return RunSQL(
        f"ALTER FUNCTION {function} SET search_path = {path}, pg_temp;",
        f"ALTER FUNCTION {function} SET search_path = {path};",
    )


def append_only(table: str, *, may_update: Sequence[str] = ()) -> RunSQL:
    """Evidence: the app may insert and read, and update at most these columns; it never deletes."""
    update = f"GRANT UPDATE ({', '.join(may_update)}) ON {table} TO {APP_ROLE};" if may_update else ""
    return RunSQL(
        f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {APP_ROLE}; {update}",
        f"GRANT UPDATE, DELETE ON {table} TO {APP_ROLE};",
    )
