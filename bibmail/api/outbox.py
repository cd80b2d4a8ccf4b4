"""What waits for endpoints: taken by a lease, and written down what became of it. Within acting_for(library).

Leases, tries and ages are on the database's clock, so a demo that plays two months sends no retry too early.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection

from bibmail.api.calling import Answer
from bibmail.api.models import WebhookDelivery, WebhookEndpoint
from bibmail.tenancy import clock

# How long after each failed try the next one comes; after the last it is given up, and a colleague can replay it.
RETRIES = tuple(timedelta(minutes=minutes) for minutes in (2, 3, 6, 10, 15))
# An endpoint that took nothing for so long is switched off.
_PATIENCE = timedelta(days=1)
_LEASE_SECONDS = 120

_DUE = """
    FROM api_webhookdelivery AS d
    JOIN api_webhookendpoint AS e ON e.id = d.endpoint_id
   WHERE d.state = 'waiting'
     AND e.state = 'active'
     AND d.next_try_at <= clock_timestamp()
     AND (d.leased_until IS NULL OR d.leased_until <= clock_timestamp())
"""

_ENDPOINTS_DUE = f"SELECT DISTINCT d.endpoint_id {_DUE} ORDER BY 1"

# Materialized: joined straight away, the planner may run the inner query once a row, each time with its own limit.
_CLAIM = f"""
    WITH due AS MATERIALIZED (
        SELECT d.id {_DUE}
           AND d.endpoint_id = %(endpoint_id)s
         ORDER BY d.next_try_at, d.id
         LIMIT %(limit)s
           FOR NO KEY UPDATE OF d SKIP LOCKED
    )
    UPDATE api_webhookdelivery AS claimed
       SET leased_until = clock_timestamp() + make_interval(secs => %(seconds)s)
      FROM due
     WHERE claimed.id = due.id
    RETURNING claimed.id, claimed.leased_until
"""


class Claim(NamedTuple):
    """Deliveries that are ours until the lease ends."""

    leases: dict[int, Any]
    deliveries: list[WebhookDelivery]
    # On the database's clock.
    at: datetime


def endpoints_due() -> list[int]:
    """Endpoints that are on and have something to hear now."""
    with connection.cursor() as cursor:
        cursor.execute(_ENDPOINTS_DUE)
        return [endpoint_id for (endpoint_id,) in cursor.fetchall()]


def claim(endpoint_id: int, *, limit: int) -> Claim:
    """Take what is due for one endpoint, oldest first; what another worker holds is left alone."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"seconds": _LEASE_SECONDS, "endpoint_id": endpoint_id, "limit": limit})
        leases = dict(cursor.fetchall())
    found = WebhookDelivery.objects.filter(pk__in=leases).select_related("endpoint")
    return Claim(leases, list(found.order_by("next_try_at", "pk")), clock.database_now())


def body_of(delivery: WebhookDelivery) -> bytes:
    """The message, the same at every try: a number and codes, never a name or an address."""
    data: dict[str, Any] = {"externalId": delivery.external_id} if delivery.external_id else {}
    if delivery.subject:
        data |= {"subject": delivery.subject, "code": delivery.code, "given": delivery.is_given}
    message = {"type": delivery.kind, "timestamp": delivery.occurred_at.isoformat(), "data": data}
    return json.dumps(message, separators=(",", ":")).encode()


def settle(delivery: WebhookDelivery, answer: Answer, *, lease: Any) -> bool:
    """Write down what an endpoint answered; whether it was ours to write. Says nothing twice."""
    now = clock.database_now()
    tries = delivery.tries_count + 1
    told: dict[str, Any] = {
        "tries_count": tries, "status": answer.status, "fault": answer.fault, "leased_until": None,
    }  # fmt: skip
    if answer.is_success:
        told |= {"state": WebhookDelivery.State.DELIVERED, "settled_at": now}
    elif tries > len(RETRIES):
        told |= {"state": WebhookDelivery.State.FAILED, "settled_at": now}
    else:
        told |= {"next_try_at": now + RETRIES[tries - 1]}
    ours = WebhookDelivery.objects.filter(
        pk=delivery.pk, leased_until=lease, state=WebhookDelivery.State.WAITING
    )
    return bool(ours.update(**told))


def note_health(endpoint_id: int, *, is_success: bool) -> bool:
    """Remember since when an endpoint fails; whether that switched it off."""
    now = clock.database_now()
    endpoints = WebhookEndpoint.objects.filter(pk=endpoint_id)
    if is_success:
        endpoints.update(last_success_at=now, failing_since=None)
        return False
    endpoints.filter(failing_since__isnull=True).update(failing_since=now)
    tired = endpoints.filter(state=WebhookEndpoint.State.ACTIVE, failing_since__lte=now - _PATIENCE)
    return bool(tired.update(state=WebhookEndpoint.State.DISABLED))


def give_back(leases: Sequence[int]) -> None:
    """Let go of what was claimed and not tried."""
    WebhookDelivery.objects.filter(pk__in=leases, state=WebhookDelivery.State.WAITING).update(
        leased_until=None
    )
