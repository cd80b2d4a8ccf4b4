"""Set-based work on the rows of one file: refuse some, merge the rest into a table.

The rows lie in the temporary table `staging`: the columns of the sink, the line they stood on, and a
refusal code once somebody objects. A merge reads `accepted`, a view of the rows nobody objected to.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from django.db import connection

from bibmail.tenancy.scope import current_library_id
from bibmail.tenancy.sinks import Outcome, Run

Word = Literal["new", "changed", "unchanged"]

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

# Only what is new or differs is kept: on an ordinary day that is a hundredth of a file.
_DIFFERENT = """
    DROP TABLE IF EXISTS incoming;
    CREATE TEMP TABLE incoming ON COMMIT DROP AS
    SELECT i.*, t.id AS known_id
      FROM (SELECT {selection} FROM {rows}) AS i
      LEFT JOIN {table} AS t ON {same_key}
     WHERE t.id IS NULL
        OR ({theirs}) IS DISTINCT FROM ({ours})
"""

# What others said after this run was handed in stays; columns that are one fact stay together.
_KEEP_NEWER = """
    UPDATE incoming AS i
       SET {kept}
      FROM {table} AS t
     WHERE t.id = i.known_id
       AND {newer}
"""
_FORGET_SAME = """
    DELETE FROM incoming AS i
     USING {table} AS t
     WHERE t.id = i.known_id
       AND ({theirs}) IS NOT DISTINCT FROM ({ours})
"""
_ANY_NEWER = """(
    {alias}.sourced_at > %(speaks_at)s
    OR EXISTS (SELECT FROM jsonb_each({alias}.field_sources) AS f
                WHERE (f.value ->> 1)::timestamptz > %(speaks_at)s)
)"""
# A row of its first source only says what stands in it: an empty column was not spoken of.
_COLUMN_NEWER = """coalesce(
    ({alias}.field_sources -> '{column}' ->> 1)::timestamptz > %(speaks_at)s,
    {alias}.sourced_at > %(speaks_at)s AND {alias}.{column}::text <> '',
    false
)"""

_UPDATE = """
    WITH changed AS (
        UPDATE {table} AS t
           SET {assignments}
          FROM incoming AS i
         WHERE t.id = i.known_id
        RETURNING {noted_changed} AS noted, t.id, {before} AS before, {after} AS after
    ), recording AS (
        INSERT INTO recorded ("table", row_id, action, before, after)
        SELECT %(table)s, id, 'u', before, after FROM changed
    ), noting AS (
        INSERT INTO noted SELECT DISTINCT noted FROM changed WHERE noted IS NOT NULL ON CONFLICT DO NOTHING
    )
    SELECT count(*) FROM changed
"""

_INSERT = """
    WITH added AS (
        INSERT INTO {table} AS t (library_id, {columns})
        SELECT %(library_id)s, {incoming}
          FROM incoming AS i
         WHERE known_id IS NULL
         ORDER BY {keys}
        RETURNING {noted_added} AS noted, id, {fingerprint} AS after
    ), recording AS (
        INSERT INTO recorded ("table", row_id, action, after) SELECT %(table)s, id, 'i', after FROM added
    ), noting AS (
        INSERT INTO noted
        SELECT DISTINCT noted FROM added WHERE %(note_added)s AND noted IS NOT NULL ON CONFLICT DO NOTHING
    )
    SELECT count(*) FROM added
"""


# What a run did to which row, in the order of its statements: undoing reads it backwards.
_RECORDED = """
    DROP TABLE IF EXISTS recorded;
    CREATE TEMP TABLE recorded (
        id      bigint GENERATED ALWAYS AS IDENTITY,
        "table" text    NOT NULL,
        row_id  bigint  NOT NULL,
        action  char(1) NOT NULL,
        before  jsonb,
        after   jsonb
    ) ON COMMIT DROP
"""

# Of a new row we keep a fingerprint: undoing only asks whether it is still as it was. What consuming news
# changes is no change of ours.
_FINGERPRINT = "to_jsonb(md5((to_jsonb({alias}) - 'is_pending')::text))"


# What became of which row, for who wants an answer row by row; a row of which nothing stands here is unchanged.
_TOLD = """
    DROP TABLE IF EXISTS told;
    CREATE TEMP TABLE told (line bigint, word text) ON COMMIT DROP
