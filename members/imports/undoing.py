"""Undo a whole run: what is still as the run left it goes back, what changed since is left and named (ADR 21)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import IntegrityError, connection, transaction

from bibmail.tenancy import audit, current_library_id, staging
from bibmail.tenancy.models import User
from members import changes, summary, turns
from members.models import ImportChange, ImportRun

# Images are personal data; so long can somebody see that a file was the wrong one.
UNDO_DAYS = 30

# What follows from other rows: it goes with them, or is folded again.
_FOLLOWS = ("members_activitysummary", "members_activitybaseline", "members_contactchange")
# Others hang on these, so they go last.
_LAST = ("members_household", "campaigns_libraryevent", "members_contact", "tenancy_branch")

_START = """
    DROP TABLE IF EXISTS undoing;
    CREATE TEMP TABLE undoing ON COMMIT DROP AS
    SELECT id, "table", row_id, action, before, after, is_left,
           row_number() OVER (PARTITION BY "table", row_id ORDER BY id DESC) AS round
      FROM members_importchange
     WHERE run_id = %(run_id)s;
    CREATE INDEX ON undoing ("table", action, round);
    ANALYZE undoing;
"""

_STEPS = """
    SELECT "table", action, round,
           CASE WHEN action = 'u' THEN (SELECT array_agg(k ORDER BY k) FROM jsonb_object_keys(before) AS k) END
             AS columns
      FROM undoing
     GROUP BY 1, 2, 3, 4
"""

_KEYS_TO = """
    SELECT c.conrelid::regclass::text, a.attname
      FROM pg_constraint AS c
      JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey) AND a.attname <> 'library_id'
     WHERE c.contype = 'f' AND c.confrelid = %(table)s::regclass
"""

_COLUMNS_OF = """
    SELECT attname FROM pg_attribute
     WHERE attrelid = %(table)s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
"""

_TODO = """
    todo AS (
        SELECT id, row_id, before, after FROM undoing
         WHERE "table" = %(table)s AND action = %(action)s AND round = %(round)s {and_columns}
    )
"""

_LEFT = """
    UPDATE undoing SET is_left = true
     WHERE id IN (SELECT id FROM todo EXCEPT SELECT id FROM done)
"""

_PUT_BACK_VALUES = """
    WITH {todo}, done AS (
        UPDATE {table} AS t
           SET {assignments}
          FROM todo CROSS JOIN LATERAL jsonb_populate_record(NULL::{table}, todo.before) AS r
         WHERE t.id = todo.row_id AND {now} = todo.after
        RETURNING todo.id
    )
    {left}
"""

_PUT_BACK_ROWS = """
    WITH {todo}, back AS (
        INSERT INTO {table} ({columns})
        SELECT {values} FROM todo CROSS JOIN LATERAL jsonb_populate_record(NULL::{table}, todo.before) AS r
            ON CONFLICT DO NOTHING
        RETURNING id
    ), done AS (SELECT todo.id FROM todo JOIN back ON back.id = todo.row_id)
    {left}
"""

_TAKE_AWAY = """
    WITH {todo}, done AS (
        DELETE FROM {table} AS t
         USING todo
         WHERE t.id = todo.row_id AND {is_ours} {and_free}
        RETURNING todo.id
    )
    {left}
"""

_TOUCH = """
    INSERT INTO touched
    SELECT DISTINCT found.id
      FROM ({people}) AS found (id)
     WHERE found.id IS NOT NULL
        ON CONFLICT DO NOTHING
"""

_ONLY_WHO_STAYS = "DELETE FROM touched WHERE contact_id NOT IN (SELECT id FROM members_contact)"

_FIGURES = """
    SELECT count(*) FILTER (WHERE NOT is_left AND action <> 'i'),
           count(*) FILTER (WHERE NOT is_left AND action = 'i'),
           count(DISTINCT ("table", row_id)) FILTER (WHERE is_left)
      FROM undoing WHERE "table" <> ALL (%(follows)s)
"""

_COUNTED = """
    SELECT count(*) FILTER (WHERE action <> 'i'), count(*) FILTER (WHERE action = 'i'),
           count(DISTINCT row_id) FILTER (WHERE "table" = 'members_contact')
      FROM members_importchange
     WHERE run_id = %(run_id)s AND "table" <> ALL (%(follows)s)
"""

# What went back needs no image any more; what was left is named until its month is over.
_FORGET_DONE = """
    DELETE FROM members_importchange AS c
     USING undoing AS u
     WHERE c.id = u.id AND NOT u.is_left
"""
_MARK_LEFT = """
    UPDATE members_importchange AS c SET is_left = true, before = NULL, after = NULL
      FROM undoing AS u
     WHERE c.id = u.id AND u.is_left
"""


class CannotUndo(Exception):
    """It was undone before, its month is over, or it changed nothing; the argument says which."""


# What is done in place of deleting rows of a table that a run added: SQL over `todo` (id, row_id), ending in `done`.
_instead: dict[str, str] = {}


def instead_of_deleting(table: str, statement: str) -> None:
    """For evidence, which is never deleted: the app that owns it says what undoing does (ADR 21)."""
    _instead[table] = statement


def can_be_undone(run: ImportRun, *, at: datetime) -> bool:
    """Done, not undone yet, within the month, and it changed something."""
    return (
        run.state == ImportRun.State.DONE
        and run.undone_at is None
        and run.finished_at is not None
        and run.finished_at > at - timedelta(days=UNDO_DAYS)
        and ImportChange.objects.filter(run=run).exists()
    )


class Counted(NamedTuple):
    """How much undoing would put back and take away, and of how many people."""

    restored: int
    removed: int
    people: int


def counted(run: ImportRun) -> Counted:
    """What undoing this run is about."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED, {"run_id": run.pk, "follows": list(_FOLLOWS)})
        return Counted(*cursor.fetchone())


