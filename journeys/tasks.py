"""Doorbells of the journeys: beat rings once a minute, and only where there is something to do (decision D12)."""

import logging

from celery import shared_task

from bibmail.tenancy import acting_for, clock
from bibmail.tenancy.models import Library
from campaigns import tasks as campaigns
from journeys.engine import tick as engine

log = logging.getLogger(__name__)


@shared_task
def ring() -> None:
    """Ring a tick for each library that has news, somebody due, or a new day."""
    at = clock.now()
    for library_id in Library.objects.order_by("pk").values_list("pk", flat=True):
        with acting_for(library_id):
            is_due = engine.is_due(at=at)
        if is_due:
            tick.delay(library_id=library_id)


@shared_task
def tick(*, library_id: int) -> None:
    engine.tick(library_id=library_id, at=clock.now())
    campaigns.send.delay(library_id=library_id)
