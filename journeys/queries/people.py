"""Who stands where, and where one person stands; for colleagues who may see people."""

from django.db.models import OuterRef, Q, QuerySet, Subquery

from journeys.models import JourneyEntry, StepEvent
from members.models import Contact

_MOST = 50


def at_step(journey_id: int, step_key: str) -> QuerySet[JourneyEntry]:
    """Who stands at a step now, the first to go on first; `since` is when they came there."""
    arrived = StepEvent.objects.filter(entry=OuterRef("pk"), step_key=step_key).order_by("at", "pk")
    return (
        JourneyEntry.objects.filter(journey_id=journey_id, step_key=step_key, state=JourneyEntry.State.ACTIVE)
        .select_related("contact", "recipient", "version")
        .annotate(since=Subquery(arrived.values("at")[:1]))
        .order_by("due_at", "pk")
    )


def entries_of(contact: Contact) -> list[JourneyEntry]:
    """The newest entries of this person: their own, and those in which they are mailed for a child."""
    return list(
        JourneyEntry.objects.filter(Q(contact=contact) | Q(recipient=contact))
        .select_related("journey", "version", "contact")
        .order_by("-entered_at", "-pk")[:_MOST]
    )
