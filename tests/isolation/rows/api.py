"""Rows of the API."""

from uuid import UUID

from bibmail.api.models import ApiKey, ApiUsage, IdempotencyRecord, WebhookDelivery, WebhookEndpoint
from tests.isolation.world import NOON, TODAY, Makers

MAKERS: Makers = {
    ApiKey: lambda its: {
        "scopes": ["contacts:write"],
        # It follows itself, for want of another.
        "follows_id": its.number,
        "created_at": NOON,
        "created_by": its.staff,
        "calls_left_at": NOON,
    },
    ApiUsage: lambda its: {"key": its.of(ApiKey), "day": TODAY, "calls_count": its.number},
    IdempotencyRecord: lambda its: {
        "key": its.of(ApiKey),
        "claim": UUID(int=its.number),
        "lease_until": NOON,
        "created_at": NOON,
    },
    WebhookEndpoint: lambda its: {
        "public_id": UUID(int=its.number),
        "events": ["consent.changed"],
        "created_at": NOON,
        "created_by": its.staff,
    },
    WebhookDelivery: lambda its: {
        "endpoint": its.of(WebhookEndpoint),
        "public_id": UUID(int=its.number),
        "kind": "consent.changed",
        "fault": "no_answer",
        "occurred_at": NOON,
        "next_try_at": NOON,
        "created_at": NOON,
    },
}
