"""Every task of ours, rung for Aalst with the numbers of Zottegem's rows."""

from typing import Any

import pytest
from celery import Task

from bibmail.tenancy import acting_for
from members.models import ImportRun
from tests.isolation import work
from tests.isolation.makers import World


def test_every_task_takes_a_library_or_says_why_not() -> None:
    assert work.without_library() == []


def test_every_parameter_of_a_task_can_be_filled() -> None:
    assert work.unknown_parameters() == []


def test_no_task_is_listed_that_is_gone() -> None:
    assert set(work.tasks()) >= set(work.GLOBAL_TASKS)


def test_a_task_of_aalst_does_nothing_with_rows_of_zottegem(world: World) -> None:
    assert work.all_task_leaks(world) == []


def test_a_task_without_library_rings_each_library_for_its_own_rows(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[dict[str, Any]] = []
    monkeypatch.setattr(Task, "apply_async", lambda self, args=None, kwargs=None, **_: rung.append(kwargs))
    for tenant in (world.zottegem, world.aalst):
        with acting_for(tenant.library.pk):
            ImportRun.objects.update(state=ImportRun.State.WAITING)

    for name in work.GLOBAL_TASKS:
        work.tasks()[name]()

    with_rows = [call for call in rung if "run_id" in call]
    assert {(call["library_id"], call["run_id"]) for call in with_rows} == {
        (tenant.library.pk, tenant.number) for tenant in (world.zottegem, world.aalst)
    }
    assert {call["library_id"] for call in rung} == {world.zottegem.library.pk, world.aalst.library.pk}
