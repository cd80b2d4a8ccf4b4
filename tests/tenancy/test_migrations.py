"""Migrations on filled, fenced tables: rows of all libraries come along, and the fence is back (D3)."""

from collections.abc import Sequence

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, migrations, models
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from bibmail.tenancy import acting_for, guard, rls
from bibmail.tenancy.models import TenantForeignKey
from tests.isolation import makers, probes
from tests.isolation.makers import World

BACKFILL = migrations.RunSQL("UPDATE members_activity SET nearest_id = branch_id, weight = 3")
NEAREST = migrations.AddField(
    "activity", "nearest", TenantForeignKey("tenancy.Branch", models.SET_NULL, null=True, related_name="+")
)
WEIGHT = migrations.AddField("activity", "weight", models.IntegerField(null=True))
REQUIRED = migrations.AlterField("activity", "weight", models.IntegerField())
INDEX = migrations.AddIndex("activity", models.Index(fields=["library", "weight"], name="activity_by_weight"))
KEY = rls.composite_fk("members_activity", "nearest_id", "tenancy_branch", "SET NULL")
OURS = ("network", "journeys", "campaigns", "consent", "members", "tenancy")
FENCED = ["members_activity", "tenancy_branch"]


@pytest.fixture
def filled(db: None) -> World:
    return makers.build()


def _migrate(operations: Sequence[Operation]) -> None:
    """As `manage.py migrate` would: by the owner, in one transaction, nobody's library."""
    # The rows are of this same transaction, so their keys would be judged at its end.
    probes.run("SET CONSTRAINTS ALL IMMEDIATE")
    state: ProjectState = MigrationExecutor(connection).loader.project_state()
    migration = type("Planned", (migrations.Migration,), {"operations": list(operations)})("0099", "members")
    with probes.as_role(probes.OWNER), connection.schema_editor() as editor:
        migration.apply(state, editor)


def _rows(statement: str) -> list[tuple[object, ...]]:
    with probes.as_role(probes.BACKUP):
        return probes.rows(statement)


def test_a_column_a_key_and_an_index_come_to_filled_tables_of_all_libraries(filled: World) -> None:
    _migrate([WEIGHT, NEAREST, *rls.unfenced(FENCED, [BACKFILL, KEY, REQUIRED]), INDEX])

    assert _rows("SELECT id, nearest_id, weight FROM members_activity ORDER BY id") == [
        (number, number, 3) for number in (makers.ZOTTEGEMS, makers.AALSTS)
    ]
    assert guard.gaps() == []


def test_the_new_key_keeps_each_library_to_its_own(filled: World) -> None:
    _migrate([WEIGHT, NEAREST, *rls.unfenced(FENCED, [BACKFILL, KEY, REQUIRED]), INDEX])

    with acting_for(filled.aalst.library.pk):
        stray = "UPDATE members_activity SET nearest_id = %s"
        assert probes.refusal(lambda: probes.run(stray, [filled.zottegem.number])).startswith(
            "IntegrityError"
        )
        assert not probes.refusal(lambda: probes.run(stray, [filled.aalst.number]))


def test_a_backfill_behind_the_fence_is_refused(filled: World) -> None:
    with pytest.raises(DatabaseError, match="no library is set"):
        _migrate([WEIGHT, NEAREST, BACKFILL])


def test_a_key_behind_the_fence_is_refused(filled: World) -> None:
    with pytest.raises(DatabaseError, match="no library is set"):
        _migrate([WEIGHT, NEAREST, *rls.unfenced(FENCED, [BACKFILL]), KEY])


def test_a_column_is_not_required_before_all_rows_have_it(filled: World) -> None:
    with pytest.raises(DatabaseError, match="weight"):
        _migrate([WEIGHT, *rls.unfenced(["members_activity"], [REQUIRED])])


def test_work_that_fails_leaves_the_fence_up(filled: World) -> None:
    fails = migrations.RunSQL("SELECT 1 / 0")

    with pytest.raises(DatabaseError, match="division by zero"):
        _migrate(rls.unfenced(FENCED, [fails]))

    assert guard.gaps() == []


def test_a_table_that_forgets_its_fence_is_told_of(filled: World) -> None:
    _migrate([migrations.RunSQL("CREATE TABLE members_note (id bigint PRIMARY KEY, library_id bigint)")])

    assert any("members_note" in gap for gap in guard.gaps())


@pytest.mark.slow
@pytest.mark.django_db
def test_every_migration_goes_back_to_nothing_and_forth_again() -> None:
    with probes.as_role(probes.OWNER):
        for app in OURS:
            call_command("migrate", app, "zero", verbosity=0)
        left = probes.rows("SELECT count(*) FROM pg_policies WHERE schemaname = 'public'")
        function = probes.rows("SELECT 1 FROM pg_proc WHERE proname = 'current_library_id'")
        call_command("migrate", verbosity=0)

    assert (left, function) == ([(0,)], [])
    assert guard.gaps() == []
    makers.build()
