"""Send what waits in the outbox: claim, call with no transaction open, record. Killed anywhere, nothing is lost.

Between the call and its record a receiver may have heard and we do not know it: it hears again, with the same
webhook-id. That is the promise of Standard Webhooks: at least once.
"""

import logging
import time
from datetime import datetime

from django.conf import settings

from bibmail.api import calling, outbox, signing
from bibmail.api.calling import Answer
from bibmail.api.models import WebhookDelivery, WebhookEndpoint
from bibmail.tenancy import acting_for, audit, clock, sealing
from campaigns.delivery import faults

log = logging.getLogger(__name__)

# One ring never holds its worker for longer than about this; the next ring goes on.
_BUDGET_SECONDS = 45.0
# Few enough that even slow answers fit into the lease.
_AT_A_TIME = 8


def send(*, library_id: int) -> int:
    """Send what is due in this library; how many messages were taken by their endpoints."""
    ends = time.monotonic() + _BUDGET_SECONDS
    with acting_for(library_id):
        endpoint_ids = outbox.endpoints_due()
    return sum(_send_to(endpoint_id, library_id=library_id, ends=ends) for endpoint_id in endpoint_ids)


def _send_to(endpoint_id: int, *, library_id: int, ends: float) -> int:
    """To one endpoint, until it has all, fails once, or time is up: who is down is not knocked at twice."""
    taken = 0
    while time.monotonic() < ends:
        with acting_for(library_id):
            claim = outbox.claim(endpoint_id, limit=_AT_A_TIME)
        if not claim.deliveries:
            break
        for place, delivery in enumerate(claim.deliveries):
            answer = _call(delivery, library_id=library_id, at=claim.at)
            faults.point("webhook_called")
            with acting_for(library_id):
                outbox.settle(delivery, answer, lease=claim.leases[delivery.pk])
                _note_health(endpoint_id, is_success=answer.is_success)
                if not answer.is_success:
                    outbox.give_back([later.pk for later in claim.deliveries[place + 1 :]])
            if not answer.is_success:
                return taken
            taken += 1
    return taken


def _call(delivery: WebhookDelivery, *, library_id: int, at: datetime) -> Answer:
    body = outbox.body_of(delivery)
    try:
        held = _secrets(delivery.endpoint, library_id=library_id, at=at)
        place = calling.resolve(delivery.endpoint.url)
    except sealing.CannotOpen:
        log.error("webhook of library %s: its secret cannot be opened", library_id)
        return Answer(None, "no_secret")
    except calling.NotAllowed as refusal:
        return Answer(None, str(refusal))
    signed = signing.headers(held, webhook_id=str(delivery.public_id), at=int(time.time()), body=body)
    told = {"Content-Type": "application/json", "User-Agent": "Bibmail", **signed}
    return calling.post(place, body, told, seconds=settings.WEBHOOK_SECONDS)


def _secrets(endpoint: WebhookEndpoint, *, library_id: int, at: datetime) -> list[bytes]:
    """The secret, and the one before it for as long as that signs too; raises CannotOpen."""
    held = [sealing.unseal(endpoint.sealed_secret, library_id=library_id)]
    if endpoint.former_until and at < endpoint.former_until:
        try:
            held.append(sealing.unseal(endpoint.former_secret, library_id=library_id))
        except sealing.CannotOpen:
            # The new one signs without it: that is why somebody asked for a new one.
            log.warning("webhook of library %s: its former secret cannot be opened", library_id)
    return held


def _note_health(endpoint_id: int, *, is_success: bool) -> None:
    if outbox.note_health(endpoint_id, is_success=is_success):
        audit.record(
            "webhook.disabled", by=None, at=clock.now(), subject_kind="webhook", subject_id=endpoint_id
        )
