"""Helpers for tests of pages: a colleague who is logged in, and the addresses of a library's pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bibmail.tenancy.models import Library, NetworkRole, StaffRole
from tests import factories


def logged_in(role: StaffRole | NetworkRole) -> Client:
    client = Client()
    client.force_login(role.user)
    return client


def reader(library: Library) -> Client:
    return logged_in(factories.a_role(library, role=StaffRole.Role.READER))


def editor(library: Library) -> Client:
    return logged_in(factories.a_role(library, role=StaffRole.Role.EDITOR))


def admin(library: Library) -> Client:
    return logged_in(factories.a_role(library, role=StaffRole.Role.ADMIN))


def at(library: Library, name: str, *args: Any) -> str:
    return reverse(f"library:{name}", args=[library.slug, *args])


@contextmanager
def at_most(count: int) -> Iterator[None]:
    """No more queries than this; what sets the scope and its savepoint in a test is not the page's."""
    with CaptureQueriesContext(connection) as captured:
        yield
    asked = [q["sql"] for q in captured if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "ROLLBACK"))]
    asked = [sql for sql in asked if "set_config" not in sql]
    assert len(asked) <= count, f"{len(asked)} queries:\n" + "\n".join(asked)
