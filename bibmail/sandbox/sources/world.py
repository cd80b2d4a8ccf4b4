"""What the make-believe sources hold, as plain data: read from a file, or the small world below."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Record = dict[str, Any]


@dataclass
class Keys:
    """What a caller must know to be let in."""

    wise_key_id: str = "sandbox"
    wise_key: str = "the-key-of-wise"
    wise_application: str = "Bibmail"
    wise_staff_token: str = ""
    cloud_account: str = "bibmail"
    cloud_key: str = "the-key-of-the-cloud"
    uit_client: str = "the-client-of-uit"
    s3_access: str = "SANDBOXACCESS"
    s3_secret: str = "the-secret-of-the-store"  # noqa: S105  # of the sandbox
    sftp_user: str = "bib"
    sftp_password: str = "the-password-of-sftp"  # noqa: S105  # of the sandbox
    # In base64, as in a file of authorized keys; empty lets nobody in by key.
    sftp_public_key: str = ""


@dataclass
class World:
    """Everything the sources know."""

    # Wise: a library's patrons with the day of their last change, who was deleted, and what they have.
    wise_library: str = "0001"
    patrons: list[Record] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    loans: dict[str, list[Record]] = field(default_factory=dict)
    holds: dict[str, list[Record]] = field(default_factory=dict)
    # cloudLibrary: events as they were published, and the items they are about.
    cloud_library: str = "vlaanderen"
    ebook_events: list[Record] = field(default_factory=list)
    ebook_items: dict[str, Record] = field(default_factory=dict)
    # UiTdatabank: JSON-LD as the Search API embeds it.
    events: list[Record] = field(default_factory=list)
    places: list[Record] = field(default_factory=list)
    keys: Keys = field(default_factory=Keys)

    def write(self, path: Path) -> None:
        path.write_text(
            json.dumps(self.__dict__ | {"keys": self.keys.__dict__}, ensure_ascii=False, indent=1)
        )


def read(path: Path) -> World:
    """The world in a file that `write` made."""
    held = json.loads(path.read_text())
    return World(**(held | {"keys": Keys(**held["keys"])}))


def patron(number: str, *, changed: str = "2026-11-23", **more: Any) -> Record:
    """A patron with every field that Wise has; `changed` is not shown."""
    return {
        "patronSystemId": number,
        "libraryId": "0001",
        "barcode": f"2023{int(number):010}",
        "firstNames": "Noor",
        "prefix": "",
        "lastName": "Peeters",
        "gender": "V",
        "dateOfBirth": "1991-04-12",
        "zipCode": "9620",
        "city": "Zottegem",
        "emailAddress": f"noor.peeters{number}@example.be",
        "preferredLanguage": "nl_BE",
        "branchId": "3550",
        "subscriptionType": "Volwassene",
        "registrationDate": "2024-09-02",
        "renewalDate": None,
        "membershipExpiryDate": "2027-09-01",
        "status": "NORMAL",
        "internetBlocked": False,
        "unsubscribeReason": None,
        "loanHistoryEnabled": False,
        "optOut": [],
        "labels": [],
        "nationalNumber": "91.04.12-000.00",
        "changed": changed,
    } | more


def ebook_event(code: str, patron_id: str, *, kind: str = "CHECKOUT", at: str = "2026-11-23T18:02:11",
                item: str = "abc123") -> Record:  # fmt: skip
    """An event as cloudLibrary publishes it, times in UTC."""
    return {
        "LibraryId": "vlaanderen",
        "EventId": code,
        "EventType": kind,
        "EventStartDateTimeInUTC": at,
        "EventEndDateTimeInUTC": "",
        "ItemId": item,
        "ItemLibraryId": "vlaanderen",
        "ISBN": "9789000000012",
        "PatronId": patron_id,
        "PatronLibraryId": "vlaanderen",
        "EventPublishDateTimeInUTC": at,
    }


def agenda_event(code: str, *, name: str = "Voorleesuurtje", days: tuple[str, ...] = ("2026-12-02",),
                 place: str = "plaats-1", organizer: str = "bib-1", modified: str = "2026-11-20T10:00:00+00:00",
                 **more: Any) -> Record:  # fmt: skip
    """An event as the Search API embeds it: a sub-event a day, in the afternoon."""
    available = {"type": "Available"}
    return {
        "@id": f"https://io.uitdatabank.be/event/{code}",
        "@type": "Event",
        "mainLanguage": "nl",
        "name": {"nl": name},
        "calendarType": "multiple" if len(days) > 1 else "single",
        "startDate": f"{days[0]}T14:00:00+01:00",
        "endDate": f"{days[-1]}T15:00:00+01:00",
        "subEvent": [
            {
                "id": number,
                "startDate": f"{day}T14:00:00+01:00",
                "endDate": f"{day}T15:00:00+01:00",
                "status": dict(available),
                "bookingAvailability": dict(available),
            }
            for number, day in enumerate(days)
        ],
        "status": dict(available),
        "bookingAvailability": dict(available),
        "location": {"@id": f"https://io.uitdatabank.be/place/{place}", "name": {"nl": "Bib Centrum"}},
        "organizer": {"@id": f"https://io.uitdatabank.be/organizer/{organizer}", "name": {"nl": "Bib"}},
        "terms": [{"id": "0.3.2.0.0", "label": "Lezing of congres", "domain": "eventtype"}],
        "typicalAgeRange": "3-6",
        "audience": {"audienceType": "everyone"},
        "priceInfo": [
            {"category": "base", "name": {"nl": "Basistarief"}, "price": 0, "priceCurrency": "EUR"}
        ],
        "workflowStatus": "APPROVED",
        "modified": modified,
    } | more


def place(code: str = "plaats-1", **more: Any) -> Record:
    """A library branch as a place, with its hours."""
    return {
        "@id": f"https://io.uitdatabank.be/place/{code}",
        "@type": "Place",
        "mainLanguage": "nl",
        "name": {"nl": "Bib Centrum"},
        "openingHours": [
            {"opens": "09:00", "closes": "12:00", "dayOfWeek": ["tuesday", "wednesday"]},
            {"opens": "13:00", "closes": "18:00", "dayOfWeek": ["tuesday"]},
        ],
        "openingHoursClosedDays": [
            {"startDate": "2026-12-25", "endDate": "2026-12-26", "description": {"nl": "Kerst"}}
        ],
        "modified": "2026-11-20T10:00:00+00:00",
    } | more


def example() -> World:
    """The small world of the command, where no file was given."""
    return World(
        patrons=[patron("7301234"), patron("7301235", firstNames="Emiel", gender="M", optOut=["MARKETING"])],
        ebook_events=[ebook_event("e1", "7301234"), ebook_event("e2", "7301234", kind="HOLD")],
        ebook_items={"abc123": {"ItemId": "abc123", "Title": "De stille bib", "ISBN13": "9789000000012"}},
        events=[agenda_event("0f3c", days=("2026-12-02", "2026-12-16"))],
        places=[place()],
    )
