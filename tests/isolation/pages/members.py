"""Addresses of members, and of the files they come from."""

from members.models import (
    Activity,
    Contact,
    CustomField,
    DataSource,
    Household,
    IdentityChange,
    ImportRefusal,
    ImportRun,
    Membership,
)
from tests.isolation.pages.subject import Subject

MEMBERS = Subject(
    numbers={
        "contact_id": Contact,
        "membership_id": Membership,
        "household_id": Household,
        "activity_id": Activity,
        "change_id": IdentityChange,
        "field_id": CustomField,
        "run_id": ImportRun,
        "source_id": DataSource,
        "refusal_id": ImportRefusal,
    },
    same_for_all={"sink": "members"},
)
