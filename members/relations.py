"""What people are to the library: one main relation on the contact, and others beside it with a beginning and end."""

from datetime import datetime

from django.db import transaction

from members import changes
from members.models import Contact, ContactRelation


@transaction.atomic
def add(contact: Contact, relation: str, *, source: str, at: datetime) -> bool:
    """Somebody is this too from now on; whether that is new."""
    if contact.relation == relation:
        return False
    _relation, is_new = ContactRelation.objects.get_or_create(
        contact=contact, relation=relation, until=None, defaults={"source": source, "since": at}
    )
    if is_new:
        changes.note(contact.pk)
    return is_new


def labels(contact: Contact) -> list[str]:
    """Every relation of somebody in words, the main one first."""
    beside = ContactRelation.objects.filter(contact=contact, until__isnull=True).exclude(
        relation=contact.relation
    )
    return [contact.get_relation_display(), *(one.get_relation_display() for one in beside)]
