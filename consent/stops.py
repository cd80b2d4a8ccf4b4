"""Many people at once who may not be mailed any more, as the ESP told; within acting_for(library)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from consent.models import Suppression
from members import changes

_STOP_ADDRESSES = """
    INSERT INTO consent_suppression (library_id, scope, reach, reason, fingerprint, source, since)
    SELECT (SELECT current_library_id()), 'address', reach, reason, fingerprint, %(source)s, min(since)
      FROM unnest(%(fingerprints)s::uuid[], %(reaches)s::text[], %(reasons)s::text[], %(moments)s::timestamptz[])
           AS told (fingerprint, reach, reason, since)
     GROUP BY fingerprint, reach, reason
     ORDER BY fingerprint, reason
        ON CONFLICT (library_id, fingerprint, scope, reason) WHERE lifted_at IS NULL AND NOT (scope = 'contact')
        DO UPDATE SET since = least(consent_suppression.since, excluded.since)
"""

_STOP_PEOPLE = """
    INSERT INTO consent_suppression (library_id, scope, reach, reason, contact_id, source, since)
    SELECT (SELECT current_library_id()), 'contact', 'marketing', 'unsubscribed', c.id, %(source)s, told.since
      FROM unnest(%(contact_ids)s::bigint[], %(moments)s::timestamptz[]) AS told (contact_id, since)
      JOIN members_contact AS c ON c.id = told.contact_id
     ORDER BY c.id
        ON CONFLICT (library_id, contact_id, reason) WHERE lifted_at IS NULL AND scope = 'contact'
        DO UPDATE SET since = least(consent_suppression.since, excluded.since)
"""

_WHO_HAS_THEM = "SELECT id FROM members_contact WHERE recipient_hash = ANY(%(fingerprints)s::uuid[])"


class AddressStop(NamedTuple):
    """An address (its HMAC) that is not to be mailed, how far that reaches, and why."""

    fingerprint: UUID
    reach: Suppression.Reach
    reason: Suppression.Reason
    since: datetime


def dead_address(fingerprint: UUID, since: datetime) -> AddressStop:
    """Nothing arrives there: no mail at all (decision D4)."""
    return AddressStop(fingerprint, Suppression.Reach.ALL, Suppression.Reason.HARD_BOUNCE, since)


def complaint(fingerprint: UUID, since: datetime) -> AddressStop:
    """Somebody there called a mail spam: service mail remains."""
    return AddressStop(fingerprint, Suppression.Reach.MARKETING, Suppression.Reason.COMPLAINT, since)


def stop_addresses(addresses: Sequence[AddressStop], *, source: str) -> None:
    """Suppress these addresses from the first moment told, and leave word of everyone who has one."""
    if not addresses:
        return
    fingerprints = [str(stop.fingerprint) for stop in addresses]
    with connection.cursor() as cursor:
        cursor.execute(
            _STOP_ADDRESSES,
            {
                "source": source,
                "fingerprints": fingerprints,
                "reaches": [str(stop.reach) for stop in addresses],
                "reasons": [str(stop.reason) for stop in addresses],
                "moments": [stop.since for stop in addresses],
            },
        )
    changes.note_found(_WHO_HAS_THEM, {"fingerprints": fingerprints})


def stop_people(since: Mapping[int, datetime], *, source: str) -> None:
    """Suppress marketing mail for these contacts who unsubscribed elsewhere, and leave word of them."""
    if not since:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            _STOP_PEOPLE,
            {"source": source, "contact_ids": list(since), "moments": list(since.values())},
        )
    changes.note_found(
        "SELECT id FROM members_contact WHERE id = ANY(%(contact_ids)s)", {"contact_ids": list(since)}
    )
