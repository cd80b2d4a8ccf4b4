"""No process serves as a role that passes the fences, nor behind fences with gaps."""

import os
import subprocess
import sys
from collections.abc import Iterator

import psycopg2
import pytest
from django.conf import LazySettings, settings
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection

from bibmail.tenancy import boot, database, roles
from bibmail.tenancy.models.deployment import Deployment

UNFIT = ["postgres", "bibmail_owner", "bibmail_migrate", "bibmail_backup"]


@pytest.fixture
def superuser() -> Iterator["psycopg2.extensions.cursor"]:
    opened = psycopg2.connect(database.libpq(os.environ["DATABASE_URL_ADMIN"]))
    with opened.cursor() as cursor:
        yield cursor
    opened.close()


@pytest.mark.parametrize("role", UNFIT)
def test_a_role_that_passes_the_fences_is_refused(superuser: "psycopg2.extensions.cursor", role: str) -> None:
    if role != "postgres":
        superuser.execute(f"SET ROLE {role}")

    with pytest.raises(roles.UnfitRole, match="not bound by row-level security"):
        roles.refuse_unfit_role(superuser)


def test_the_plain_role_may_serve(superuser: "psycopg2.extensions.cursor") -> None:
    superuser.execute("SET ROLE bibmail_app")

    assert roles.refuse_unfit_role(superuser).name == "bibmail_app"


@pytest.mark.django_db
def test_the_database_of_the_tests_may_be_served() -> None:
    boot.refuse_unfit_database()


@pytest.mark.django_db
def test_the_owner_may_not_serve() -> None:
    _as_owner("SELECT 1", stay=True)

    with pytest.raises(boot.UnfitDatabase, match="bibmail_owner"):
        boot.refuse_unfit_database()


@pytest.mark.django_db
def test_a_lowered_fence_keeps_everybody_out() -> None:
    _as_owner("ALTER TABLE members_contact NO FORCE ROW LEVEL SECURITY")

    with pytest.raises(boot.UnfitDatabase, match="members_contact: row-level security"):
        boot.refuse_unfit_database()
    with pytest.raises(SystemCheckError, match="members_contact: row-level security"):
        call_command("check", databases=["default"])


@pytest.mark.django_db
def test_a_database_of_another_environment_is_refused(settings: LazySettings) -> None:
    Deployment.objects.update(environment="production")

    with pytest.raises(boot.UnfitDatabase, match="serves 'production' and BIBMAIL_ENVIRONMENT says 'test'"):
        boot.refuse_unfit_database()


@pytest.mark.django_db
def test_the_migrating_role_is_not_kept_from_migrating() -> None:
    _as_owner("SELECT 1", stay=True)

    call_command("check", databases=["default"])


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("program", ["bibmail.wsgi", "worker"])
@pytest.mark.parametrize("login", ["superuser", "nobody"])
def test_web_and_worker_leave_with_a_sentence(program: str, login: str) -> None:
    url = database.with_database(os.environ["DATABASE_URL_ADMIN"], connection.settings_dict["NAME"])
    if login == "nobody":
        url = database.login_url(
            url, role="nobody", password="hunter2", name=connection.settings_dict["NAME"]
        )
    words = (
        ["-c", "import bibmail.wsgi"]
        if program == "bibmail.wsgi"
        else ["-m", "celery", "--app=bibmail.celery", "worker", "--pool=solo"]
    )

    done = subprocess.run(
        [sys.executable, *words],
        env=os.environ | {"DATABASE_URL": url},
        cwd=settings.ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 3
    expected = "not bound by row-level security" if login == "superuser" else "cannot be reached as 'nobody'"
    assert expected in done.stderr
    assert "hunter2" not in done.stderr
    assert "Traceback" not in done.stderr


def _as_owner(statement: str, *, stay: bool = False) -> None:
    """Within the test's transaction, which takes it all back."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE bibmail_owner")
        cursor.execute(statement)
        if not stay:
            cursor.execute("SET LOCAL ROLE bibmail_app")
