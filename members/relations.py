"""What people are to the library: one main relation on the contact, and others beside it with a beginning and end."""

from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from bibmail.tenancy import audit
from bibmail.tenancy.models import User
from members import changes
from members.models import Contact, ContactRelation
from members.models.sourced import BY_HAND


class AlreadyKnown(Exception):
    """Somebody is this to the library already."""


class AlreadyOver(Exception):
    """The last day on which this would hold lies behind us."""


@transaction.atomic
def add(contact: Contact, relation: str, *, source: str, at: datetime) -> bool:
    """Somebody is this too from now on; whether that is new."""
    if _is_known(contact, relation, at=at):
        return False
    _relation, is_new = ContactRelation.objects.get_or_create(
        contact=contact, relation=relation, until=None, defaults={"source": source, "since": at}
    )
    if is_new:
        changes.note(contact.pk)
    return is_new


@transaction.atomic
def add_by_hand(
    contact: Contact, relation: str, *, last_day: date | None, by: User, at: datetime
) -> ContactRelation:
    """A colleague says that somebody is this too, up to and with a day if that is known.

    Raises AlreadyKnown, and AlreadyOver for a day before today.
    """
    if last_day and last_day < timezone.localdate(at):
        raise AlreadyOver
    # Two colleagues who say the same at once: the second one sees what the first one wrote.
    Contact.objects.select_for_update(no_key=True).get(pk=contact.pk)
    if _is_known(contact, relation, at=at):
        raise AlreadyKnown
    added = ContactRelation.objects.create(
        contact=contact,
        relation=relation,
        source=BY_HAND,
        since=at,
        until=_end_of(last_day) if last_day else None,
    )
    changes.note(contact.pk)
    _record("contact.relation_added", added, by=by, at=at)
    return added


@transaction.atomic
def end(contact: Contact, relation_id: int, *, by: User, at: datetime) -> bool:
    """Somebody is this no more from now on; whether they still were. That they were it stays known.

    Raises ContactRelation.DoesNotExist for a relation of somebody else.
    """
    found = ContactRelation.objects.select_for_update().get(pk=relation_id, contact=contact)
    if found.until and found.until <= at:
        return False
    found.until = at
    found.save(update_fields=["until"])
    changes.note(contact.pk)
    _record("contact.relation_ended", found, by=by, at=at)
    return True


def current(contact: Contact, *, at: datetime) -> list[ContactRelation]:
    """What somebody is beside the main relation at this moment, the longest first."""
    return list(ContactRelation.objects.current(at=at).filter(contact=contact))


def _is_known(contact: Contact, relation: str, *, at: datetime) -> bool:
    if contact.relation == relation:
        return True
    return ContactRelation.objects.current(at=at).filter(contact=contact, relation=relation).exists()


def _end_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def _record(act: str, relation: ContactRelation, *, by: User, at: datetime) -> None:
    # Which relation it is stays out: the record outlives the person, and it tells something of them.
    audit.record(act, by=by, at=at, subject_kind="contact", subject_id=relation.contact_id)
