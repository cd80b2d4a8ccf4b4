"""Where a library's data is fetched from, and what each fetch brought."""

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from bibmail.tenancy.models import TenantForeignKey, TenantModel


class DataSourceQuerySet(models.QuerySet["DataSource"]):
    def due(self, *, at: datetime) -> Self:
        """Active and with its moment come; on domain time, since that is when things are due."""
        return self.filter(is_active=True, next_due_at__lte=at)

    def free(self, *, now: datetime) -> Self:
        """Nobody is fetching, or whoever was has gone silent; on the database's clock, since it is a lease."""
        return self.filter(models.Q(lease__isnull=True) | models.Q(lease_until__lt=now))


class DataSource(TenantModel):
    """One account at one system. The row is the queue: `next_due_at` says when, the lease says who."""

    connector = models.CharField(max_length=30)
    name = models.CharField(_("naam"), max_length=80)
    # What a colleague may see: addresses, numbers, choices. Never a key or a password.
    options = models.JSONField(default=dict)
    # Sealed by name (bibmail/tenancy/sealing.py); written from a form, never shown again.
    secrets = models.JSONField(default=dict)
    every_minutes = models.PositiveIntegerField(default=60)
    is_active = models.BooleanField(default=True)
    # How far we are, in the words of the connector; moves only after the merge of what came before it.
    cursor = models.JSONField(default=dict)
    next_due_at = models.DateTimeField()
    last_success_at = models.DateTimeField(null=True)
    # Why the last fetch failed; empty when it did not. The detail holds numbers and names of fields.
    error_code = models.CharField(max_length=40, blank=True)
    error_detail = models.JSONField(default=dict)
    failures_count = models.PositiveIntegerField(default=0)
    # What the source sent otherwise than we know it: {"members": {"unknown": [...], "missing": [...], ...}}.
    drift = models.JSONField(default=dict)
    # Who fetches now, and until when that holds without a sign of life.
    lease = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    created_at = models.DateTimeField()

    objects = DataSourceQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        indexes = [
            models.Index(
                fields=["library", "next_due_at"], name="source_due", condition=models.Q(is_active=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.connector} {self.pk}"

    @property
    def every(self) -> timedelta:
        return timedelta(minutes=self.every_minutes)


class ConnectorRun(TenantModel):
    """One fetch: when, how much, and how it ended."""

    class State(models.TextChoices):
        RUNNING = "running", _("Bezig")
        DONE = "done", _("Klaar")
        FAILED = "failed", _("Niet gelukt")

    source = TenantForeignKey(DataSource, models.CASCADE, related_name="runs")
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    # On the real clock: domain time may stand still while we wait for an answer.
    seconds = models.FloatField(default=0)
    requests_count = models.PositiveIntegerField(default=0)
    # By sink: {"members": {"rows": 3, "new": 1, "changed": 1, "unchanged": 1, "removed": 0, "refused": 0}}.
    figures = models.JSONField(default=dict)
    drift = models.JSONField(default=dict)
    error_code = models.CharField(max_length=40, blank=True)
    error_detail = models.JSONField(default=dict)

    class Meta:
        ordering = ["-started_at", "-pk"]
        indexes = [
            models.Index(fields=["library", "source", "-started_at", "-id"], name="connector_runs_of_source")
        ]

    def __str__(self) -> str:
        return f"run {self.pk}"


class TakenFile(TenantModel):
    """The last file of a name that we took, so that the same one does not come in twice in a row."""

    source = TenantForeignKey(DataSource, models.CASCADE, related_name="files")
    sha256 = models.CharField(max_length=64)
    # Size and time, or the store's own tag, so that an unchanged file need not be read again.
    mark = models.CharField(max_length=200)
    # The file's name as a hash: names may hold a person's.
    name_hash = models.CharField(max_length=64)
    taken_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["library", "source", "name_hash"], name="one_taken_file_per_name")
        ]

    def __str__(self) -> str:
        return f"taken file {self.pk}"


class EbookTitle(TenantModel):
    """A title of the e-book platform by its number there, kept so that it is asked for once."""

    item_id = models.CharField(max_length=80)
    isbn = models.CharField(max_length=20, blank=True)
    title = models.CharField(max_length=200, blank=True)
    fetched_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["library", "item_id"], name="one_title_per_item")]

    def __str__(self) -> str:
        return self.item_id


class SeenOptOut(TenantModel):
    """Since when a source says no for somebody; without it each fetch would say that no again, over a later yes."""

    source = TenantForeignKey(DataSource, models.CASCADE, related_name="opt_outs")
    # The person's number there, keyed (members/connectors/opt_outs.py).
    member_hash = models.CharField(max_length=64)
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["library", "source", "member_hash"], name="an_opt_out_is_seen_once"
            )
        ]

    def __str__(self) -> str:
        return f"opt-out {self.pk}"
