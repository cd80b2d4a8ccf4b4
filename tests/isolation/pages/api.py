"""Addresses of the API and of the pages about it."""

from bibmail.api.models import ApiKey, WebhookDelivery, WebhookEndpoint
from tests.isolation.pages.subject import Subject

# A key is a permission of its own (tests/api/test_keys.py); without one all of them refuse alike.
API = Subject(
    numbers={"key_id": ApiKey, "endpoint_id": WebhookEndpoint, "delivery_id": WebhookDelivery},
    outside={
        f"api/v1/{path}"
        for path in (
            "", "docs", "openapi.json", "contacts", "contacts/<external_id>", "household-links", "activities",
            "consents", "titles", "events", "health", "usage", "webhooks",
        )
    },
)  # fmt: skip
