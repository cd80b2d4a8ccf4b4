"""Doorbells of sending and tracking: the rows are the queue, a lost bell is rung again by the next sweep."""

import logging

from celery import shared_task

from bibmail.tenancy import acting_for, clock
from bibmail.tenancy.models import Library
from campaigns.delivery import claim, reaper, sender

log = logging.getLogger(__name__)


@shared_task
def send(*, library_id: int) -> None:
    sender.send(library_id=library_id, now=clock.now)


@shared_task
def sweep() -> None:
    """Library by library: what silence left behind, and a bell wherever something waits."""
    at = clock.now()
    for library_id in Library.objects.order_by("pk").values_list("pk", flat=True):
        try:
            reaper.reap(library_id=library_id, at=at)
            with acting_for(library_id):
                waits = claim.anything_waits(at=at)
        except Exception:
            log.exception("sweep failed library=%s", library_id)
            continue
        if waits:
            send.delay(library_id=library_id)
