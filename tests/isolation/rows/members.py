"""Rows of members: who they are, what they did, and the files that told of it."""

from datetime import date
from uuid import UUID

from bibmail.tenancy.models import Branch
from members.models import (
    Activity,
    ActivityBaseline,
    ActivitySummary,
    ConnectorRun,
    Contact,
    ContactChange,
    CustomField,
    CustomValue,
    DataSource,
    EbookTitle,
    Household,
    HouseholdMember,
    IdentityChange,
    ImportRefusal,
    ImportRun,
    Interest,
    Membership,
    NotSamePerson,
    SeenOptOut,
    TakenFile,
)
from tests.isolation.world import NOON, TODAY, Makers

MAKERS: Makers = {
    Contact: lambda its: {
        "date_of_birth": date(1989, 3, 12),
        "recipient_hash": UUID(int=its.number),
        "source": "wise",
        "sourced_at": NOON,
    },
    Membership: lambda its: {
        "contact": its.of(Contact),
        "home_branch": its.of(Branch),
        "enrolled_on": date(2024, 9, 2),
        "expires_on": date(2027, 9, 1),
        "source": "wise",
        "sourced_at": NOON,
    },
    Household: lambda its: {},
    HouseholdMember: lambda its: {
        "household": its.of(Household),
        "contact": its.of(Contact),
        "linked_on": TODAY,
    },
    Activity: lambda its: {
        "contact": its.of(Contact),
        "branch": its.of(Branch),
        "kind": "loan",
        "occurred_at": NOON,
        "source": "wise",
    },
    ActivitySummary: lambda its: {"contact": its.of(Contact), "last_active_on": TODAY},
    ActivityBaseline: lambda its: {"contact": its.of(Contact), "last_active_on": TODAY},
    ImportRun: lambda its: {
        "sink": "members",
        "source": "wise",
        "state": "done",
        "refused_count": 1,
        "rows_count": 1,
        "refused_by_code": {"bad_date": 1},
        "reading": {"encoding": "utf-8", "separator": ";", "ignored": [], "national": []},
        "started_by": its.staff,
        "created_at": NOON,
        "finished_at": NOON,
    },
    ImportRefusal: lambda its: {
        "run": its.of(ImportRun),
        "line": 7,
        "column": "geboortedatum",
        "code": "bad_date",
    },
    ContactChange: lambda its: {"contact": its.of(Contact)},
    CustomField: lambda its: {
        "type": "text",
        "choices": [],
        "keep_months": 12,
        "created_at": NOON,
    },
    CustomValue: lambda its: {
        "field": its.of(CustomField),
        "contact": its.of(Contact),
        "source": "wise",
        "sourced_at": NOON,
    },
    IdentityChange: lambda its: {
        "kind": "merge",
        "kept": its.of(Contact),
        "other": its.of(Contact),
        "at": NOON,
    },
    NotSamePerson: lambda its: {
        "first": its.of(Contact),
        "second": its.of(Contact),
        "said_at": NOON,
    },
    DataSource: lambda its: {
        # It is never due and calls nobody.
        "connector": "uitdatabank",
        "options": {"url": "http://127.0.0.1:9/", "organizer_ids": "0f3c"},
        "secrets": {},
        "cursor": {},
        "is_active": False,
        "next_due_at": NOON,
        "created_at": NOON,
    },
    ConnectorRun: lambda its: {"source": its.of(DataSource), "state": "done", "started_at": NOON},
    TakenFile: lambda its: {"source": its.of(DataSource), "taken_at": NOON},
    SeenOptOut: lambda its: {"source": its.of(DataSource), "since": NOON},
    EbookTitle: lambda its: {"fetched_at": NOON},
    Interest: lambda its: {"contact": its.of(Contact), "code": "studying", "since": NOON},
}
