"""News of people for those who stand above (decision D13): a row per contact, gone once it is heard.

Whoever changes a contact, a membership, a household, a consent or a preference notes it in the same transaction.
"""

from collections.abc import Mapping
from typing import Any

from django.db import connection

from bibmail.tenancy import sinks
from bibmail.tenancy.scope import current_library_id
from bibmail.tenancy.sinks import Run

# A row that lies there is held until we commit: who clears it away before then has not seen our change. In
# the order of the ids, so that two who note the same people never wait for each other.
_NOTE = """
    INSERT INTO members_contactchange (library_id, contact_id)
    SELECT %(library_id)s, touched.id
      FROM (SELECT DISTINCT found.id FROM ({rows}) AS found (id) WHERE found.id IS NOT NULL) AS touched
     ORDER BY touched.id
        ON CONFLICT ON CONSTRAINT one_piece_of_news_per_contact
        DO UPDATE SET contact_id = excluded.contact_id
"""

_THESE = "SELECT unnest(%(contact_ids)s::bigint[])"

# What a merge noted, and who lives with them: a child's birthday is news for the parent.
_NOTED = """
    SELECT id FROM noted
     UNION ALL
    SELECT beside.contact_id
      FROM noted AS n
      JOIN members_householdmember AS own    ON own.contact_id = n.id
      JOIN members_householdmember AS beside ON beside.household_id = own.household_id
"""


def note(*contact_ids: int) -> None:
    """Leave word that something changed for these people of the library we act for."""
    if contact_ids:
        note_found(_THESE, {"contact_ids": list(contact_ids)})


def note_found(rows: str, params: Mapping[str, Any] | None = None) -> None:
    """Leave word of every contact id that this query finds; the SQL is ours, its values are parameters."""
    with connection.cursor() as cursor:
        values = {**(params or {}), "library_id": current_library_id()}
        cursor.execute(_NOTE.format(rows=rows), values)


def note_merged(run: Run) -> None:
    """After a merge that noted contacts: leave word of them and of their households."""
    note_found(_NOTED)


def register() -> None:
    for code in ("members", "profile_links"):
        sinks.follow(code, note_merged)
