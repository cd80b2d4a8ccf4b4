"""The one list of a form became the first of many, for all libraries, and can go back."""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from bibmail.tenancy import guard
from tests.isolation import makers, probes

MOVE = ("consent", "0010_one_list_becomes_many")


def test_lists_of_forms_and_of_who_did_not_confirm_yet_come_along(db: None) -> None:
    makers.build()
    loader = MigrationExecutor(connection).loader
    move = loader.get_migration(*MOVE)
    before = loader.project_state([MOVE], at_end=False)
    held = "SELECT library_id, form_id, contact_list_id FROM consent_signupformlist ORDER BY library_id"
    rows, waiting = _rows(held), "SELECT list_ids FROM consent_signuprequest ORDER BY library_id"
    probes.run("SET CONSTRAINTS ALL IMMEDIATE")

    with probes.as_role(probes.OWNER), connection.schema_editor() as editor:
        move.unapply(before.clone(), editor)
    back = "SELECT library_id, id, contact_list_id FROM consent_signupform ORDER BY library_id"
    assert _rows(back) == rows
    assert _rows(held) == []
    with probes.as_role(probes.OWNER), connection.schema_editor() as editor:
        move.apply(before.clone(), editor)

    assert _rows(held) == rows
    assert len(rows) == 2
    assert _rows(waiting) == [([list_id],) for _library, _form, list_id in rows]
    assert guard.gaps() == []


def _rows(statement: str) -> list[tuple[object, ...]]:
    with probes.as_role(probes.BACKUP):
        return probes.rows(statement)
