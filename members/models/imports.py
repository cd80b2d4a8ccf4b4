from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from bibmail.tenancy.models import TenantForeignKey, TenantModel


class ImportRunQuerySet(models.QuerySet["ImportRun"]):
    def under_way(self) -> Self:
        return self.filter(state__in=ImportRun.UNDER_WAY)

    def alive(self, *, since: datetime) -> Self:
        """Waiting for its turn, or with a worker that moved since then."""
        moving = models.Q(state=ImportRun.State.RUNNING, heartbeat_at__gt=since)
        return self.filter(models.Q(state=ImportRun.State.WAITING) | moving)

    def older_than(self, run: "ImportRun") -> Self:
        """What came before this run, in the order in which files came."""
        same_moment = models.Q(created_at=run.created_at, pk__lt=run.pk)
        return self.filter(models.Q(created_at__lt=run.created_at) | same_moment)


class ImportRun(TenantModel):
    """One file on its way in. The row is the queue: a worker that dies leaves it to be rung again."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Wacht")
        RUNNING = "running", _("Bezig")
        DONE = "done", _("Klaar")
        FAILED = "failed", _("Niet ingeladen")
        # Uploaded, and somebody says what its columns are; then looked through, and somebody confirms.
        DRAFT = "draft", _("Nog te controleren")
        CHECKED = "checked", _("Gecontroleerd")
        DROPPED = "dropped", _("Niet doorgegaan")

    UNDER_WAY = (State.WAITING, State.RUNNING)

    sink = models.CharField(max_length=40)
    file_name = models.CharField(max_length=255)
    # Relative to UPLOADS_DIR; empty once the file is gone.
    stored_as = models.CharField(max_length=255, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    byte_count = models.BigIntegerField(default=0)
    source = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts_count = models.PositiveSmallIntegerField(default=0)
    # Progress, then the outcome. rows = new + changed + unchanged + refused when done.
    bytes_read = models.BigIntegerField(default=0)
    rows_count = models.BigIntegerField(default=0)
    new_count = models.BigIntegerField(default=0)
    changed_count = models.BigIntegerField(default=0)
    unchanged_count = models.BigIntegerField(default=0)
    removed_count = models.BigIntegerField(default=0)
    refused_count = models.BigIntegerField(default=0)
    refused_by_code = models.JSONField(default=dict)
    # How the file was read: {"encoding": ..., "separator": ..., "ignored": [...], "national": [...]}.
    reading = models.JSONField(default=dict)
    failure = models.JSONField(default=dict)
    # What its columns hold, before anybody said what they are; values in it are personal and go with the draft.
    looked = models.JSONField(default=dict)
    # A title of the file, and the canonical header it stands for. NULL: we look ourselves.
    chosen = models.JSONField(null=True)
    # The whole of what the source has: who is not in it has left.
    is_full = models.BooleanField(default=False)
    # Somebody saw how many would go and said yes.
    is_removal_confirmed = models.BooleanField(default=False)
    # The next thing a worker does with it is a rehearsal, which changes nothing.
    is_rehearsal = models.BooleanField(default=False)
    # What the rehearsal found: the figures, and a few changes as examples (personal; they go with the month).
    rehearsal = models.JSONField(default=dict)
    vanished_count = models.BigIntegerField(default=0)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    # {"restored": n, "removed": n, "left": n}
    undoing = models.JSONField(default=dict)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["library", "-created_at", "-id"], name="import_newest_first")]

    def __str__(self) -> str:
        return f"{self.sink} {self.file_name}"

    @property
    def is_under_way(self) -> bool:
        return self.state in self.UNDER_WAY

    @property
    def percent_read(self) -> int:
        return min(100, self.bytes_read * 100 // self.byte_count) if self.byte_count else 0


class ImportRefusal(TenantModel):
    """A row of a file that we did not load, where it stood and why."""

    run = TenantForeignKey(ImportRun, models.CASCADE, related_name="refusals")
    line = models.BigIntegerField()
    column = models.CharField(max_length=40)
    code = models.CharField(max_length=30)
    value = models.CharField(max_length=200, blank=True)
    # For duplicates: the line that came first.
    other_line = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["line", "pk"]
        indexes = [models.Index(fields=["library", "run", "code", "line"], name="refusals_of_run")]

    def __str__(self) -> str:
        return f"line {self.line}: {self.code}"


class ImportChange(TenantModel):
    """A row of any table as it was before a run and after it: what undoing needs, for a month."""

    class Action(models.TextChoices):
        INSERT = "i"
        UPDATE = "u"
        DELETE = "d"

    run = TenantForeignKey(ImportRun, models.CASCADE, related_name="changes")
    table = models.CharField(max_length=60)
    row_id = models.BigIntegerField()
    action = models.CharField(max_length=1, choices=Action.choices)
    before = models.JSONField(null=True)
    # Of an update the columns it wrote; of a new row a fingerprint of all.
    after = models.JSONField(null=True)
    # Found to have changed since, and left as it is.
    is_left = models.BooleanField(default=False)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["library", "run", "table", "row_id"], name="changes_of_run")]

    def __str__(self) -> str:
        return f"{self.action} {self.table} {self.row_id}"


class ImportPreset(TenantModel):
    """What the columns of a kind of file are, so that nobody says it twice (voorinstelling).

    Without a name it is the last choice for files with exactly these titles.
    """

    name = models.CharField(_("naam"), max_length=60, blank=True)
    sink = models.CharField(max_length=40)
    chosen = models.JSONField(default=dict)
    is_full = models.BooleanField(default=False)
    # SHA-256 of the titles.
    titles_hash = models.CharField(max_length=64, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["library", "sink", "name", "titles_hash"], name="one_preset_per_name_or_titles"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.sink
