"""A rehearsal: the merge itself, over the whole file, in a transaction that is taken back."""

import json
import tempfile
from typing import IO, Any

from django.apps import apps
from django.db import connection, transaction

from bibmail.tenancy import acting_for, acting_for_network
from bibmail.tenancy.sinks import Run, Sink
from members import turns
from members.imports import merging
from members.models import Contact

_MOST_EXAMPLES = 8

_REFUSAL_COLUMNS = 'library_id, run_id, line, "column", code, value, other_line'

_RETURNED = """
    DROP TABLE IF EXISTS returned;
    CREATE TEMP TABLE returned (library_id bigint, run_id bigint, line bigint, "column" text, code text, value text,
                                other_line bigint) ON COMMIT DROP
"""

_KEEP_RETURNED = f"""
    INSERT INTO members_importrefusal ({_REFUSAL_COLUMNS})
    SELECT {_REFUSAL_COLUMNS} FROM returned ORDER BY line
"""

_CHANGED = """
    SELECT "table", row_id, before, after FROM recorded
     WHERE action = 'u' AND "table" IN ('members_contact', 'members_membership')
     ORDER BY id LIMIT 200
"""


class _TakenBack(Exception):
    """Ends the transaction of a rehearsal; nothing of it stays."""


def rehearse(facts: Run, sink: Sink) -> tuple[dict[str, Any], IO[bytes]]:
    """What the merge would do, as JSON, and the rows it would refuse, as COPY text in a file without a name."""
    refusals = tempfile.TemporaryFile()  # noqa: SIM115  # goes on to the caller
    figures: dict[str, Any] = {}
    try:
        with transaction.atomic():
            if sink.prepare_shared:
                with acting_for_network():
                    sink.prepare_shared(facts)
            with acting_for(facts.library_id):
                turns.take()
                found = merging.merge(facts, sink)
                figures = _figures(found)
                _copy_out(facts, refusals)
                raise _TakenBack
    except _TakenBack:
        refusals.seek(0)
    return figures, refusals


def keep_refusals(refusals: IO[bytes]) -> None:
    """Put the rows that a rehearsal refused where the page reads them."""
    with connection.cursor() as cursor:
        cursor.execute(_RETURNED)
        # COPY knows no fences, so it fills a table of this session's own.
        cursor.copy_expert(f"COPY returned ({_REFUSAL_COLUMNS}) FROM STDIN", refusals)
        cursor.execute(_KEEP_RETURNED)
    refusals.close()


def _copy_out(facts: Run, refusals: IO[bytes]) -> None:
    with connection.cursor() as cursor:
        values = {"library_id": facts.library_id, "run_id": facts.run_id}
        select = cursor.mogrify(merging.REFUSALS, values).decode()
        cursor.copy_expert(f"COPY ({select}) TO STDOUT", refusals)


def _figures(found: merging.Found) -> dict[str, Any]:
    return {
        "new": found.outcome.new,
        "changed": found.outcome.changed,
        "unchanged": found.outcome.unchanged,
        "removed": found.outcome.removed,
        "refused": found.refused,
        "vanished": found.outcome.vanished,
        "vanished_of": found.outcome.vanished_of,
        "refused_by_code": found.refused_by_code,
        "examples": _examples(),
    }


def _examples() -> list[dict[str, Any]]:
    """A few people whose data would change: what stood there and what would."""
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED)
        rows = [
            (table, pk, _loaded(before), _loaded(after)) for table, pk, before, after in cursor.fetchall()
        ]
    examples: dict[int, dict[str, Any]] = {}
    for table, pk, before, after in rows:
        model = next(model for model in apps.get_models() if model._meta.db_table == table)
        contact_id = (
            pk if model is Contact else model._default_manager.values_list("contact_id", flat=True).get(pk=pk)
        )
        changes = [
            {"table": table, "column": column, "old": _plain(before[column]), "new": _plain(new)}
            for column, new in after.items()
            if before[column] != new and column not in _UNSHOWN
        ]
        if changes:
            examples.setdefault(contact_id, {"changes": []})["changes"] += changes
        if len(examples) == _MOST_EXAMPLES:
            break
    names = Contact.objects.in_bulk(examples)
    return [{"who": str(names[pk]), **example} for pk, example in examples.items()]


# Follow from what is shown, or say something that no page may say (law L-09).
_UNSHOWN = frozenset(
    {"field_sources", "email_norm", "recipient_hash", "first_name_folded", "last_name_folded", "is_reduced_fare",
     "membership_type", "home_branch_id"}
)  # fmt: skip


def _loaded(value: Any) -> dict[str, Any]:
    return dict(json.loads(value) if isinstance(value, str) else value)


def _plain(value: Any) -> str:
    return "" if value is None else str(value)
