"""What a stranger tries on every table; each probe yields a sentence per leak, and nothing when all is well.

The planted leaks (test_planted.py) are caught by these same functions.
"""

import copy
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.apps import apps
from django.db import DatabaseError, connection, models, transaction

from bibmail.tenancy import NoLibrary, acting_for, acting_for_network
from bibmail.tenancy.kinds import TableKind, declared_kinds
from bibmail.tenancy.models import TenantForeignKey
from tests.isolation import makers
from tests.isolation.makers import NOWHERE, Model, Tenant, World

OWNER, APP, BACKUP = "bibmail_owner", "bibmail_app", "bibmail_backup"

Probe = Callable[[Model, World], Iterator[str]]


# --- Tools -----------------------------------------------------------------------------------------


@contextmanager
def as_role(role: str) -> Iterator[None]:
    """Another database role within this connection, and the app's again afterwards."""
    run(f"SET ROLE {role}")
    yield
    # After an error the rollback to the savepoint brings the role back.
    run(f"SET ROLE {APP}")


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside is rolled back, also when it raises."""
    with transaction.atomic():
        sid = transaction.savepoint()
        try:
            yield
        finally:
            # Whoever failed has marked the transaction as broken, which would refuse the way back.
            transaction.set_rollback(False)
            transaction.savepoint_rollback(sid)


def run(statement: str, params: Sequence[str | int] = ()) -> int:
    """Run one statement; return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params or None)
        return int(cursor.rowcount)


def rows(statement: str, params: Sequence[str | int] = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params or None)
        return list(cursor.fetchall())


def refusal(attempt: Callable[[], object]) -> str:
    """How the database refuses this, numbers left out; empty when it does not. Nothing stays."""
    try:
        with undone():
            attempt()
            run("SET CONSTRAINTS ALL IMMEDIATE")
    except DatabaseError as error:
        words = str(error)
        for number in (makers.ZOTTEGEMS, makers.AALSTS, NOWHERE):
            words = words.replace(str(number), "N").replace(str(number + 500), "L")
        return f"{type(error).__name__}: {words}"
    return ""


def checksum(tenant: Tenant) -> dict[str, str]:
    """One fingerprint per table over all rows of a library, read past every fence."""
    tables = [
        (m._meta.db_table, "library_id")
        for kind in (TableKind.TENANT, TableKind.AGGREGATE)
        for m in makers.models_of(kind)
    ]
    tables += [("tenancy_staffrole", "library_id"), ("tenancy_library", "id")]
    one = "SELECT '{0}', coalesce(md5(string_agg(t::text, '|' ORDER BY t.id)), '') FROM {0} t WHERE {1} = %s"
    union = " UNION ALL ".join(one.format(*table) for table in tables)
    with as_role(BACKUP):
        return dict(rows(union, [tenant.library.pk] * len(tables)))


def changes(before: dict[str, str], tenant: Tenant) -> list[str]:
    """The tables of this library that differ from before."""
    after = checksum(tenant)
    return sorted(table for table in after if after[table] != before[table])


# --- Tenant tables ---------------------------------------------------------------------------------


def reads(model: Model, world: World) -> Iterator[str]:
    """Aalst asks for Zottegem's row in every way the ORM and SQL have."""
    theirs, objects = world.zottegem.number, model._default_manager
    library_id, table = world.zottegem.library.pk, model._meta.db_table
    asked: dict[str, Callable[[], object]] = {
        "filter": lambda: list(objects.filter(pk=theirs)),
        "exists": lambda: objects.filter(pk=theirs).exists(),
        "first": lambda: objects.filter(pk=theirs).first(),
        "count": lambda: objects.count() - 1,
        "aggregate": lambda: objects.aggregate(n=models.Count("pk"))["n"] - 1,
        "in_bulk": lambda: objects.in_bulk([theirs]),
        "library": lambda: list(objects.filter(library_id=library_id)),
        "other libraries": lambda: list(objects.exclude(library_id=world.aalst.library.pk)),
        "select_for_update": lambda: list(objects.filter(pk=theirs).select_for_update()),
        "raw": lambda: list(objects.raw(f"SELECT * FROM {table} WHERE id = %s", [theirs])),
        "SQL": lambda: rows(f"SELECT id FROM {table} WHERE library_id = %s", [library_id]),
        "SQL by words": lambda: rows(f"SELECT id FROM {table} AS t WHERE t::text LIKE '%kanarie%'"),
        # A condition that fails on Zottegem's row shows that it was weighed before the fence.
        "failing condition": lambda: rows(f"SELECT id FROM {table} WHERE 1 / (id - %s) > 9", [theirs]),
    }
    for path in _relations(model):
        asked[f"through {path}"] = objects.filter(**{f"{path}__pk": theirs}).exists
        asked[f"values of {path}"] = partial(
            list, objects.filter(**{f"{path}__library_id": library_id}).values_list(f"{path}__pk")
        )
    for way, ask in asked.items():
        if found := _answer(ask):
            yield f"{table}: Aalst reaches Zottegem's row by {way}: {found}"


