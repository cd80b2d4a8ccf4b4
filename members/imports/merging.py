"""The one transaction that counts: a sink's merge, those who follow it, and what undoing will need."""

from typing import NamedTuple

from django.db import connection

from bibmail.tenancy import sinks, staging
from bibmail.tenancy.sinks import Outcome, Run, Sink

REFUSALS = """
    SELECT %(library_id)s AS library_id, %(run_id)s AS run_id, line, coalesce(refused_column, '') AS "column",
           refusal AS code, coalesce(refused_value, '') AS value, other_line
      FROM staging
     WHERE refusal IS NOT NULL
     ORDER BY line
"""

_KEEP_REFUSALS = f"""
    INSERT INTO members_importrefusal (library_id, run_id, line, "column", code, value, other_line)
    {REFUSALS}
"""

_REFUSED_BY_CODE = """
    SELECT coalesce(json_object_agg(refusal, rows), '{}')
      FROM (SELECT refusal, count(*) AS rows FROM staging WHERE refusal IS NOT NULL GROUP BY refusal) AS counted
"""

_KEEP_CHANGES = """
    INSERT INTO members_importchange (library_id, run_id, "table", row_id, action, before, after, is_left)
    SELECT %(library_id)s, %(run_id)s, "table", row_id, action, before, after, false
      FROM recorded
     ORDER BY id
"""


class Found(NamedTuple):
    """What a merge did, and what it refused, by code."""

    outcome: Outcome
    refused_by_code: dict[str, int]

    @property
    def refused(self) -> int:
        return sum(self.refused_by_code.values())


def merge(facts: Run, sink: Sink) -> Found:
    """Merge the staged rows and let the followers have their turn, in the transaction of the caller.

    Raises sinks.TooManyGone when a full file would end too many, and nobody confirmed it.
    """
    staging.begin()
    outcome = sink.merge(facts)
    for follower in sinks.followers(sink.code):
        follower(facts)
    with connection.cursor() as cursor:
        cursor.execute(_REFUSED_BY_CODE)
        return Found(outcome, cursor.fetchone()[0])


def keep(facts: Run) -> None:
    """Keep the refused rows and what undoing needs, in the transaction of the merge."""
    values = {"library_id": facts.library_id, "run_id": facts.run_id}
    staging.execute(_KEEP_REFUSALS, values)
    staging.execute(_KEEP_CHANGES, values)