"""

_TELL = """
    INSERT INTO told
    SELECT line, CASE WHEN known_id IS NULL THEN '{added_as}' ELSE 'changed' END FROM incoming
"""

_BY_LINE = """
    SELECT a.line, coalesce(min(CASE t.word WHEN 'new' THEN 1 WHEN 'changed' THEN 2 END), 3)
      FROM accepted AS a
      LEFT JOIN told AS t ON t.line = a.line
     GROUP BY a.line
"""
_WORDS: tuple[Word, ...] = ("new", "changed", "unchanged")


def begin() -> None:
    """Called once before the merge of a run, in its transaction."""
    execute(_TOLD)
    execute("DROP TABLE IF EXISTS noted")
    execute("CREATE TEMP TABLE noted (id bigint PRIMARY KEY) ON COMMIT DROP")
    execute(_RECORDED)


def fingerprint(alias: str) -> str:
    """SQL for what tells whether a row changed since it was added."""
    return _FINGERPRINT.format(alias=alias)


def telling(found: str, word: Word) -> str:
    """SQL, for a WITH, that tells of the lines of the query part `found` that they became this."""
    return f"INSERT INTO told SELECT line, '{word}' FROM {found} WHERE line IS NOT NULL"


def by_line() -> dict[int, Word]:
    """What became of every accepted row, by its line: right for the sinks whose merges tell their lines."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_LINE)
        return {line: _WORDS[place - 1] for line, place in cursor.fetchall()}


def outcome() -> Outcome:
    """The accepted rows, counted by what they were told to have become."""
    counted = (
        _number(f"SELECT count(*) FROM ({_BY_LINE}) AS l (line, place) WHERE place = {n}") for n in (1, 2, 3)
    )
    return Outcome(*counted)


def image(alias: str, columns: Iterable[str]) -> str:
    """SQL for these columns of a row as JSON."""
    pairs = ", ".join(f"'{column}', {alias}.{column}" for column in columns)
    return f"jsonb_build_object({pairs})"


def spoken_since(alias: str, column: str | None = None) -> str:
    """SQL for whether somebody spoke of a sourced row, or of one column, after this run was handed in.

    Needs the parameter `speaks_at`.
    """
    return (_COLUMN_NEWER if column else _ANY_NEWER).format(alias=alias, column=column)


def recording(found: str, *, table: str, action: str) -> str:
    """SQL, for a WITH, that records the rows (id, before, after) of the query part `found`."""
    before = "NULL::jsonb" if action == "i" else "before"
    after = "NULL::jsonb" if action == "d" else "after"
    return f"""
        INSERT INTO recorded ("table", row_id, action, before, after)
        SELECT '{table}', id, '{action}', {before}, {after} FROM {found}
    """


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
    together: Mapping[str, str] | None = None,
    first: Mapping[str, str] | None = None,
    note: str | None = "id",
    note_added: bool = False,
    line: str | None = None,
    added_as: Word = "new",
) -> Outcome:
    """Insert the rows that are new, update those that differ, leave the rest.

    key and values map a column of the table to an SQL expression over `rows`; so does `first`, which is
    written on new rows only. With `sourced_by`, the table keeps per field where it came from (members.Sourced),
    and what others said since the run was handed in stays; columns with one word in `together` are one fact.
    The `note` column of changed rows (and of added ones) is added to the temporary table `noted`, so that
    two merges of the same rows can be counted as one; None where the rows are about nobody.
    `line` is an SQL expression for the line of a row: then what became of it is told (by_line); a row that is
    added to a table beside the main one can be told as changed, with `added_as`.
    """
    extra: dict[str, str] = {}
    assignments = [f"{column} = i.{column}" for column in values]
    if sourced_by:
        extra |= {"source": "%(source)s", "sourced_at": "%(speaks_at)s", "field_sources": "'{}'"}
        assignments.append(_changed_sources(list(values)))
    columns = {**key, **values, **(first or {})}
    blanks = {
        "table": table,
        "rows": rows,
        "selection": ", ".join(
            f"{sql} AS {column}" for column, sql in {**columns, "line": line or "NULL::bigint"}.items()
        ),
        "same_key": " AND ".join(f"t.{column} = i.{column}" for column in key),
        "theirs": _row("t", values),
        "ours": _row("i", values),
        "assignments": ",\n               ".join(assignments),
        "columns": ", ".join([*columns, *extra]),
        "incoming": ", ".join([*(f"i.{column}" for column in columns), *extra.values()]),
        "keys": ", ".join(f"i.{column}" for column in key),
        "before": image("old", [*values, *(["field_sources"] if sourced_by else [])]),
        "after": image("new", [*values, *(["field_sources"] if sourced_by else [])]),
        "fingerprint": fingerprint("t"),
        "noted_changed": f"t.{note}" if note else "NULL::bigint",
        "noted_added": note or "NULL::bigint",
    }
    params = {
        "table": table,
        "library_id": current_library_id(),
        "source": sourced_by.source if sourced_by else None,
        "speaks_at": sourced_by.speaks_at if sourced_by else None,
        "note_added": note_added,
    }
    execute(_DIFFERENT.format(**blanks))
    if sourced_by and values:
        kept = _newer_kept(values, together or {})
        if execute(_KEEP_NEWER.format(**blanks, kept=kept, newer=spoken_since("t")), params):
            execute(_FORGET_SAME.format(**blanks))
    if line:
        execute(_TELL.format(added_as=added_as))
    # Without values nothing differs, and there is nothing to assign.
    changed = _number(_UPDATE.format(**blanks), params) if values else 0
    new = _number(_INSERT.format(**blanks), params)
    refresh_statistics(table, after=new)
    return Outcome(
        new=new, changed=changed, unchanged=_number(f"SELECT count(*) FROM {rows}") - new - changed
    )


