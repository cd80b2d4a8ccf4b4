import contextlib

import pytest
from django.db import DatabaseError, connection, transaction

from bibmail.tenancy import NoLibrary, acting_for, acting_for_network, current_library_id
from bibmail.tenancy.models import Branch, Library
from bibmail.tenancy.scope import AlreadyActing
from tests import factories


def _setting(name: str = "app.library_id") -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting(%s, true), '')", [name])
        return str(cursor.fetchone()[0])


class Trouble(Exception):
    pass


def test_rows_are_made_and_found_for_the_library_we_act_for(zottegem: Library, aalst: Library) -> None:
    with acting_for(zottegem.pk):
        branch = factories.a_branch()

    with acting_for(zottegem.pk):
        assert (branch.library_id, Branch.objects.get()) == (zottegem.pk, branch)
    with acting_for(aalst.pk):
        assert not Branch.objects.exists()


def test_without_a_library_a_row_can_be_neither_made_nor_read(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        factories.a_branch()

    with pytest.raises(NoLibrary):
        factories.a_branch()
    with pytest.raises(DatabaseError, match="no library is set"), transaction.atomic():
        Branch.objects.count()


def test_the_setting_ends_with_the_block(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        inside = _setting()

    assert (inside, _setting(), _setting("app.scope")) == (str(zottegem.pk), "", "")
    with pytest.raises(NoLibrary):
        current_library_id()


def test_an_error_ends_the_scope_and_undoes_the_work(zottegem: Library) -> None:
    with contextlib.suppress(Trouble), acting_for(zottegem.pk):
        factories.a_branch()
        raise Trouble

    assert _setting() == ""
    with acting_for(zottegem.pk):
        assert not Branch.objects.exists()


def test_an_error_of_the_database_ends_the_scope_too(zottegem: Library) -> None:
    with pytest.raises(DatabaseError), acting_for(zottegem.pk), connection.cursor() as cursor:
        cursor.execute("SELECT 1 / 0")

    assert _setting() == ""


def test_a_transaction_marked_to_be_undone_ends_the_scope_quietly(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        factories.a_branch()
        transaction.set_rollback(True)

    assert _setting() == ""
    with acting_for(zottegem.pk):
        assert not Branch.objects.exists()


def test_the_same_library_may_be_opened_again_inside(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        with acting_for(zottegem.pk):
            factories.a_branch()
        again = _setting()

        assert (again, Branch.objects.count()) == (str(zottegem.pk), 1)


def test_an_error_inside_the_inner_block_leaves_the_outer_one_in_force(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        branch = factories.a_branch()
        with contextlib.suppress(Trouble), acting_for(zottegem.pk):
            factories.a_branch(code="3551")
            raise Trouble

        assert (current_library_id(), _setting()) == (zottegem.pk, str(zottegem.pk))
        assert list(Branch.objects.all()) == [branch]


def test_nobody_turns_to_another_library_inside(zottegem: Library, aalst: Library) -> None:
    with acting_for(zottegem.pk):
        with pytest.raises(AlreadyActing), acting_for(aalst.pk):
            pass
        with pytest.raises(AlreadyActing), acting_for_network():
            pass

        assert current_library_id() == zottegem.pk


def test_the_network_does_not_turn_to_a_library(zottegem: Library) -> None:
    with acting_for_network(), pytest.raises(AlreadyActing), acting_for(zottegem.pk):
        pass

    assert _setting("app.scope") == ""


def test_the_network_is_no_library(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        factories.a_branch()

    with acting_for_network():
        assert (_setting(), _setting("app.scope")) == ("", "network")
        with pytest.raises(NoLibrary):
            current_library_id()
        with pytest.raises(DatabaseError, match="no library is set"), transaction.atomic():
            Branch.objects.count()


@pytest.mark.django_db(transaction=True)
def test_the_block_is_a_transaction_of_its_own() -> None:
    zottegem = factories.a_library()

    assert not connection.in_atomic_block
    with acting_for(zottegem.pk):
        assert connection.in_atomic_block
        factories.a_branch()
    assert not connection.in_atomic_block
    assert _setting() == ""
