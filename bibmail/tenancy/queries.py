"""What the settings pages ask."""

from typing import NamedTuple

from allauth.mfa.models import Authenticator
from django.db.models import Prefetch, QuerySet

from bibmail.tenancy.models import AuditEntry, Branch, OpeningHours, StaffRole


def branches_with_hours() -> QuerySet[Branch]:
    """All branches by name, each with its ordinary week at hand."""
    hours = OpeningHours.objects.order_by("weekday", "opens", "pk")
    return Branch.objects.order_by("name", "pk").prefetch_related(Prefetch("opening_hours", queryset=hours))


class Colleague(NamedTuple):
    """A role, and whether there is a code on the telephone."""

    role: StaffRole
    is_guarded: bool


def staff(*, library_id: int) -> list[Colleague]:
    """The colleagues of this library by name."""
    codes = Authenticator.objects.filter(type=Authenticator.Type.TOTP).values("user_id")
    roles = StaffRole.objects.in_library(library_id).select_related("user").order_by("name", "pk")
    with_code = set(roles.filter(user_id__in=codes).values_list("pk", flat=True))
    return [Colleague(role, role.pk in with_code) for role in roles]


def trail() -> QuerySet[AuditEntry]:
    return AuditEntry.objects.select_related("actor").order_by("-at", "-pk")
