from django.conf import settings
from django.db import models

from bibmail.tenancy.models.base import TenantModel


class AuditEntry(TenantModel):
    """One act of a colleague at a library. The app may add and read, never change (append-only grants).

    `subject` names what was touched by kind and id, so that no personal data outlives its row here.
    """

    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    act = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["library", "-at", "-id"], name="audit_newest_first"),
            models.Index(
                fields=["library", "subject_kind", "subject_id", "-at"], name="audit_of_one_subject"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.subject_kind} {self.subject_id or ''}".strip()
