"""Lists that colleagues keep: making them, who is put on, who is taken off."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from bibmail.tenancy import audit
from bibmail.tenancy.models import User
from bibmail.tenancy.scope import current_library_id
from members import changes
from members.models import ContactList, ListMember

# Set-based: a pasted column of addresses may be long. In id order, so that two colleagues never wait in a circle.
_ADD = """
    INSERT INTO members_listmember (library_id, contact_list_id, contact_id, organisation, role, source, since,
                                    added_by_id)
    SELECT %(library_id)s, %(list_id)s, c.id, '', '', %(source)s, %(at)s, %(by_id)s
      FROM members_contact AS c
     WHERE c.id = ANY(%(contact_ids)s) AND c.kind <> 'merged'
     ORDER BY c.id
        ON CONFLICT (library_id, contact_list_id, contact_id) WHERE until IS NULL DO NOTHING
    RETURNING contact_id
"""


@transaction.atomic
def save(found: ContactList, *, by: User, at: datetime) -> ContactList:
    """Keep a list that is new or changed; the owner is whoever was chosen, else who makes it."""
    is_new = found.pk is None
    if is_new:
        found.created_at = at
    if found.owner_id is None:
        found.owner = by
    found.save()
    act = "list.added" if is_new else "list.changed"
    audit.record(act, by=by, at=at, subject_kind="list", subject_id=found.pk)
    return found


@transaction.atomic
def add(list_id: int, contact_ids: Sequence[int], *, source: str, by: User | None, at: datetime) -> list[int]:
    """Put these people on a list; those who were not on it yet."""
    values: dict[str, Any] = {
        "library_id": current_library_id(),
        "list_id": list_id,
        "contact_ids": list(contact_ids),
        "source": source,
        "by_id": by.pk if by else None,
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ADD, values)
        added = [row[0] for row in cursor.fetchall()]
    changes.note(*added)
    if added and by is not None:
        audit.record(
            "list.people_added", by=by, at=at, subject_kind="list", subject_id=list_id, people=len(added)
        )
    return added


@transaction.atomic
def remove(list_id: int, contact_ids: Sequence[int], *, by: User, at: datetime) -> int:
    """Take these people off a list; how many were on it. That they stood there stays known."""
    standing = ListMember.objects.current().filter(contact_list_id=list_id, contact_id__in=contact_ids)
    count = standing.update(until=at)
    changes.note(*contact_ids)
    if count:
        audit.record(
            "list.people_removed", by=by, at=at, subject_kind="list", subject_id=list_id, people=count
        )
    return count


@transaction.atomic
def archive(found: ContactList, *, is_archived: bool, by: User, at: datetime) -> None:
    """Put a list away, or take it back; who stands on it stays on it."""
    ContactList.objects.filter(pk=found.pk).update(is_archived=is_archived)
    act = "list.archived" if is_archived else "list.taken_back"
    audit.record(act, by=by, at=at, subject_kind="list", subject_id=found.pk)
