"""Who is the same person as whom: what a colleague joined, took apart, or said is not the same."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from bibmail.tenancy.models import TenantForeignKey, TenantModel
from members.models.contact import Contact


class IdentityChange(TenantModel):
    """One joining or taking apart, with all that is needed to undo it.

    `moved` holds per "table.column" the ids of rows that went to the other person; `images` holds what stood there
    before and is personal: it goes after a month, and with it the possibility to undo.
    """

    class Kind(models.TextChoices):
        MERGE = "merge", _("Samengevoegd")
        SPLIT = "split", _("Gesplitst")

    kind = models.CharField(max_length=5, choices=Kind.choices)
    # The one that stays; and the one that came to it (merge) or was made out of it (split).
    kept = TenantForeignKey(Contact, models.CASCADE, related_name="identity_changes")
    other = TenantForeignKey(Contact, models.CASCADE, related_name="+")
    rule = models.CharField(max_length=20, blank=True)
    moved = models.JSONField(default=dict)
    images = models.JSONField(default=dict)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    # Codes of what had changed since and was left as it is.
    left_behind = models.JSONField(default=list)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["library", "kept", "-at"], name="identity_changes_of_contact"),
            models.Index(fields=["library", "other"], name="identity_changes_of_other"),
            models.Index(fields=["library", "-at", "-id"], name="identity_changes_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.other_id} -> {self.kept_id}"

    @property
    def can_be_undone(self) -> bool:
        """Not undone yet, and what is needed for it is still there."""
        return self.undone_at is None and bool(self.images)


class NotSamePerson(TenantModel):
    """Two people of whom somebody said that they are two; the lower id comes first."""

    first = TenantForeignKey(Contact, models.CASCADE, related_name="+")
    second = TenantForeignKey(Contact, models.CASCADE, related_name="+")
    said_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    said_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["library", "first", "second"], name="said_once_that_they_are_two"
            ),
        ]
        indexes = [models.Index(fields=["library", "second"], name="not_same_by_second")]

    def __str__(self) -> str:
        return f"{self.first_id} is not {self.second_id}"