def undo_until(run: ImportRun) -> datetime | None:
    """The moment after which a run that ended can be undone no more."""
    return run.finished_at + timedelta(days=UNDO_DAYS) if run.finished_at else None


def undo(run_id: int, *, by: User, at: datetime) -> ImportRun:
    """Put back what a run did, in one transaction; the run says how much. Raises CannotUndo."""
    try:
        with transaction.atomic():
            return _undo(run_id, by=by, at=at)
    except IntegrityError:
        # Something that came later stands where an older value should go.
        raise CannotUndo("in_the_way") from None


def _undo(run_id: int, *, by: User, at: datetime) -> ImportRun:
    turns.take()
    run = ImportRun.objects.select_for_update().filter(pk=run_id).first()
    if run is None or not can_be_undone(run, at=at):
        raise CannotUndo("not_now")
    staging.execute(_START, {"run_id": run_id})
    summary.start_touching()
    steps = _steps()
    tables = sorted({step["table"] for step in steps})
    _touch(tables)
    for step in sorted((s for s in steps if s["action"] != "i"), key=lambda s: s["round"]):
        _put_back(step)
    for step in sorted((s for s in steps if s["action"] == "i"), key=_children_first):
        _take_away(step, at=at)
    _touch(tables)
    staging.execute(_ONLY_WHO_STAYS)
    summary.refold()
    changes.note_found("SELECT contact_id FROM touched")
    return _report(run, by=by, at=at)


def _steps() -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(_STEPS)
        names = ("table", "action", "round", "columns")
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _children_first(step: Mapping[str, Any]) -> tuple[int, str]:
    table = step["table"]
    return (_LAST.index(table) + 1 if table in _LAST else 0), table


def _put_back(step: Mapping[str, Any]) -> None:
    table = step["table"]
    if step["action"] == "u":
        columns = step["columns"]
        statement = _PUT_BACK_VALUES.format(
            todo=_TODO.format(
                and_columns="AND (SELECT array_agg(k ORDER BY k) FROM jsonb_object_keys(before) AS k) = %(columns)s"
            ),
            table=table,
            assignments=", ".join(f"{column} = r.{column}" for column in columns),
            # Sums are folded again in any case.
            now="todo.after" if table in _FOLLOWS else staging.image("t", columns),
            left=_LEFT,
        )
    else:
        columns = _columns_of(table)
        statement = _PUT_BACK_ROWS.format(
            todo=_TODO.format(and_columns=""),
            table=table,
            columns=", ".join(columns),
            values=", ".join(f"r.{column}" for column in columns),
            left=_LEFT,
        )
    staging.execute(statement, dict(step))


def _take_away(step: Mapping[str, Any], *, at: datetime) -> None:
    table = step["table"]
    todo = _TODO.format(and_columns="")
    if table in _instead:
        statement = f"WITH {todo}, {_instead[table]} {_LEFT}"
    else:
        statement = _TAKE_AWAY.format(
            todo=todo,
            table=table,
            is_ours="true" if table in _FOLLOWS else f"{staging.fingerprint('t')} = todo.after",
            and_free=_free(table),
            left=_LEFT,
        )
    staging.execute(statement, {**step, "at": at, "library_id": current_library_id()})


def _free(table: str) -> str:
    """SQL: nothing that others wrote hangs on the row."""
    with connection.cursor() as cursor:
        cursor.execute(_KEYS_TO, {"table": table})
        keys = [key for key in cursor.fetchall() if key[0] not in _FOLLOWS]
    return "".join(
        f" AND NOT EXISTS (SELECT FROM {other} AS o WHERE o.{column} = t.id)" for other, column in keys
    )


def _columns_of(table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS_OF, {"table": table})
        return [name for (name,) in cursor.fetchall()]


def _touch(tables: list[str]) -> None:
    """Note the people of the rows as they are now; called before and after, since rows may change hands."""
    people = ["SELECT row_id FROM undoing WHERE \"table\" = 'members_contact'"]
    people += [
        f"SELECT t.contact_id FROM undoing AS u JOIN {table} AS t ON t.id = u.row_id WHERE u.\"table\" = '{table}'"
        for table in tables
        if "contact_id" in _columns_of(table)
    ]
    staging.execute(_TOUCH.format(people=" UNION ALL ".join(people)))


def _report(run: ImportRun, *, by: User, at: datetime) -> ImportRun:
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, {"follows": list(_FOLLOWS)})
        restored, removed, left = cursor.fetchone()
    staging.execute(_FORGET_DONE)
    staging.execute(_MARK_LEFT)
    run.undone_at, run.undone_by = at, by
    run.undoing = {"restored": restored, "removed": removed, "left": left}
    run.save()
    audit.record(
        "import.undone", by=by, at=at, subject_kind="import", subject_id=run.pk, sink=run.sink, **run.undoing
    )
    return run


def forget(*, before: datetime) -> int:
    """Delete what runs that ended before this moment kept for undoing; return how many rows."""
    return staging.execute(
        "DELETE FROM members_importchange AS c USING members_importrun AS r"
        " WHERE c.run_id = r.id AND r.finished_at < %(before)s",
        {"before": before},
    )
