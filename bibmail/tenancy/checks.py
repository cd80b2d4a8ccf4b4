"""`manage.py check --database default`: is the role plain, and are the fences closed?"""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from bibmail.tenancy import guard, roles


@register(Tags.database)
def check_database(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Errors for an unfit role and for every gap.

    `manage.py migrate` runs this too, before it has built anything and as the owner; the owner and tables
    still to come are therefore left to the boot check (tenancy.boot), which no server passes by.
    """
    if not databases:
        return []
    with connection.cursor() as cursor:
        role = roles.who_am_i(cursor)
    if role.is_superuser or role.bypasses_rls:
        return [Error(roles.unfit(role), id="bibmail.E001")]
    if pending_migrations():
        return []
    return [Error(gap, id="bibmail.E002") for gap in guard.gaps()]


def pending_migrations() -> list[str]:
    """Migrations that this code has and this database has not."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [str(migration) for migration, _ in plan]
