"""From an empty PostgreSQL to one that Bibmail can live in: roles, database, rights (operations guide)."""

from collections.abc import Mapping
from contextlib import closing
from urllib.parse import parse_qs, quote, unquote, urlsplit, urlunsplit

import psycopg2

from bibmail.tenancy import roles


class NotReachable(Exception):
    """PostgreSQL did not let us in; the message says why and what to check, without the password."""


def prepare(admin_url: str, *, name: str, passwords: Mapping[str, str]) -> None:
    """Create roles and database where they are missing; admin_url logs in as a superuser."""
    with closing(_autocommit(admin_url)) as connection, connection.cursor() as cursor:
        for role in (roles.OWNER, *roles.LOGINS):
            roles.create_role(cursor, role, passwords.get(role))
        roles.create_database(cursor, name)
    with closing(_autocommit(with_database(admin_url, name))) as connection, connection.cursor() as cursor:
        roles.grant_rights(cursor)


def login_url(admin_url: str, *, role: str, password: str, name: str) -> str:
    """The same server, another role and database."""
    parts = urlsplit(admin_url)
    host = parts.netloc.rpartition("@")[2]
    netloc = f"{quote(role)}:{quote(password, safe='')}@{host}"
    return urlunsplit(parts._replace(netloc=netloc, path=f"/{name}"))


def with_database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def libpq(url: str) -> str:
    """The URL as libpq takes it; ours may name the socket folder as ?host=."""
    return urlunsplit(urlsplit(url)._replace(scheme="postgresql"))


def _autocommit(url: str) -> "psycopg2.extensions.connection":
    parts = urlsplit(url)
    host = parse_qs(parts.query).get("host", [unquote(parts.hostname or "")])[0]
    try:
        connection = psycopg2.connect(libpq(url), connect_timeout=10)
    except psycopg2.OperationalError as refusal:
        raise NotReachable(
            f"PostgreSQL at {host or 'the default host'} refused {parts.username!r}: "
            f"{str(refusal).strip().splitlines()[-1]}. Check user, password and host in the URL."
        ) from None
    connection.autocommit = True
    return connection
