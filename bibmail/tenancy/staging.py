"""Set-based work on the rows of one file: refuse some, merge the rest into a table.

The rows lie in the temporary table `staging`: the columns of the sink, the line they stood on, and a
refusal code once somebody objects. A merge reads `accepted`, a view of the rows nobody objected to.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

from bibmail.tenancy.scope import current_library_id
from bibmail.tenancy.sinks import Outcome, Run

# Fewer new rows change no plan.
_MANY = 1000

_REFUSE = """
    UPDATE staging AS s
       SET refusal        = %(code)s,
           refused_column = %(header)s,
           refused_value  = left(({value})::text, 200)
     WHERE refusal IS NULL
       AND ({condition})
"""

_UPDATE_AND_INSERT = """
    WITH changed AS (
        UPDATE {table} AS t
           SET {assignments}
          FROM incoming AS i
         WHERE {same_key}
           AND ({theirs}) IS DISTINCT FROM ({ours})
        RETURNING t.{noted} AS noted
    ), added AS (
        INSERT INTO {table} (library_id, {columns})
        SELECT %(library_id)s, {incoming}
          FROM incoming AS i
         WHERE NOT EXISTS (SELECT FROM {table} AS t WHERE {same_key})
         ORDER BY {keys}
        RETURNING {noted} AS noted
    ), noting AS (
        INSERT INTO noted
        SELECT noted FROM changed UNION SELECT noted FROM added WHERE %(note_added)s
            ON CONFLICT DO NOTHING
    )
    SELECT (SELECT count(*) FROM added), (SELECT count(*) FROM changed), (SELECT count(*) FROM incoming)
"""


def begin() -> None:
    """Called once before the merge of a run, in its transaction."""
    execute("DROP TABLE IF EXISTS noted")
    execute("CREATE TEMP TABLE noted (id bigint PRIMARY KEY) ON COMMIT DROP")


def refuse(code: str, *, header: str, value: str, where: str) -> int:
    """Object to the accepted rows `s` for which the condition holds; return how many.

    `value` is an SQL expression for what the person who mends the file should see.
    """
    with connection.cursor() as cursor:
        cursor.execute(_REFUSE.format(value=value, condition=where), {"code": code, "header": header})
        return int(cursor.rowcount)


def execute(statement: str, params: Mapping[str, Any] | None = None) -> int:
    """Run one statement of a merge; return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params or {})
        return int(cursor.rowcount)


def upsert(
    table: str,
    *,
    key: Mapping[str, str],
    values: Mapping[str, str],
    rows: str = "accepted AS s",
    sourced_by: Run | None = None,
    constants: Mapping[str, str] | None = None,
    note: str = "id",
    note_added: bool = False,
) -> Outcome:
    """Insert the rows that are new, update those that differ, leave the rest; one pass each.

    key and values map a column of the table to an SQL expression over `rows`; `constants` are set on new
    rows only. With `sourced_by`, the table keeps per field where its value came from (members.Sourced).
    """
    _stage_incoming(rows, {**key, **values})
    columns = [*key, *values]
    extra = dict(constants or {})
    # Without values nothing differs and nothing is updated; the statement still needs an assignment.
    assignments = [f"{column} = i.{column}" for column in values or key]
    if sourced_by:
        extra |= {"source": "%(source)s", "sourced_at": "%(at)s", "field_sources": "'{}'"}
        assignments.append(_changed_sources(list(values)))
    statement = _UPDATE_AND_INSERT.format(
        table=table,
        assignments=",\n               ".join(assignments),
        same_key=" AND ".join(f"t.{column} = i.{column}" for column in key),
        theirs=_row("t", values),
        ours=_row("i", values),
        columns=", ".join([*columns, *extra]),
        incoming=", ".join([*(f"i.{column}" for column in columns), *extra.values()]),
        keys=", ".join(f"i.{column}" for column in key),
        noted=note,
    )
    with connection.cursor() as cursor:
        cursor.execute(
            statement,
            {
                "library_id": current_library_id(),
                "source": sourced_by.source if sourced_by else None,
                "at": sourced_by.at if sourced_by else None,
                "note_added": note_added,
            },
        )
        new, changed, total = cursor.fetchone()
    refresh_statistics(table, after=new)
    return Outcome(new=new, changed=changed, unchanged=total - new - changed)


def refresh_statistics(table: str, *, after: int) -> None:
    """Tell the planner of rows just added; without it a first load is planned as for an empty table."""
    if after >= _MANY:
        execute("SELECT refresh_statistics(%(table)s::regclass)", {"table": table})


def _stage_incoming(rows: str, columns: Mapping[str, str]) -> None:
    selection = ", ".join(f"{expression} AS {column}" for column, expression in columns.items())
    execute("DROP TABLE IF EXISTS incoming")
    execute(f"CREATE TEMP TABLE incoming ON COMMIT DROP AS SELECT {selection} FROM {rows}")
    execute("ANALYZE incoming")


def noted_count() -> int:
    """How many different rows the merges of this transaction noted."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM noted")
        return int(cursor.fetchone()[0])


def _row(alias: str, columns: Mapping[str, str]) -> str:
    # ROW(x) with one column would compare as that column; two are needed for a row.
    return ", ".join(["1", *(f"{alias}.{column}" for column in columns)])


def _changed_sources(columns: Sequence[str]) -> str:
    pairs = ", ".join(
        f"'{column}', CASE WHEN t.{column} IS DISTINCT FROM i.{column}"
        " THEN jsonb_build_array(%(source)s::text, %(at)s::timestamptz) END"
        for column in columns
    )
    return f"field_sources = t.field_sources || jsonb_strip_nulls(jsonb_build_object({pairs}))"
