"""Erase people: they go with all that hangs on them; every app says what it does, and what must survive."""

import hmac
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.db import connection

from bibmail.tenancy import current_library_id, staging
from members.matching import references


class Erasing(NamedTuple):
    """What a hook may know; whom it concerns stands in `erasing(contact_id, fingerprint, recipient_hash)`."""

    library_id: int
    source: str
    at: datetime
    # Whether they are to stay erased; not for who only went out of our sight.
    for_good: bool


Hook = Callable[[Erasing], None]
_hooks: dict[str, Hook] = {}

_TABLE = """
    DROP TABLE IF EXISTS erasing;
    CREATE TEMP TABLE erasing (contact_id bigint PRIMARY KEY, fingerprint uuid, recipient_hash uuid) ON COMMIT DROP
"""

# Who was joined to somebody goes with them.
_WHOM = """
    SELECT c.id, c.external_id, c.recipient_hash
      FROM members_contact AS c
     WHERE c.id IN ({chosen}) OR c.merged_into_id IN ({chosen})
     ORDER BY c.id
"""

# What runs kept for undoing is as personal as the rows themselves.
_FORGET_IMAGES = """
    DELETE FROM members_importchange AS i
     WHERE i."table" = '{table}'
       AND i.row_id IN (SELECT t.id FROM {table} AS t JOIN erasing AS e ON e.contact_id = t.{column})
"""

_ERASE = "DELETE FROM members_contact WHERE id IN (SELECT contact_id FROM erasing)"


def register(app: str, hook: Hook) -> None:
    """Called from AppConfig.ready(): runs before the contacts go, in the same transaction."""
    _hooks[app] = hook


def erase(chosen: str, *, source: str, at: datetime, for_good: bool = True) -> int:
    """Erase the contacts whose ids this query finds, with all that hangs on them; return how many.

    The SQL is ours. Runs in the transaction of the caller. Not `for_good` is for whom we kept long enough: nothing
    stands in the way when they come back by themselves.
    """
    library_id = current_library_id()
    staging.execute(_TABLE)
    with connection.cursor() as cursor:
        cursor.execute(_WHOM.format(chosen=chosen))
        whom = [
            (pk, fingerprint(external_id, library_id=library_id) if external_id else None, address)
            for pk, external_id, address in cursor.fetchall()
        ]
        cursor.executemany("INSERT INTO erasing VALUES (%s, %s, %s)", whom)
    if not whom:
        return 0
    for hook in _hooks.values():
        hook(Erasing(library_id, source, at, for_good))
    for reference in references.every_reference():
        staging.execute(_FORGET_IMAGES.format(table=reference.table, column=reference.column))
    staging.execute(_FORGET_IMAGES.format(table="members_contact", column="id"))
    return staging.execute(_ERASE)


def fingerprint(external_id: str, *, library_id: int) -> uuid.UUID:
    """Who somebody was here, without the number: enough to know them when a file brings them back (decision D4)."""
    said = f"{library_id}:{external_id}".encode()
    return uuid.UUID(bytes=hmac.digest(settings.RECIPIENT_PEPPER.encode(), said, "sha256")[:16])
