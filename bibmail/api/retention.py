"""What of calls and messages goes, and when. Within acting_for(library)."""

from datetime import timedelta
from typing import NamedTuple

from django.utils import timezone

from bibmail.api import calls
from bibmail.api.models import ApiUsage, IdempotencyRecord, WebhookDelivery, WebhookEndpoint
from bibmail.tenancy import clock

DELIVERIES_KEPT = timedelta(days=30)
_USAGE_KEPT = timedelta(days=400)


class Forgotten(NamedTuple):
    """How many rows went."""

    calls: int
    deliveries: int
    usage: int


def forget() -> Forgotten:
    """Let go of answers after a day, messages after thirty (sent or not), counts after thirteen months,
    and of secrets that sign no more."""
    now = clock.database_now()
    answered, _ = IdempotencyRecord.objects.filter(created_at__lt=now - calls.KEPT).delete()
    told, _ = WebhookDelivery.objects.filter(created_at__lt=now - DELIVERIES_KEPT).delete()
    WebhookEndpoint.objects.filter(former_until__lt=now).update(former_secret="", former_until=None)
    used, _ = ApiUsage.objects.filter(day__lt=timezone.localdate(clock.now() - _USAGE_KEPT)).delete()
    return Forgotten(answered, told, used)
