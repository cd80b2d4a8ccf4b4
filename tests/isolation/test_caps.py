"""The one table that belongs to no library: the app reaches it through two functions, and reads nothing there."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from bibmail.tenancy import acting_for, acting_for_network
from bibmail.tenancy.models import Library
from tests.factories import NOON
from tests.isolation import probes
from tests.isolation.probes import rows, run

TABLE = "campaigns_recipientcap"
SOMEBODY = "00000000-0000-0000-0000-0000000bbc01"

TRIES = {
    "SELECT": f"SELECT * FROM {TABLE}",
    "SELECT of nothing": f"SELECT 1 FROM {TABLE} WHERE false",
    "SELECT FOR UPDATE": f"SELECT 1 FROM {TABLE} FOR UPDATE",
    "INSERT": f"INSERT INTO {TABLE} (recipient_hash, sent_at) VALUES ('{SOMEBODY}', '{{}}')",
    "UPDATE": f"UPDATE {TABLE} SET sent_at = '{{}}'",
    "DELETE": f"DELETE FROM {TABLE}",
    "TRUNCATE": f"TRUNCATE {TABLE}",
    "COPY": f"COPY {TABLE} TO STDOUT",
}


def reserve(library: Library, *, days: int = 0) -> object:
    """When this library may mail somebody; None where it may now."""
    with acting_for(library.pk):
        return rows(
            "SELECT free_at FROM cap_reserve(ARRAY[%s]::uuid[], ARRAY[interval '3 days'], %s)",
            [SOMEBODY, str(NOON + timedelta(days=days))],
        )[0][0]


def release(library: Library) -> None:
    with acting_for(library.pk):
        run("SELECT cap_release(ARRAY[%s]::uuid[], ARRAY[%s]::timestamptz[])", [SOMEBODY, str(NOON)])


def kept() -> list[tuple[object, ...]]:
    """Everything in the table, read past every fence."""
    with probes.as_role(probes.BACKUP):
        return rows(f"SELECT recipient_hash::text, cardinality(sent_at) FROM {TABLE}")


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["bibmail_app", "bibmail_dashboard"])
@pytest.mark.parametrize(
    "right", ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"]
)
def test_no_role_that_serves_has_a_right_on_the_caps(role: str, right: str) -> None:
    assert rows("SELECT has_table_privilege(%s, %s, %s)", [role, TABLE, right]) == [(False,)]
    if right in {"SELECT", "INSERT", "UPDATE", "REFERENCES"}:
        assert rows("SELECT has_any_column_privilege(%s, %s, %s)", [role, TABLE, right]) == [(False,)]


@pytest.mark.parametrize("attempt", TRIES.values(), ids=list(TRIES))
def test_the_caps_are_closed_in_every_scope(attempt: str, zottegem: Library) -> None:
    reserve(zottegem)
    scopes: list[Callable[[], object]] = [partial(acting_for, zottegem.pk), acting_for_network]

    for scope in scopes:
        with scope():  # type: ignore[attr-defined]  # both are context managers
            assert "permission denied" in probes.refusal(partial(run, attempt))
    assert "permission denied" in probes.refusal(partial(run, attempt))
    assert kept() == [(SOMEBODY, 1)]


def test_another_library_hears_a_moment_and_nothing_else(zottegem: Library, aalst: Library) -> None:
    reserve(zottegem)

    assert reserve(aalst, days=1) == NOON + timedelta(days=3)
    assert kept() == [(SOMEBODY, 1)]


def test_a_place_that_was_given_back_is_free(zottegem: Library, aalst: Library) -> None:
    reserve(zottegem)

    release(zottegem)

    assert reserve(aalst, days=1) is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    "function", ["cap_reserve(uuid[], interval[], timestamptz)", "cap_release(uuid[], timestamptz[])"]
)
def test_only_the_app_may_call_the_functions(function: str) -> None:
    may = {
        role: rows("SELECT has_function_privilege(%s, %s, 'EXECUTE')", [role, function])[0][0]
        for role in ("bibmail_app", "bibmail_dashboard", "bibmail_backup")
    }

    assert may == {"bibmail_app": True, "bibmail_dashboard": False, "bibmail_backup": False}


def test_a_temporary_table_of_the_same_name_is_not_taken_for_it(zottegem: Library) -> None:
    # Otherwise its triggers would run with the rights of the owner of all tables.
    with acting_for(zottegem.pk):
        run(f"CREATE TEMPORARY TABLE {TABLE} (recipient_hash uuid PRIMARY KEY, sent_at timestamptz[])")
        run(f"GRANT ALL ON pg_temp.{TABLE} TO PUBLIC")

    reserve(zottegem)

    assert rows(f"SELECT * FROM pg_temp.{TABLE}") == []
    with probes.as_role(probes.BACKUP):
        assert rows(f"SELECT count(*) FROM public.{TABLE}") == [(1,)]
