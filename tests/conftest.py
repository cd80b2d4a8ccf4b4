"""The database of the tests: built by the owner, used by the plain role, so that fences are really tested."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, connections
from django.test import TransactionTestCase
from pytest_django.plugin import DjangoDbBlocker

from bibmail.tenancy import acting_for
from bibmail.tenancy.kinds import TableKind, declared_kinds
from bibmail.tenancy.models import Library
from journeys.engine import tick
from tests import factories

# Truncating takes the owner; rows that came with the migrations stay.
_KEPT = {"django_migrations", "django_content_type", "auth_permission", "tenancy_deployment"}


def become(role: str) -> None:
    """Log in anew and become this role from the first statement on."""
    connection.close()
    connection.settings_dict["OPTIONS"]["options"] = f"-c role={role}"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    become("bibmail_owner")
    # Default privileges live in a database; the template has them (roles.grant_rights).
    connection.settings_dict["TEST"]["TEMPLATE"] = "bibmail"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        become("bibmail_app")
    yield
    with django_db_blocker.unblock():
        become("bibmail_owner")


def _truncate_as_owner(self: TransactionTestCase) -> None:
    # Its numbers begin anew, and a version's number is all the engine knows it by.
    tick.forget_versions()
    kinds = declared_kinds()
    tables = [t for t, kind in kinds.items() if kind is not TableKind.SHARED and t not in _KEPT]
    with connections["default"].cursor() as cursor:
        cursor.execute("SET ROLE bibmail_owner")
        cursor.execute(f"TRUNCATE {', '.join(sorted(tables))} RESTART IDENTITY CASCADE")
        cursor.execute("SET ROLE bibmail_app")


@pytest.fixture(autouse=True, scope="session")
def _flush_by_the_owner() -> Iterator[None]:
    patch = pytest.MonkeyPatch()
    patch.setattr(TransactionTestCase, "_fixture_teardown", _truncate_as_owner)
    yield
    patch.undo()


@pytest.fixture
def zottegem(db: Any) -> Library:
    """The owner in every story about tenants."""
    return factories.a_library(slug="zottegem", name="Bib Zottegem")


@pytest.fixture
def aalst(db: Any) -> Library:
    """The stranger."""
    return factories.a_library(slug="aalst", name="Bib Aalst")


@pytest.fixture
def library(zottegem: Library) -> Iterator[Library]:
    """Acting for Zottegem during the whole test."""
    with acting_for(zottegem.pk):
        yield zottegem