def writes(model: Model, world: World) -> Iterator[str]:
    """Aalst changes, removes, adds and moves rows of Zottegem."""
    theirs, table = world.zottegem.number, model._meta.db_table
    stranger, objects = world.zottegem.of(model), model._default_manager
    columns = [f for f in model._meta.concrete_fields if not f.primary_key and f.name != "library"]
    # A link between two rows has nothing but its keys.
    column = next((f for f in columns if not f.is_relation), columns[0])
    kept = {column.attname: getattr(stranger, column.attname)}
    touched: dict[str, Callable[[], int | None]] = {
        "update": lambda: objects.filter(pk=theirs).update(**kept),
        "delete": lambda: objects.filter(pk=theirs).delete()[0],
        "bulk_update": lambda: objects.bulk_update([stranger], [column.name]),
        "SQL update": lambda: run(
            f'UPDATE {table} SET "{column.column}" = "{column.column}" WHERE id = %s', [theirs]
        ),
        "SQL delete": lambda: run(f"DELETE FROM {table} WHERE id = %s", [theirs]),
    }
    for way, touch in touched.items():
        # A refusal of the whole table (evidence) is as good as no row.
        if found := _answer(touch, refused=0):
            yield f"{table}: Aalst touches {found} row of Zottegem by {way}"
    added = copy.copy(stranger)
    added.pk = NOWHERE
    if not refusal(lambda: added.save(force_insert=True)).startswith("ProgrammingError"):
        yield f"{table}: Aalst adds a row to Zottegem"
    moves = f"UPDATE {table} SET library_id = %s WHERE id = %s"
    if not refusal(lambda: run(moves, [world.zottegem.library.pk, world.aalst.number])):
        yield f"{table}: Aalst moves its own row to Zottegem"


def keys(model: Model, world: World) -> Iterator[str]:
    """A row of Aalst points at Zottegem's, by each key; the refusal tells nothing that nowhere would not."""
    table, own = model._meta.db_table, world.aalst.number
    for key in _tenant_keys(model):
        points = f"UPDATE {table} SET {key.column} = %s WHERE id = %s"

        def point(number: int, points: str = points) -> None:
            # As the owner, whom the fence binds too: evidence grants the app no update at all.
            with as_role(OWNER):
                run(points, [number, own])

        theirs, nowhere = (refusal(partial(point, number)) for number in (world.zottegem.number, NOWHERE))
        if not theirs.startswith("IntegrityError"):
            yield f"{table}: Aalst's row may point at Zottegem's by {key.column} ({theirs or 'accepted'})"
        if theirs != nowhere:
            yield f"{table}: {key.column} tells Zottegem's row from nowhere: {theirs} / {nowhere}"


def without_library(model: Model, world: World) -> Iterator[str]:
    """Nobody's library, and the network's scope: a loud refusal, not an empty table."""
    table, objects = model._meta.db_table, model._default_manager
    asked: dict[str, Callable[[], object]] = {
        "list": lambda: list(objects.all()),
        "count": lambda: objects.count(),
        "exists": lambda: objects.exists(),
        "first": lambda: objects.order_by("pk").first(),
        "update": lambda: objects.update(library_id=1),
        "SQL": lambda: rows(f"SELECT * FROM {table}"),
        "SQL as owner": lambda: _as_owner(f"SELECT * FROM {table}"),
        "insert": lambda: _inserted(world.zottegem.of(model)),
        "new row": lambda: model(),
    }
    for way, ask in asked.items():
        if not _is_loud(ask):
            yield f"{table}: {way} is answered without a library"
        with acting_for_network():
            if not _is_loud(ask):
                yield f"{table}: {way} is answered for the network"


TENANT_PROBES: tuple[Probe, ...] = (reads, writes, keys)


def tenant_leaks(model: Model, world: World) -> list[str]:
    """All that Aalst could do with one table, and what is answered without a library."""
    with acting_for(world.aalst.library.pk):
        found = [leak for probe in TENANT_PROBES for leak in probe(model, world)]
    return found + list(without_library(model, world))


def all_tenant_leaks(world: World) -> list[str]:
    found = [model for model in makers.models_of(TableKind.TENANT) if model in world.zottegem.rows]
    return [leak for model in found for leak in tenant_leaks(model, world)]


def business_keys(world: World) -> list[str]:
    """Aalst has built the very same rows as Zottegem, or building this world had failed; count them."""
    mine, theirs = world.aalst.rows, world.zottegem.rows
    return [
        f"{model._meta.db_table}: the words of the twins differ"
        for model in theirs
        for text in model._meta.concrete_fields
        if isinstance(text, models.CharField)
        and getattr(mine[model], text.attname) != getattr(theirs[model], text.attname)
    ]


def _relations(model: Model) -> Iterator[str]:
    """The names of all relations to fenced tables, forward and backward, as a filter spells them."""
    for relation in model._meta.get_fields():
        target = relation.related_model
        if isinstance(target, type) and getattr(target, "table_kind", None) is TableKind.TENANT:
            yield relation.name


