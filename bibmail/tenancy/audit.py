"""The audit trail of staff acts: who did what, when, to which row; also who looked at a person."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser

from bibmail.tenancy.models.audit import AuditEntry
from bibmail.tenancy.models.staff import User


def record(
    act: str,
    *,
    by: User | AnonymousUser | None,
    at: datetime,
    subject_kind: str = "",
    subject_id: int | None = None,
    **detail: Any,
) -> AuditEntry:
    """Add one entry in the library we act for; `detail` holds codes and counts, no personal data."""
    return AuditEntry.objects.create(
        actor=by if isinstance(by, User) else None,
        act=act,
        subject_kind=subject_kind,
        subject_id=subject_id,
        detail=detail,
        at=at,
    )
