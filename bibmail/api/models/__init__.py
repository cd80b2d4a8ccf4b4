from bibmail.api.models.calls import ApiUsage, IdempotencyRecord
from bibmail.api.models.keys import ApiKey, Scope
from bibmail.api.models.webhooks import EventKind, WebhookDelivery, WebhookEndpoint

__all__ = [
    "ApiKey",
    "ApiUsage",
    "EventKind",
    "IdempotencyRecord",
    "Scope",
    "WebhookDelivery",
    "WebhookEndpoint",
]
