from bibmail.tenancy.models.audit import AuditEntry
from bibmail.tenancy.models.base import AggregateModel, SharedModel, TenantForeignKey, TenantModel
from bibmail.tenancy.models.branch import Branch, OpeningException, OpeningHours
from bibmail.tenancy.models.deployment import Deployment
from bibmail.tenancy.models.library import Library, LibraryGroup
from bibmail.tenancy.models.staff import NetworkRole, StaffRole, User

__all__ = [
    "AggregateModel",
    "AuditEntry",
    "Branch",
    "Deployment",
    "Library",
    "LibraryGroup",
    "NetworkRole",
    "OpeningException",
    "OpeningHours",
    "SharedModel",
    "StaffRole",
    "TenantForeignKey",
    "TenantModel",
    "User",
]
