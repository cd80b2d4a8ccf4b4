"""Addresses of members, and of the files they come from."""

from members.models import (
    Activity,
    Contact,
    ContactList,
    ContactRelation,
    CustomField,
    DataSource,
    Household,
    IdentityChange,
    ImportRefusal,
    ImportRun,
    Membership,
    Segment,
)
from tests.isolation.pages.subject import Subject

MEMBERS = Subject(
    numbers={
        "contact_id": Contact,
        "membership_id": Membership,
        "household_id": Household,
        "activity_id": Activity,
        "list_id": ContactList,
        "relation_id": ContactRelation,
        "change_id": IdentityChange,
        "field_id": CustomField,
        "segment_id": Segment,
        "run_id": ImportRun,
        "source_id": DataSource,
        "refusal_id": ImportRefusal,
    },
    same_for_all={"sink": "members", "check": "no_address"},
)
