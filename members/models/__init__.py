from members.models.activity import Activity, ActivityKind
from members.models.change import ContactChange, Interest
from members.models.connectors import ConnectorRun, DataSource, EbookTitle, SeenOptOut, TakenFile
from members.models.contact import Contact, ContactQuerySet
from members.models.custom import CustomField, CustomValue
from members.models.household import Household, HouseholdMember
from members.models.imports import ImportRefusal, ImportRun
from members.models.membership import Membership
from members.models.same_person import IdentityChange, NotSamePerson
from members.models.summary import ActivityBaseline, ActivitySummary

__all__ = [
    "Activity",
    "ActivityBaseline",
    "ActivityKind",
    "ActivitySummary",
    "ConnectorRun",
    "Contact",
    "ContactChange",
    "ContactQuerySet",
    "CustomField",
    "CustomValue",
    "DataSource",
    "EbookTitle",
    "Household",
    "HouseholdMember",
    "IdentityChange",
    "ImportRefusal",
    "ImportRun",
    "Interest",
    "Membership",
    "NotSamePerson",
    "SeenOptOut",
    "TakenFile",
]
