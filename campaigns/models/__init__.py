from campaigns.models.accounts import SendingAccount, SendingLine
from campaigns.models.calendar import CalendarPeriod, LibraryPeriod
from campaigns.models.catalogue import (
    Capability,
    CatalogueItem,
    CatalogueTitle,
    LibraryEvent,
    LibraryEventQuerySet,
)
from campaigns.models.fence import SendingFence
from campaigns.models.identity import BrandKit, LibraryTexts, Offer
from campaigns.models.ledger import Message, MessageQuerySet, RecipientCap, Submission
from campaigns.models.mailing import Campaign, LegalBasis, Mailing, MailVariant
from campaigns.models.switches import NetworkSwitch, SendingSettings
from campaigns.models.tracking import Click, InboxEvent, MessageEvent, TrackedLink

__all__ = [
    "BrandKit",
    "CalendarPeriod",
    "Campaign",
    "Capability",
    "CatalogueItem",
    "CatalogueTitle",
    "Click",
    "InboxEvent",
    "LegalBasis",
    "LibraryEvent",
    "LibraryEventQuerySet",
    "LibraryPeriod",
    "LibraryTexts",
    "MailVariant",
    "Mailing",
    "Message",
    "MessageEvent",
    "MessageQuerySet",
    "NetworkSwitch",
    "Offer",
    "RecipientCap",
    "SendingAccount",
    "SendingFence",
    "SendingLine",
    "SendingSettings",
    "Submission",
    "TrackedLink",
]
