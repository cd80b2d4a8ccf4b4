from django.db import models

from bibmail.api.models.keys import ApiKey
from bibmail.tenancy.models import TenantForeignKey, TenantModel


class ApiUsage(TenantModel):
    """How much one key brought on one day."""

    key = TenantForeignKey(ApiKey, models.CASCADE, related_name="usage")
    day = models.DateField()
    calls_count = models.BigIntegerField(default=0)
    items_count = models.BigIntegerField(default=0)
    refused_count = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["-day", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["library", "key", "day"], name="one_usage_per_key_and_day"),
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.calls_count}"


class IdempotencyRecord(TenantModel):
    """A call that may come again, and what was answered: places and codes, nothing of a person.

    Without an answer it is under way until its lease ends; then whoever asks again takes it over.
    """

    key = TenantForeignKey(ApiKey, models.CASCADE, related_name="+")
    # SHA-256 of what the caller calls it, and of method, path and body.
    token_sha256 = models.CharField(max_length=64)
    call_sha256 = models.CharField(max_length=64)
    claim = models.UUIDField()
    lease_until = models.DateTimeField()
    answer = models.JSONField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["library", "key", "token_sha256"], name="one_record_per_idempotency_key"
            ),
        ]
        indexes = [models.Index(fields=["library", "created_at"], name="idempotency_by_age")]

    def __str__(self) -> str:
        return self.token_sha256[:8]
