"""The database roles (architecture 3): who owns, who migrates, who serves, who only reads aggregates."""

from typing import NamedTuple

import psycopg2
from django.db.backends.utils import CursorWrapper
from psycopg2 import sql

OWNER = "bibmail_owner"
LOGINS = ("bibmail_migrate", "bibmail_app", "bibmail_dashboard", "bibmail_backup")

_CREATE = """
    DO $$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {literal}) THEN
            CREATE ROLE {name} NOSUPERUSER NOCREATEROLE;
        END IF;
    END $$
"""

_GRANTS = """
    GRANT bibmail_owner TO bibmail_migrate;
    ALTER ROLE bibmail_migrate SET role = 'bibmail_owner';
    ALTER ROLE bibmail_backup BYPASSRLS;
    ALTER ROLE bibmail_backup SET row_security = off;
    GRANT CREATE, USAGE ON SCHEMA public TO bibmail_owner;
    ALTER DEFAULT PRIVILEGES FOR ROLE bibmail_owner
        GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO bibmail_app;
    ALTER DEFAULT PRIVILEGES FOR ROLE bibmail_owner GRANT USAGE ON SEQUENCES TO bibmail_app;
    ALTER DEFAULT PRIVILEGES FOR ROLE bibmail_owner GRANT SELECT ON TABLES TO bibmail_backup;
    ALTER DEFAULT PRIVILEGES FOR ROLE bibmail_owner GRANT SELECT ON SEQUENCES TO bibmail_backup;
"""

_WHO_AM_I = """
    SELECT r.rolname, r.rolsuper, r.rolbypassrls,
           pg_has_role(r.oid, (SELECT oid FROM pg_roles WHERE rolname = 'bibmail_owner'), 'USAGE')
      FROM pg_roles r
     WHERE r.rolname = current_user
"""


class UnfitRole(Exception):
    """The app may not run as a role that row-level security does not bind."""


class Role(NamedTuple):
    """What the database says of the role we are logged in as."""

    name: str
    is_superuser: bool
    bypasses_rls: bool
    is_owner: bool


def create_role(cursor: psycopg2.extensions.cursor, name: str, password: str | None) -> None:
    """Create the role unless it is there; with a password it may log in. Runs as superuser."""
    cursor.execute(sql.SQL(_CREATE).format(literal=sql.Literal(name), name=sql.Identifier(name)))
    if password:
        cursor.execute(
            sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(name), sql.Literal(password))
        )


def grant_rights(cursor: psycopg2.extensions.cursor) -> None:
    """Give the roles their rights in this database; runs as superuser, before the first migration."""
    cursor.execute(_GRANTS)


def create_database(cursor: psycopg2.extensions.cursor, name: str) -> bool:
    """Create the database, owned by the owner role, unless it is there; tell whether it was made."""
    cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
    if cursor.fetchone():
        return False
    cursor.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(OWNER)))
    return True


def who_am_i(cursor: psycopg2.extensions.cursor | CursorWrapper) -> Role:
    """The role we act as; one that the database does not know is the worst of all."""
    cursor.execute(_WHO_AM_I)
    row = cursor.fetchone()
    return Role(*row) if row else Role("?", True, True, True)


def unfit(role: Role) -> str:
    """Why this role may not serve."""
    return (
        f"The database role {role.name!r} is not bound by row-level security. "
        "Let DATABASE_URL log in as bibmail_app; only `manage.py migrate` uses another role."
    )


def refuse_unfit_role(cursor: psycopg2.extensions.cursor | CursorWrapper) -> Role:
    """Return our role; raises UnfitRole when it is a superuser, skips policies or owns the tables."""
    role = who_am_i(cursor)
    if role.is_superuser or role.bypasses_rls or role.is_owner:
        raise UnfitRole(unfit(role))
    return role
