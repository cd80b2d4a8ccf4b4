"""What a stranger's task does to the rows of another library."""

import inspect
from collections.abc import Iterator
from typing import Any

from celery import Task

from bibmail.celery import app
from tests.isolation import pages, probes
from tests.isolation.makers import NOWHERE, World

# Tasks that belong to no library, and why that is right.
GLOBAL_TASKS: dict[str, str] = {
    "members.tasks.ring_waiting_imports": "rings each library's imports, one door each",
    "members.tasks.ring_due_sources": "rings each library's sources, one door each",
    "bibmail.network.tasks.count_libraries": "counts each library inside its own door",
    "members.tasks.retire_activities": "lets old rows go, one door each",
    "members.tasks.count_segments": "counts the segments of each library, one door each",
    "members.tasks.forget_imports": "lets old files and refused values go, one door each",
    "members.tasks.follow_non_members": "stages and old non-members, one door each",
    "consent.tasks.forget_signups": "lets old sign-ups go, one door each",
    "campaigns.tasks.sweep": "frees and rings each library's mail, one door each",
    "campaigns.tasks.read_inbox": "opens the door that signed metadata names",
    "campaigns.tasks.settle_clicks": "adds up each library's clicks, one door each",
    "campaigns.tasks.forget_messages": "lets old messages go, one door each",
    "bibmail.api.tasks.ring_webhooks": "rings each library's webhooks, one door each",
    "bibmail.api.tasks.forget_calls": "lets old answers and messages go, one door each",
    "journeys.tasks.ring": "rings each library's journeys, one door each",
}


def tasks() -> dict[str, Any]:
    """Our own tasks by name."""
    app.loader.import_default_modules()
    return {name: task for name, task in app.tasks.items() if not name.startswith("celery.")}


def without_library() -> list[str]:
    """A sentence for each task that neither takes a library nor says why not."""
    return [
        f"{name} takes no library_id: let it act for one library, or list it in GLOBAL_TASKS in"
        " tests/isolation/work.py with the reason."
        for name, task in tasks().items()
        if "library_id" not in _parameters(task) and name not in GLOBAL_TASKS
    ]


def unknown_parameters() -> list[str]:
    """A sentence for each parameter of a task for which this suite has no row."""
    return [
        f"{name} takes {parameter}: add it to the numbers of its subject in tests/isolation/pages/,"
        " so that the task is probed."
        for name, task in tasks().items()
        for parameter in _parameters(task)
        if parameter not in {"library_id", "at", *pages.NUMBERS}
    ]


def task_leaks(task: "Task[Any, Any]", world: World) -> list[str]:
    """Aalst's task with the numbers of Zottegem's rows: as with numbers that exist nowhere."""
    before = probes.checksum(world.zottegem)
    theirs, nowhere = (_outcome(task, number, world) for number in (world.zottegem.number, NOWHERE))
    found = [f"{table} of Zottegem changed" for table in probes.changes(before, world.zottegem)]
    if theirs != nowhere:
        found.append(f"tells Zottegem's row from nowhere: {theirs} / {nowhere}")
    return [f"{task.name}: {leak}" for leak in found]


def all_task_leaks(world: World) -> list[str]:
    found = [task for task in tasks().values() if "library_id" in _parameters(task)]
    return without_library() + [leak for task in found for leak in task_leaks(task, world)]


def _outcome(task: "Task[Any, Any]", number: int, world: World) -> str:
    values: Iterator[tuple[str, object]] = (
        (name, world.aalst.library.pk if name == "library_id" else number) for name in _parameters(task)
    )
    try:
        return repr(task(**dict(values)))
    except Exception as error:  # whatever it is, it is the same for both
        return f"{type(error).__name__}: {error}".replace(str(number), "NUMBER")


def _parameters(task: "Task[Any, Any]") -> list[str]:
    return list(inspect.signature(task.run).parameters)
