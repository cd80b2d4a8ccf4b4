"""The catalogue guard: asks PostgreSQL itself whether every table stands behind the fence of its kind.

Run by a test after all migrations, by `manage.py check --database default` and at boot.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.db import connection

from bibmail.tenancy.kinds import TableKind, declared_kinds

# The app may call these with the rights of their owner; each pins its search_path (rls.temporary_last).
DEFINER_FUNCTIONS: frozenset[str] = frozenset({"cap_release", "cap_reserve", "refresh_statistics"})

_OURS = "(library_id = ( SELECT current_library_id() AS current_library_id))"
_NETWORK = "(( SELECT current_setting('app.scope'::text, true) AS current_setting) = 'network'::text)"
_NETWORK_OR_OURS = f"({_NETWORK} OR {_OURS})"


class Policy(NamedTuple):
    """A row of pg_policies, as PostgreSQL spells it."""

    name: str
    permissive: str
    command: str
    using: str | None
    check: str | None


_EXPECTED: dict[TableKind, frozenset[Policy]] = {
    TableKind.TENANT: frozenset(
        {
            Policy("tenant_floor", "RESTRICTIVE", "ALL", _OURS, _OURS),
            Policy("tenant_rows", "PERMISSIVE", "ALL", "true", "true"),
        }
    ),
    TableKind.SHARED: frozenset(
        {
            Policy("shared_read", "PERMISSIVE", "SELECT", "true", None),
            Policy("shared_insert", "PERMISSIVE", "INSERT", None, _NETWORK),
            Policy("shared_update", "PERMISSIVE", "UPDATE", _NETWORK, _NETWORK),
            Policy("shared_delete", "PERMISSIVE", "DELETE", _NETWORK, None),
        }
    ),
    TableKind.AGGREGATE: frozenset(
        {
            Policy("aggregate_floor", "RESTRICTIVE", "ALL", _NETWORK_OR_OURS, _OURS),
            Policy("aggregate_removal", "RESTRICTIVE", "DELETE", _OURS, None),
            Policy("aggregate_rows", "PERMISSIVE", "ALL", "true", "true"),
        }
    ),
    TableKind.PSEUDONYMOUS: frozenset(),
    TableKind.GLOBAL: frozenset(),
}

# A table elsewhere is named with its schema, which no list of kinds knows.
_RELATIONS = """
    SELECT CASE WHEN n.nspname = 'public' THEN c.relname ELSE n.nspname || '.' || c.relname END,
           c.relkind::text, c.relrowsecurity, c.relforcerowsecurity,
           coalesce(c.reloptions::text, '') LIKE '%%security_invoker=true%%',
           r.rolcanlogin
      FROM pg_class c
      JOIN pg_roles r ON r.oid = c.relowner
      JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname <> 'information_schema'
       AND n.nspname NOT LIKE 'pg\\_%%'
       AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
     ORDER BY 1
"""

# A floor for one role only would leave the others without.
_POLICIES = """
    SELECT tablename,
           policyname || CASE WHEN roles = '{public}' THEN '' ELSE ' for ' || array_to_string(roles, ', ') END,
           permissive, cmd, qual, with_check
      FROM pg_policies
     WHERE schemaname = 'public'
"""

_INDEXES = """
    SELECT t.relname, i.relname, x.indisprimary,
           coalesce(a.attname, '') = 'library_id',
           x.indisunique AND pg_get_indexdef(x.indexrelid) LIKE '%%(library_id, id)'
      FROM pg_index x
      JOIN pg_class t ON t.oid = x.indrelid AND t.relnamespace = 'public'::regnamespace
      JOIN pg_class i ON i.oid = x.indexrelid
      LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = x.indkey[0]
"""

_FOREIGN_KEYS = """
    SELECT con.conname, t.relname, r.relname,
           EXISTS (SELECT FROM unnest(con.conkey, con.confkey) AS k (own, other)
                     JOIN pg_attribute a ON a.attrelid = con.conrelid  AND a.attnum = k.own
                     JOIN pg_attribute b ON b.attrelid = con.confrelid AND b.attnum = k.other
                    WHERE a.attname = 'library_id' AND b.attname = 'library_id'),
           con.convalidated
      FROM pg_constraint con
      JOIN pg_class t ON t.oid = con.conrelid
      JOIN pg_class r ON r.oid = con.confrelid
     WHERE con.contype = 'f'
       AND t.relnamespace = 'public'::regnamespace
"""

_NULLABLE_LIBRARY = """
    SELECT table_name
      FROM information_schema.columns
     WHERE table_schema = 'public' AND column_name = 'library_id' AND is_nullable = 'YES'
"""

_DEFINERS = """
    SELECT p.proname,
           EXISTS (SELECT FROM unnest(p.proconfig) AS c (setting)
                    WHERE c.setting ~ '^search_path=.*, pg_temp$')
      FROM pg_proc p
     WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef
