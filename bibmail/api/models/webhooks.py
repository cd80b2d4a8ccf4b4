import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from bibmail.tenancy.models import TenantForeignKey, TenantModel


class EventKind(models.TextChoices):
    """What an endpoint can hear about; migrations 0003 holds the triggers that write them down."""

    CONSENT_CHANGED = "consent.changed", _("Iemand gaf een toestemming of trok ze in")
    UNSUBSCRIBED = "contact.unsubscribed", _("Iemand schreef zich uit voor alles")
    ERASED = "contact.erased", _("Iemand is uit Bibmail gewist")
    TEST = "test", _("Test")


class WebhookEndpoint(TenantModel):
    """Where a library wants to hear what people chose."""

    class State(models.TextChoices):
        ACTIVE = "active", _("Aan")
        PAUSED = "paused", _("Gepauzeerd")
        # By Bibmail, after a day without one success.
        DISABLED = "disabled", _("Uitgezet")

    public_id = models.UUIDField(default=uuid.uuid4)
    url = models.CharField(_("webadres"), max_length=500)
    events = models.JSONField(default=list)
    # Only a worker that calls unseals it (bibmail/tenancy/sealing.py).
    sealed_secret = models.TextField()
    # The secret before this one, which signs beside it until then (database clock).
    former_secret = models.TextField(blank=True)
    former_until = models.DateTimeField(null=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.ACTIVE)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    # The first failure since the last success, and that success (database clock).
    failing_since = models.DateTimeField(null=True)
    last_success_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["library", "public_id"], name="one_endpoint_per_public_id")
        ]

    def __str__(self) -> str:
        return self.url


class WebhookDelivery(TenantModel):
    """One event for one endpoint: written in the transaction of what happened, sent until it is taken."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Wacht")
        DELIVERED = "delivered", _("Afgeleverd")
        FAILED = "failed", _("Mislukt")

    endpoint = TenantForeignKey(WebhookEndpoint, models.CASCADE, related_name="deliveries")
    # The webhook-id: the same at every try, so that a receiver can tell.
    public_id = models.UUIDField(default=uuid.uuid4)
    kind = models.CharField(max_length=24, choices=EventKind.choices)
    # Whom and what it is about; no contact, since it must outlive an erased one.
    external_id = models.CharField(max_length=80, blank=True)
    subject = models.CharField(max_length=10, blank=True)
    code = models.CharField(max_length=50, blank=True)
    is_given = models.BooleanField(null=True)
    occurred_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    tries_count = models.PositiveSmallIntegerField(default=0)
    # Leases, tries and ages are on the database's clock.
    next_try_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    # The last answer: an HTTP status, or why there was none.
    status = models.PositiveSmallIntegerField(null=True)
    fault = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["library", "public_id"], name="one_delivery_per_public_id")
        ]
        indexes = [
            models.Index(
                fields=["library", "endpoint", "next_try_at"],
                name="webhook_deliveries_due",
                condition=models.Q(state="waiting"),
            ),
            models.Index(fields=["library", "endpoint", "-id"], name="webhook_deliveries_newest"),
            models.Index(fields=["library", "created_at"], name="webhook_deliveries_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"
