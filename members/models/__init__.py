from members.models.activity import Activity, ActivityKind
from members.models.change import ContactChange, Interest
from members.models.connectors import ConnectorRun, DataSource, EbookTitle, SeenOptOut, TakenFile
from members.models.contact import Contact, ContactQuerySet
from members.models.contact_list import (
    ContactList,
    ContactRelation,
    FunnelStage,
    ListMember,
    NonMemberPolicy,
)
from members.models.custom import CustomField, CustomValue
from members.models.external import DailyVisits, ExternalSegment, ExternalSegmentCode
from members.models.household import Household, HouseholdMember
from members.models.imports import ImportChange, ImportPreset, ImportRefusal, ImportRun
from members.models.membership import Membership
from members.models.same_person import IdentityChange, NotSamePerson
from members.models.segment import Segment, SegmentStay, SegmentVersion
from members.models.summary import ActivityBaseline, ActivitySummary

__all__ = [
    "Activity",
    "ActivityBaseline",
    "ActivityKind",
    "ActivitySummary",
    "ConnectorRun",
    "Contact",
    "ContactChange",
    "ContactList",
    "ContactQuerySet",
    "ContactRelation",
    "CustomField",
    "CustomValue",
    "DailyVisits",
    "DataSource",
    "EbookTitle",
    "ExternalSegment",
    "ExternalSegmentCode",
    "FunnelStage",
    "Household",
    "HouseholdMember",
    "IdentityChange",
    "ImportChange",
    "ImportPreset",
    "ImportRefusal",
    "ImportRun",
    "Interest",
    "ListMember",
    "Membership",
    "NonMemberPolicy",
    "NotSamePerson",
    "SeenOptOut",
    "Segment",
    "SegmentStay",
    "SegmentVersion",
    "TakenFile",
]