def spoken_of(run: Run, columns: Mapping[str, tuple[str, str]]) -> tuple[dict[str, str], dict[str, str]]:
    """What a file may change, and what it only fills in on new rows: a column it lacks stays as it was.

    `columns` maps a column of ours to the staging column it depends on and the SQL expression. Where the
    file has no such column the expression reads empty cells, and so gives the value of a new row.
    """
    present = {ours: sql for ours, (needs, sql) in columns.items() if needs in run.present}
    absent = {ours: sql for ours, (needs, sql) in columns.items() if needs not in run.present}
    return present, absent


def facts_of(columns: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """Per column of ours the cell it is read from (see spoken_of): what one cell says is one fact."""
    return {ours: needs for ours, (needs, _) in columns.items()}


def refresh_statistics(table: str, *, after: int) -> None:
    """Tell the planner of rows just added; without it a first load is planned as for an empty table."""
    if after >= _MANY:
        execute("SELECT refresh_statistics(%(table)s::regclass)", {"table": table})


def noted_count() -> int:
    """How many different rows the merges of this transaction noted."""
    return _number("SELECT count(*) FROM noted")


def _number(statement: str, params: Mapping[str, Any] | None = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, params or {})
        return int(cursor.fetchone()[0])


def _row(alias: str, columns: Mapping[str, str]) -> str:
    # ROW(x) with one column would compare as that column; two are needed for a row.
    return ", ".join(["1", *(f"{alias}.{column}" for column in columns)])


def _newer_kept(columns: Iterable[str], together: Mapping[str, str]) -> str:
    """The assignments that give the columns of a fact back when one of them was spoken of since."""
    facts: dict[str, list[str]] = {}
    for column in columns:
        facts.setdefault(together.get(column, column), []).append(column)
    return ",\n           ".join(
        f"{column} = CASE WHEN {' OR '.join(spoken_since('t', beside) for beside in fact)}"
        f" THEN t.{column} ELSE i.{column} END"
        for fact in facts.values()
        for column in fact
    )


def _changed_sources(columns: Sequence[str]) -> str:
    pairs = ", ".join(
        f"'{column}', CASE WHEN t.{column} IS DISTINCT FROM i.{column}"
        " THEN jsonb_build_array(%(source)s::text, %(speaks_at)s::timestamptz) END"
        for column in columns
    )
    return f"field_sources = t.field_sources || jsonb_strip_nulls(jsonb_build_object({pairs}))"
