"""What comes back: webhooks of the ESP, and clicks on our own links."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from bibmail.tenancy.models import TenantForeignKey, TenantModel
from campaigns.models.ledger import Message
from campaigns.models.mailing import Mailing


class TrackedLink(TenantModel):
    """Where a link in a mail leads. The target is stored here, so no URL can send anybody elsewhere."""

    mailing = TenantForeignKey(Mailing, models.CASCADE, related_name="links")
    url = models.CharField(max_length=1000)
    label = models.CharField(max_length=200, blank=True)
    # Aggregate figures: people and machines, added up after the bot verdict.
    human_clicks_count = models.PositiveIntegerField(default=0)
    machine_clicks_count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["library", "mailing", "url"], name="one_link_per_target"),
        ]

    def __str__(self) -> str:
        return self.label or self.url


class Click(TenantModel):
    """One request for a link, kept at most 24 hours for the verdict: a person or a machine (decision D9)."""

    message = TenantForeignKey(Message, models.CASCADE, related_name="clicks")
    link = TenantForeignKey(TrackedLink, models.CASCADE, related_name="clicks")
    at = models.DateTimeField()
    # The request was a HEAD or a prefetch, or said itself that it is a machine.
    is_machine = models.BooleanField(default=False)

    class Meta:
        ordering = ["at", "pk"]
        indexes = [
            models.Index(fields=["library", "at"], name="clicks_by_moment"),
            models.Index(fields=["library", "message", "at"], name="clicks_of_message"),
        ]

    def __str__(self) -> str:
        return f"click {self.pk}"


class MessageEvent(TenantModel):
    """What the ESP told of a message; the same news twice is one row."""

    class Kind(models.TextChoices):
        DELIVERED = "delivered", _("Aangekomen")
        SOFT_BOUNCE = "soft_bounce", _("Tijdelijk niet aangekomen")
        HARD_BOUNCE = "hard_bounce", _("Onbestelbaar")
        BLOCKED = "blocked", _("Geweigerd door de ontvanger")
        COMPLAINED = "complained", _("Gemeld als spam")
        UNSUBSCRIBED = "unsubscribed", _("Uitgeschreven bij de mailprovider")

    message = TenantForeignKey(Message, models.CASCADE, related_name="events")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    at = models.DateTimeField()
    detail = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["library", "message", "kind", "at"], name="the_same_news_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.message_id}"


class InboxEvent(models.Model):
    """A webhook as it came in, without addresses and subjects; read in batches, and gone once it is read.

    Global: which library it concerns stands in the metadata, whose MAC is checked when it is read.
    """

    esp = models.CharField(max_length=20)
    body = models.JSONField()
    received_at = models.DateTimeField()
    # Why nothing could be done with it; such rows stay for a look.
    fault = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["id"], name="inbox_unread", condition=models.Q(fault="")),
        ]

    def __str__(self) -> str:
        return f"{self.esp} {self.pk}"
