from datetime import date, datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bibmail.tenancy.models import TenantForeignKey, TenantModel


class Scope(models.TextChoices):
    """What a key may do, as a sentence for who gives it."""

    CONTACTS_WRITE = "contacts:write", _("Mensen, lidmaatschappen en gezinnen doorgeven")
    ACTIVITIES_WRITE = (
        "activities:write",
        _("Doorgeven wat mensen deden, zoals uitleningen en inschrijvingen"),
    )
    CONSENTS_WRITE = "consents:write", _("Toestemmingen doorgeven, met bewijs")
    CONTENT_WRITE = "content:write", _("Titels en activiteiten van de bib doorgeven")
    CONTACTS_READ = "contacts:read", _("De gegevens van één persoon opvragen, met het nummer")
    WEBHOOKS = "webhooks", _("Zien hoe het met de webhooks staat")


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def usable(self, *, at: datetime) -> Self:
        """Neither revoked nor past their last day."""
        today = timezone.localdate(at)
        return self.filter(revoked_at__isnull=True).filter(
            models.Q(expires_on__isnull=True) | models.Q(expires_on__gte=today)
        )


class ApiKey(TenantModel):
    """What a program shows to speak for one library. Of its secret only the SHA-256 is kept."""

    name = models.CharField(_("naam"), max_length=60)
    # Public, and enough to find the key: it begins with the number of the library.
    prefix = models.CharField(max_length=40)
    secret_sha256 = models.CharField(max_length=64)
    scopes = models.JSONField(default=list)
    # What it brings is noted as coming from here; a key that follows this one says the same.
    source = models.CharField(max_length=40)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    # The last day on which it works.
    expires_on = models.DateField(_("werkt tot en met"), null=True)
    revoked_at = models.DateTimeField(null=True)
    follows = TenantForeignKey("self", models.SET_NULL, null=True, related_name="followers")
    # Written once a minute at most.
    last_used_at = models.DateTimeField(null=True)
    # The bucket of calls that are left, as it stood then (database clock).
    calls_left = models.FloatField(default=0)
    calls_left_at = models.DateTimeField()

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["library", "prefix"], name="one_api_key_per_prefix")]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix})"

    @property
    def beginning(self) -> str:
        """What a colleague may see of it, to tell it from another."""
        return f"bm_{self.prefix}"

    def allows(self, scope: str) -> bool:
        return scope in self.scopes

    def is_expired(self, on: date) -> bool:
        return self.expires_on is not None and self.expires_on < on