def _tenant_keys(model: Model) -> list["models.ForeignKey[Any, Any]"]:
    return [field for field in model._meta.concrete_fields if isinstance(field, TenantForeignKey)]


def _answer(ask: Callable[[], Any], *, refused: object = None) -> Any:
    """What came back; an error that speaks of rights is no answer, any other is told."""
    try:
        with undone():
            return ask()
    except DatabaseError as error:
        is_about_rights = getattr(error.__cause__, "pgcode", "") == "42501"
        return refused if is_about_rights else f"{type(error).__name__} ({str(error).splitlines()[0]})"


def _is_loud(ask: Callable[[], object]) -> bool:
    try:
        with undone():
            ask()
    except (NoLibrary, DatabaseError):
        return True
    return False


def _as_owner(statement: str) -> None:
    with as_role(OWNER):
        rows(statement)


def _inserted(row: models.Model) -> None:
    added = copy.copy(row)
    added.pk = NOWHERE
    added.save(force_insert=True)


# --- Shared and aggregate tables ---------------------------------------------------------------------


def shared_leaks(model: Model, world: World) -> Iterator[str]:
    """A library reads what is the network's, and changes nothing of it; the network may."""
    table, theirs = model._meta.db_table, world.shared[model]
    here = model._default_manager.filter(pk=theirs.pk)
    if not here.exists():
        yield f"{table}: cannot be read outside every scope"
    with acting_for(world.aalst.library.pk):
        if not here.exists():
            yield f"{table}: a library cannot read it"
        if _answer(lambda: run(f"UPDATE {table} SET id = id"), refused=0):
            yield f"{table}: a library changes it"
        if _answer(lambda: run(f"DELETE FROM {table} WHERE id = %s", [theirs.pk]), refused=0):
            yield f"{table}: a library removes from it"
        if not _is_loud(lambda: _copied(theirs)):
            yield f"{table}: a library adds to it"
    with acting_for_network():
        if _answer(lambda: run(f"UPDATE {table} SET id = id WHERE id = %s", [theirs.pk])) != 1:
            yield f"{table}: the network cannot change it"


def _copied(row: models.Model) -> None:
    added = copy.copy(row)
    added.pk = NOWHERE + 1
    for field in row._meta.concrete_fields:
        if field.unique and isinstance(field, models.CharField):
            setattr(added, field.attname, "another")
    added.save(force_insert=True)


def aggregate_leaks(model: Model, world: World) -> Iterator[str]:
    """A library keeps its own counts; the network reads all of them and writes none."""
    table = model._meta.db_table
    with acting_for(world.aalst.library.pk):
        yield from (leak for leak in reads(model, world))
        yield from (leak for leak in writes(model, world))
        if run(f"UPDATE {table} SET id = id") != 1:
            yield f"{table}: a library cannot write its own"
    with acting_for_network():
        if model._default_manager.count() != 2:
            yield f"{table}: the network does not read all"
        for way in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):
            if _answer(partial(run, way), refused=0):
                yield f"{table}: the network may {way.split()[0].lower()}"
        if not _is_loud(lambda: _inserted(world.zottegem.of(model))):
            yield f"{table}: the network may insert"
    if not _is_loud(lambda: list(model._default_manager.all())):
        yield f"{table}: is answered without a library"


# --- Whatever else there is in the database ------------------------------------------------------------

_READABLE = """
    SELECT n.nspname, c.relname
      FROM pg_class c
      JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
       AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
       AND n.nspname NOT LIKE 'pg\\_temp%'
       AND has_table_privilege(c.oid, 'SELECT')
     ORDER BY 1, 2
"""


def relation_leaks(world: World) -> list[str]:
    """Aalst reads every table and view that the app's role may read at all, and looks for Zottegem's words."""
    everywhere = {t for t, kind in declared_kinds().items() if kind is TableKind.GLOBAL}
    found = []
    with acting_for(world.aalst.library.pk):
        for schema, relation in rows(_READABLE):
            if relation in everywhere:
                continue
            look = f'SELECT 1 FROM "{schema}"."{relation}" AS t WHERE t::text LIKE %s LIMIT 1'
            if _answer(partial(rows, look, ["%kanarie%"])):
                found.append(f"{relation}: Aalst reads words of Zottegem")
    return found


_ROLES = """
    SELECT rolname FROM pg_roles
     WHERE rolname IN ('bibmail_app', 'bibmail_dashboard')
       AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb
            OR pg_has_role(oid, 'bibmail_owner', 'MEMBER') OR pg_has_role(oid, 'bibmail_backup', 'MEMBER'))
"""


def unfit_roles() -> list[str]:
    return [f"{role}: is more than a plain role" for (role,) in rows(_ROLES)]


def many_to_many() -> list[str]:
    """Links between tenant rows that Django made by itself: tables without library and without fence."""
    return [
        f"{model._meta.label}: {field.name} makes a table by itself; give the link a model of its own"
        for model in apps.get_models()
        if getattr(model, "table_kind", None) is not None
        for field in model._meta.local_many_to_many
    ]