"""

_GRANTS = """
    SELECT c.relname, coalesce(r.rolname, 'PUBLIC'), g.privilege_type
      FROM pg_class c
      LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attacl IS NOT NULL
     CROSS JOIN LATERAL (SELECT * FROM aclexplode(c.relacl) UNION SELECT * FROM aclexplode(a.attacl)) AS g
      LEFT JOIN pg_roles r ON r.oid = g.grantee
     WHERE c.relnamespace = 'public'::regnamespace
       AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
       AND g.grantee <> c.relowner
     GROUP BY 1, 2, 3
     ORDER BY 1, 2, 3
"""

# Who may hold which right on a table; the owner apart.
_MAY = {
    "bibmail_app": {"SELECT", "INSERT", "UPDATE", "DELETE"},
    "bibmail_backup": {"SELECT"},
    "bibmail_dashboard": {"SELECT"},
}


def gaps(kinds: Mapping[str, TableKind] | None = None) -> list[str]:
    """Every hole in the fences as a sentence that names the table; empty when all is well."""
    kinds = kinds or declared_kinds()
    return [
        *_relation_gaps(kinds),
        *_policy_gaps(kinds),
        *_index_gaps(kinds),
        *_key_gaps(kinds),
        *(
            f"{table}: library_id may be empty"
            for (table,) in _rows(_NULLABLE_LIBRARY)
            if kinds.get(table) in {TableKind.TENANT, TableKind.AGGREGATE}
        ),
        *_function_gaps(),
        *_grant_gaps(kinds),
    ]


def _rows(statement: str) -> list[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement.replace("%%", "%"))
        return list(cursor.fetchall())


def _relation_gaps(kinds: Mapping[str, TableKind]) -> Iterable[str]:
    for name, relkind, enabled, forced, as_invoker, owner_logs_in in _rows(_RELATIONS):
        if relkind == "m":
            yield f"{name}: a materialised view holds rows outside every fence"
        elif relkind == "v" and not as_invoker:
            yield f"{name}: a view without security_invoker reads as its owner"
        elif relkind == "v":
            continue
        elif name not in kinds:
            yield f"{name}: no kind is declared for this table (bibmail/tenancy/kinds.py)"
        elif kinds[name] is TableKind.PSEUDONYMOUS:
            # Not forced: its functions run as the owner, and nobody else has a policy or a grant.
            if not enabled:
                yield f"{name}: row-level security is not enabled"
            if forced:
                yield f"{name}: row-level security is forced, and shuts its own functions out"
        elif kinds[name] is not TableKind.GLOBAL and not (enabled and forced):
            yield f"{name}: row-level security is not both enabled and forced"
        if owner_logs_in:
            yield f"{name}: is owned by a role that can log in"


def _policy_gaps(kinds: Mapping[str, TableKind]) -> Iterable[str]:
    found: dict[str, set[Policy]] = defaultdict(set)
    for table, *columns in _rows(_POLICIES):
        found[table].add(Policy(*columns))
    for table, kind in kinds.items():
        expected = _EXPECTED[kind]
        for policy in sorted(expected - found[table]):
            yield f"{table}: policy {policy.name} is missing or says something else"
        for policy in sorted(found[table] - expected, key=lambda policy: policy.name):
            yield f"{table}: policy {policy.name} is not the one of a {kind} table"


def _index_gaps(kinds: Mapping[str, TableKind]) -> Iterable[str]:
    keyed = set()
    for table, index, is_primary, leads_with_library, is_composite_key in _rows(_INDEXES):
        if kinds.get(table) is not TableKind.TENANT:
            continue
        if is_composite_key:
            keyed.add(table)
        if not is_primary and not leads_with_library:
            yield f"{table}: index {index} does not start with library_id"
    for table, kind in kinds.items():
        if kind is TableKind.TENANT and table not in keyed:
            yield f"{table}: has no unique (library_id, id)"


def _key_gaps(kinds: Mapping[str, TableKind]) -> Iterable[str]:
    for name, table, target, within_library, is_valid in _rows(_FOREIGN_KEYS):
        if kinds.get(target) is TableKind.TENANT and not within_library:
            yield f"{table}: key {name} can point into another library"
        if not is_valid:
            yield f"{table}: key {name} was never checked"


def _function_gaps() -> Iterable[str]:
    for name, looks_in_temporary_last in _rows(_DEFINERS):
        if name not in DEFINER_FUNCTIONS:
            yield f"{name}(): runs with its owner's rights and is not on the list"
        if not looks_in_temporary_last:
            yield f"{name}(): runs with its owner's rights and takes a temporary table for a real one"


def _grant_gaps(kinds: Mapping[str, TableKind]) -> Iterable[str]:
    for table, grantee, privilege in _rows(_GRANTS):
        kind = kinds.get(table)
        beyond_counts = grantee == "bibmail_dashboard" and kind is not TableKind.AGGREGATE
        past_functions = grantee == "bibmail_app" and kind is TableKind.PSEUDONYMOUS
        if privilege not in _MAY.get(grantee, set()) or beyond_counts or past_functions:
            yield f"{table}: {grantee} has {privilege}"
