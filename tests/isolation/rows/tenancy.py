"""Rows of the ground floor."""

from datetime import date, time

from bibmail.tenancy.models import AuditEntry, Branch, OpeningException, OpeningHours
from tests.isolation.world import NOON, Makers

MAKERS: Makers = {
    Branch: lambda its: {},
    OpeningHours: lambda its: {
        "branch": its.of(Branch),
        "weekday": 2,
        "opens": time(10),
        "closes": time(18),
    },
    OpeningException: lambda its: {
        "branch": its.of(Branch),
        "starts_on": date(2099, 12, 24),
        "ends_on": date(2099, 12, 26),
    },
    AuditEntry: lambda its: {
        "actor": its.staff,
        "act": "branch.changed",
        "subject_kind": "branch",
        "subject_id": its.number,
        "at": NOON,
    },
}
