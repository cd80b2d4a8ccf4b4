"""Roles and database of the demo: made on the embedded server, or yours by DATABASE_URL."""

from collections.abc import Mapping
from contextlib import closing
from typing import NamedTuple

import psycopg2

from bibmail.embedded import ServiceUrls
from bibmail.sandbox.demo.refusal import CannotShow
from bibmail.tenancy import database

_NAME = "bibmail"


class Logins(NamedTuple):
    """Whom the pages log in as, and whom the migrations."""

    app: str
    migrate: str


def prepare(urls: ServiceUrls, outside: Mapping[str, str], secrets: Mapping[str, str]) -> Logins:
    """Both URLs, tried; refused in a sentence without a password."""
    try:
        logins = _own(urls.database, outside) if urls.database else _embedded(urls, secrets)
    except database.NotReachable as refusal:
        raise CannotShow(str(refusal)) from None
    for name, url in (("DATABASE_URL", logins.app), ("DATABASE_URL_MIGRATE", logins.migrate)):
        _try(name, url)
    return logins


def _embedded(urls: ServiceUrls, secrets: Mapping[str, str]) -> Logins:
    assert urls.admin  # noqa: S101  # the embedded server always has one
    passwords = {
        name.removesuffix("_PASSWORD").lower(): secret
        for name, secret in secrets.items()
        if name.endswith("_PASSWORD")
    }
    database.prepare(urls.admin, name=_NAME, passwords=passwords)
    return Logins(
        *(
            database.login_url(urls.admin, role=role, password=passwords[role], name=_NAME)
            for role in ("bibmail_app", "bibmail_migrate")
        )
    )


def _own(url: str, outside: Mapping[str, str]) -> Logins:
    _try("DATABASE_URL", url)
    migrate = outside.get("DATABASE_URL_MIGRATE")
    if not migrate:
        raise CannotShow(
            "DATABASE_URL names a server of your own. Give DATABASE_URL_MIGRATE too (docs/operations.md), "
            "or leave both out: the demo then brings its own PostgreSQL."
        )
    return Logins(url, migrate)


def _try(name: str, url: str) -> None:
    try:
        closing(psycopg2.connect(database.libpq(url), connect_timeout=10)).__exit__(None, None, None)
    except psycopg2.Error as refusal:
        said = (str(refusal).strip().splitlines() or ["no reason given"])[0]
        raise CannotShow(f"{name} does not open a database: {said}. Check user, password and host.") from None
