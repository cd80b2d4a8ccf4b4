"""With whose account at an ESP a library sends, and how that line to the ESP stands."""

import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from bibmail.tenancy.models import SharedModel, TenantModel


class SendingAccount(TenantModel):
    """A library's own account at an ESP (verzendaccount). Without one it sends with the network's."""

    class Kind(models.TextChoices):
        BREVO = "brevo", "Brevo"
        MAILGUN = "mailgun", "Mailgun"
        SMTP = "smtp", _("SMTP-server")

    kind = models.CharField(_("mailprovider"), max_length=8, choices=Kind.choices)
    # Stands in the address of its webhooks.
    public_id = models.UUIDField(default=uuid.uuid4)
    # What a colleague may see: addresses and names. Never a key or a password.
    options = models.JSONField(default=dict)
    # Sealed by name (bibmail/tenancy/sealing.py); written from a form, never shown again.
    secrets = models.JSONField(default=dict)
    is_active = models.BooleanField(default=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["library"], name="one_active_sending_account", condition=models.Q(is_active=True)
            ),
            models.UniqueConstraint(
                fields=["library", "public_id"], name="one_sending_account_per_public_id"
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def code(self) -> str:
        """How the ledger and the line name it."""
        return f"library-{self.library_id}-{self.pk}"


class SendingLineQuerySet(models.QuerySet["SendingLine"]):
    def not_well(self) -> Self:
        """With troubles in a row, or with its breaker open."""
        return self.filter(models.Q(troubles_count__gt=0) | models.Q(opened_at__isnull=False))


class SendingLine(SharedModel):
    """How one account stands (verzendlijn): its breaker, its pace and its stop. Nothing of a person.

    Shared, since the network's account serves all libraries. Leases and rates go by the database's clock.
    """

    code = models.CharField(max_length=60, unique=True)
    # Somebody stopped this account; nothing leaves by it.
    is_stopped = models.BooleanField(default=False)
    stop_reason = models.CharField(max_length=200, blank=True)
    # The breaker: open since then, and the next single call that may try.
    opened_at = models.DateTimeField(null=True)
    opened_why = models.CharField(max_length=60, blank=True)
    next_probe_at = models.DateTimeField(null=True)
    troubles_count = models.PositiveSmallIntegerField(default=0)
    # Nothing until then: the ESP asked for slower.
    quiet_until = models.DateTimeField(null=True)
    # Mails a minute; empty: as fast as the ESP takes them. What may leave now, as of `tokens_at`.
    per_minute = models.PositiveIntegerField(_("mails per minuut"), null=True, blank=True)
    tokens = models.FloatField(default=0)
    tokens_at = models.DateTimeField(null=True)
    # A new account begins slowly on this day and grows; empty: it is known.
    warm_up_from = models.DateField(_("opbouwen vanaf"), null=True, blank=True)
    day = models.DateField(null=True)
    day_count = models.PositiveIntegerField(default=0)

    objects = SendingLineQuerySet.as_manager()

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code

    def is_open(self) -> bool:
        """Whether the breaker keeps mail here."""
        return self.opened_at is not None

    def waits_until(self, now: datetime) -> datetime | None:
        """The moment until which the ESP asked for quiet, if that is still to come."""
        return self.quiet_until if self.quiet_until and self.quiet_until > now else None
