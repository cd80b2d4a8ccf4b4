"""The services of the tests, up before Django reads its settings (loaded by `-p tests.services`).

Apart from the demo's: a folder of its own, thrown away at the end. DATABASE_URL_ADMIN and BROKER_URL in
the environment replace them.
"""

import contextlib
import os
import secrets
import shutil
import tempfile
from pathlib import Path

import psycopg2
import pytest

from bibmail.embedded import Services
from bibmail.tenancy import database, roles

# Logs in, then becomes another role for each connection: owner to build the schema, app to run the tests.
TESTER = "bibmail_tester"

_TESTER = """
    ALTER ROLE bibmail_tester NOSUPERUSER NOBYPASSRLS CREATEDB;
    ALTER ROLE bibmail_owner CREATEDB;
    GRANT bibmail_owner, bibmail_app, bibmail_dashboard, bibmail_backup TO bibmail_tester;
"""

_stack = contextlib.ExitStack()


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Start what the environment does not name; workers of xdist find the names there."""
    os.environ["BIBMAIL_ENVIRONMENT"] = "test"
    if "BIBMAIL_TEST_DATABASE_READY" in os.environ:
        return
    admin_url = os.environ.get("DATABASE_URL_ADMIN") or _start()
    password = secrets.token_hex(12)
    database.prepare(admin_url, name="bibmail", passwords={})
    _make_tester(admin_url, password)
    os.environ["DATABASE_URL_ADMIN"] = admin_url
    os.environ["DATABASE_URL"] = database.login_url(admin_url, role=TESTER, password=password, name="bibmail")
    os.environ["BIBMAIL_TEST_DATABASE_READY"] = "1"


def _start() -> str:
    folder = Path(tempfile.mkdtemp(prefix="bibmail-tests-"))
    _stack.callback(shutil.rmtree, folder, ignore_errors=True)
    services = _stack.enter_context(Services(folder))
    os.environ.setdefault("BROKER_URL", services.broker_url)
    return services.superuser_url


def _make_tester(admin_url: str, password: str) -> None:
    connection = psycopg2.connect(database.libpq(admin_url))
    with connection, connection.cursor() as cursor:
        roles.create_role(cursor, TESTER, password)
        cursor.execute(_TESTER)
    connection.close()


def pytest_unconfigure() -> None:
    _stack.close()
