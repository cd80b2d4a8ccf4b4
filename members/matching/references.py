"""Which rows hang on a contact. Every app names its own (decision D10); a test holds the list against the database.

Joining two people moves these rows to the one that stays. Where the database allows one row a person, the other's
row is set aside and comes back when the joining is undone.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A column that holds a contact's id."""

    table: str
    column: str = "contact_id"
    # The columns that are unique beside it, and under which condition; None where a person may have many.
    unique_with: tuple[str, ...] | None = None
    among: str = "true"
    # Rows that collide: deleted with an image kept ("drop"), or left where they are ("leave").
    on_collision: str = "drop"
    # Not moved at all: a hook does what is right (evidence, sums).
    is_special: bool = False


class Joining(NamedTuple):
    """What a hook may know."""

    kept_id: int
    other_id: int
    at: datetime


# Does the app's part and returns what undoing it needs, as JSON.
OnJoin = Callable[[Joining], dict[str, Any]]
# Undoes it; returns codes of what could not be put back.
OnUndo = Callable[[Joining, dict[str, Any]], list[str]]

_references: list[Reference] = []
_hooks: dict[str, tuple[OnJoin, OnUndo]] = {}


def register(*references: Reference) -> None:
    """Called from AppConfig.ready() of the app that owns the tables."""
    _references.extend(one for one in references if one not in _references)


def register_hook(app: str, on_join: OnJoin, on_undo: OnUndo) -> None:
    """What an app does beyond moving rows; runs before they move, and undone after they came back."""
    _hooks[app] = (on_join, on_undo)


def every_reference() -> list[Reference]:
    return list(_references)


def run_hooks(joining: Joining) -> dict[str, Any]:
    """Let each app do its part; what each returned, by app."""
    return {app: on_join(joining) for app, (on_join, _undo) in _hooks.items()}


def undo_hooks(joining: Joining, kept: dict[str, Any]) -> list[str]:
    return [code for app, (_join, on_undo) in _hooks.items() for code in on_undo(joining, kept.get(app, {}))]


def move(reference: Reference, *, source_id: int, target_id: int) -> tuple[list[int], list[dict[str, Any]]]:
    """Give the rows of one contact to another; the ids that went, and images of the rows that were set aside."""
    params = {"source": source_id, "target": target_id}
    aside: list[dict[str, Any]] = []
    with connection.cursor() as cursor:
        collides = _collision(reference)
        if collides and reference.on_collision == "drop":
            taken_out = f"DELETE FROM {reference.table} AS t WHERE {_of(reference)} AND {collides}"
            cursor.execute(f"{taken_out} RETURNING to_jsonb(t)::json", params)
            aside = [row[0] for row in cursor.fetchall()]
        free = f"AND NOT {collides}" if collides else ""
        cursor.execute(
            f"UPDATE {reference.table} AS t SET {reference.column} = %(target)s"
            f" WHERE {_of(reference)} {free} RETURNING t.id",
            params,
        )
        return sorted(row[0] for row in cursor.fetchall()), aside


def give_back(reference: Reference, ids: list[int], *, source_id: int, target_id: int) -> int:
    """Put rows back that still hang on `source_id`; how many did."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {reference.table} AS t SET {reference.column} = %(target)s"
            f" WHERE t.{reference.column} = %(source)s AND t.id = ANY(%(ids)s)",
            {"source": source_id, "target": target_id, "ids": ids},
        )
        return int(cursor.rowcount)


def restore(table: str, images: list[dict[str, Any]]) -> int:
    """Insert rows again as their images tell, under their old ids; those that cannot be are left out."""
    restored = 0
    for image in images:
        # Generated columns make themselves.
        columns = ", ".join(f'"{name}"' for name in image if not name.startswith("name_by_"))
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE"
                f" SELECT {columns} FROM jsonb_populate_record(NULL::{table}, %(image)s::jsonb)"
                " ON CONFLICT DO NOTHING",
                {"image": _dumped(image)},
            )
            restored += cursor.rowcount
    return restored


def _of(reference: Reference) -> str:
    return f"t.{reference.column} = %(source)s AND {reference.among.format(alias='t')}"


def _collision(reference: Reference) -> str:
    """SQL for: the other already has such a row; empty where a person may have many."""
    if reference.unique_with is None:
        return ""
    same = "".join(f" AND o.{column} = t.{column}" for column in reference.unique_with)
    return (
        f"EXISTS (SELECT FROM {reference.table} AS o WHERE o.{reference.column} = %(target)s"
        f"{same} AND {reference.among.format(alias='o')})"
    )


def _dumped(image: dict[str, Any]) -> str:
    return json.dumps(image)
