"""Stopping all mail but that about the membership, and wanting it again."""

from datetime import datetime

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Greatest

from consent.models import Consent, ConsentQuerySet, Subject, Suppression, SuppressionQuerySet
from members import changes
from members.models import Contact


@transaction.atomic
def object_to_all(*, contact: Contact, at: datetime, source: str) -> bool:
    """No marketing mail any more, about anything (law L-06); whether that is new."""
    _open_topics(contact).update(closed_at=Greatest("opened_at", Value(at)), closed_source=source)
    _stop, is_new = Suppression.objects.get_or_create(
        scope=Suppression.Scope.CONTACT,
        contact=contact,
        reason=Suppression.Reason.UNSUBSCRIBED,
        lifted_at=None,
        defaults={"reach": Suppression.Reach.MARKETING, "source": source, "since": at},
    )
    changes.note(contact.pk)
    return is_new


@transaction.atomic
def take_back_objection(*, contact: Contact, at: datetime, source: str) -> list[str]:
    """Undo of object_to_all: what it closed is open again; the codes of those topics.

    The words are those of the consent that was closed: the person takes up what they had.
    """
    objection = _objections(contact).order_by("since", "pk").first()
    if objection is None:
        return []
    closed = list(
        Consent.objects.filter(
            contact=contact,
            subject=Subject.TOPIC,
            closed_at=objection.since,
            closed_source=objection.source,
            opened_at__lt=objection.since,
        )
    )
    end_objection(contact, at=at, source=source)
    for consent in closed:
        Consent.objects.get_or_create(
            contact=contact,
            subject=Subject.TOPIC,
            code=consent.code,
            closed_at=None,
            defaults={"wording_id": consent.wording_id, "source": source, "opened_at": at},
        )
    return [consent.code for consent in closed]


def end_objection(contact: Contact, *, at: datetime, source: str) -> None:
    """Lift "stop all mail", where it stands.

    What was open when it came does not come back by itself: a person who wants one topic wants that one.
    """
    objection = _objections(contact).order_by("since", "pk").first()
    if objection is None:
        return
    before = _open_topics(contact).filter(opened_at__lt=objection.since)
    before.update(closed_at=objection.since, closed_source=objection.source)
    _objections(contact).update(lifted_at=Greatest("since", Value(at)))
    changes.note(contact.pk)


@transaction.atomic
def take_back_complaint(*, contact: Contact, at: datetime) -> bool:
    """Somebody who once reported a mail as spam says on their own page that they want mail again."""
    complaints = Suppression.objects.filter(
        scope=Suppression.Scope.ADDRESS,
        fingerprint=contact.recipient_hash,
        reason=Suppression.Reason.COMPLAINT,
        lifted_at__isnull=True,
    )
    count = complaints.update(lifted_at=Greatest("since", Value(at))) if contact.recipient_hash else 0
    if count:
        changes.note(contact.pk)
    return count > 0


def _open_topics(contact: Contact) -> ConsentQuerySet:
    return Consent.objects.filter(contact=contact, subject=Subject.TOPIC, closed_at__isnull=True)


def _objections(contact: Contact) -> SuppressionQuerySet:
    return Suppression.objects.filter(
        scope=Suppression.Scope.CONTACT,
        contact=contact,
        reason=Suppression.Reason.UNSUBSCRIBED,
        lifted_at__isnull=True,
    )
