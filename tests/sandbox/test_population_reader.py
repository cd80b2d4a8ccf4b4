"""A small importer of its own, written from docs/canonical-files.md, to hold the ground truth against.

It imports nothing from the generator; the other tests of the population use it.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

BRUSSELS = ZoneInfo("Europe/Brussels")
ADDRESS = re.compile(r"[^@\s,]+@[a-z0-9-]+(\.[a-z0-9-]+)+", re.IGNORECASE)
YES = {"j", "ja", "true", "1"}
Row = dict[str, str]


def rows_of(path: Path) -> list[Row]:
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252")
    header = text.splitlines()[0]
    delimiter = max(";,\t", key=header.count)
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))


def day(text: str) -> date | None:
    if not text:
        return None
    if "/" in text:
        dd, mm, yyyy = text.split("/")
        return date(int(yyyy), int(mm), int(dd))
    return date.fromisoformat(text)


def moment(text: str) -> datetime:
    parsed = datetime.fromisoformat(text)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=BRUSSELS)


@dataclass(eq=False)
class Known:
    email: str
    first: str
    last: str
    born: date | None = None


@dataclass
class Library:
    """What one library comes to after all its files were read, in the order of the contract."""

    folder: Path
    today: date
    refused: dict[str, Counter[str]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    branches: set[str] = field(default_factory=set)
    events: set[str] = field(default_factory=set)
    members: dict[str, Row] = field(default_factory=dict)
    contacts: list[Known] = field(default_factory=list)
    links: list[Row] = field(default_factory=list)
    loans: list[Row] = field(default_factory=list)
    holds: list[Row] = field(default_factory=list)
    visits: list[Row] = field(default_factory=list)
    activity: dict[str, Row] = field(default_factory=dict)
    ebooks: dict[str, set[str]] = field(default_factory=dict)
    consents: dict[tuple[str, str], list[tuple[datetime, bool]]] = field(default_factory=dict)

    def rows(self, file: str) -> list[Row]:
        found = rows_of(self.folder / f"{file}.csv")
        self.counts[file] = len(found)
        return found

    def refuse(self, file: str, reasons: list[str]) -> bool:
        assert len(reasons) <= 1, f"two faults in one row of {file}: {reasons}"
        if reasons:
            self.refused.setdefault(file, Counter())[reasons[0]] += 1
        return bool(reasons)

    def read(self) -> Library:
        self.branches = {row["branchId"] for row in self.rows("branches")}
        assert all(row["branchId"] in self.branches for row in self.rows("opening_hours"))
        self.rows("capabilities")
        self._catalogue()
        self._events()
        self._members()
        self._deleted()
        self._links()
        self._activity()
        self._loans()
        self._holds()
        self._ebooks()
        self._seats()
        self._registrations()
        self._custom_values()
        self._consents()
        self._lists()
        self._codes()
        self._visits()
        return self

    def _deleted(self) -> None:
        assert not {row["externalId"] for row in self.rows("deleted_members")} & set(self.members)

    def _holds(self) -> None:
        for row in self.rows("holds"):
            faults = self._member_fault(row["memberExternalId"]) + self._branch_fault(row["branchId"])
            faults += _when("missing", not row["holdId"])
            faults += _when("not_ready", row["status"] in {"QUEUED", "IN_TRANSPORT"})
            if not self.refuse("holds", faults):
                self.holds.append(row)

    def _custom_values(self) -> None:
        for row in self.rows("custom_values"):
            faults = self._member_fault(row["memberExternalId"])
            faults += _when("unknown_field", row["field"] not in {"Leesgroep", "Boeken aan huis"})
            self.refuse("custom_values", faults)

    def _lists(self) -> None:
        for row in self.rows("list_members"):
            faults = _when("unknown_list", row["list"] not in {"Vrijwilligers", "Partners van de bib"})
            if row["memberExternalId"]:
                faults += self._member_fault(row["memberExternalId"])
            elif not faults:
                self.contacts.append(Known(row["email"], row["firstName"], row["lastName"]))
                self.counts["stakeholders"] += 1
            self.refuse("list_members", faults)

    def _codes(self) -> None:
        lived_in = {row["postalCode"] for row in self.members.values()}
        for row in self.rows("external_segments"):
            faults = _when("missing", not row["code"])
            if row["memberExternalId"]:
                faults += self._member_fault(row["memberExternalId"])
            else:
                faults += _when("nobody_there", row["postalCode"] not in lived_in)
            self.refuse("external_segments", faults)

    def _visits(self) -> None:
        for row in self.rows("visits_daily"):
            if not self.refuse("visits_daily", self._branch_fault(row["branchId"]) + _bad_date(row["date"])):
                self.visits.append(row)

    def _catalogue(self) -> None:
        seen = set()
        for row in self.rows("catalogue_items"):
            key = (row["recordId"], row["branchId"])
            faults = _when("missing", not row["recordId"]) + self._branch_fault(row["branchId"])
            if not self.refuse("catalogue_items", faults + _when("duplicate", not faults and key in seen)):
                seen.add(key)

    def _events(self) -> None:
        for row in self.rows("events"):
            faults = _when("missing", not row["eventId"]) + self._branch_fault(row["branchId"])
            faults += _bad_date(row["start"][:10]) + _when("duplicate", row["eventId"] in self.events)
            if not self.refuse("events", faults):
                self.events.add(row["eventId"])

    def _members(self) -> None:
        for row in self.rows("members"):
            faults = _when("missing", not row["externalId"])
            faults += _when("duplicate", row["externalId"] in self.members)
            faults += _when("bad_email", bool(row["email"]) and not ADDRESS.fullmatch(row["email"]))
            for column in ("dateOfBirth", "enrolledOn", "renewedOn", "expiresOn"):
                faults += _bad_date(row[column])
            faults += self._branch_fault(row["homeBranchId"])
            if not self.refuse("members", faults):
                self.members[row["externalId"]] = row
                last = f"{row['namePrefix']} {row['lastName']}".strip()
                born = day(row["dateOfBirth"])
                self.contacts.append(Known(row["email"].casefold(), row["firstName"], last, born))

    def _links(self) -> None:
        for row in self.rows("profile_links"):
            number = row["memberExternalId"]
            if self.refuse("profile_links", self._member_fault(number) if number else []):
                continue
            self.links.append(row)
            if not number:
                adult = Known(row["profileEmail"].casefold(), row["profileFirstName"], row["profileLastName"])
                self.contacts.append(adult)
                self.counts["parents"] += 1

    def _activity(self) -> None:
        for row in self.rows("activity_summary"):
            faults = self._member_fault(row["memberExternalId"]) + _bad_date(row["lastActiveOn"])
            repeated = not faults and row["memberExternalId"] in self.activity
            if not self.refuse("activity_summary", faults + _when("duplicate", repeated)):
                self.activity[row["memberExternalId"]] = row

    def _loans(self) -> None:
        seen = set()
        for row in self.rows("loans"):
            member = self.members.get(row["memberExternalId"])
            faults = self._member_fault(row["memberExternalId"])
            faults += _when(
                "no_history", member is not None and member["loanHistoryOptIn"].lower() not in YES
            )
            faults += _when("missing", not row["loanId"]) + _when("duplicate", row["loanId"] in seen)
            faults += self._branch_fault(row["branchId"])
            for column in ("loanDate", "dueDate", "returnedDate"):
                faults += _bad_date(row[column])
            if not self.refuse("loans", faults):
                seen.add(row["loanId"])
                self.loans.append(row)

    def _ebooks(self) -> None:
        seen = set()
        for row in self.rows("ebook_activity"):
            faults = self._member_fault(row["memberExternalId"]) + _when("missing", not row["eventType"])
            content = row["eventId"] or tuple(row.values())
            if not self.refuse("ebook_activity", faults + _when("duplicate", content in seen)):
                seen.add(content)
                self.ebooks.setdefault(row["memberExternalId"], set()).add(row["eventType"])

    def _seats(self) -> None:
        seen = set()
        for row in self.rows("seat_reservations"):
            faults = self._branch_fault(row["branchId"])
            if row["memberExternalId"]:
                faults += self._member_fault(row["memberExternalId"])
            else:
                faults += self._address_fault(row["personEmail"])
            content = row["reservationId"] or tuple(row.values())
            if not self.refuse("seat_reservations", faults + _when("duplicate", content in seen)):
                seen.add(content)

    def _registrations(self) -> None:
        named = Counter((c.email, c.first.casefold(), c.last.casefold()) for c in self.contacts)
        seen = set()
        for row in self.rows("event_registrations"):
            faults = _when("unknown_event", row["eventId"] not in self.events)
            faults += _when("bad_email", not ADDRESS.fullmatch(row["personEmail"]))
            key = (row["eventId"], row["personEmail"].casefold())
            faults += _when("duplicate", not faults and key in seen)
            if row["memberExternalId"]:
                faults += self._member_fault(row["memberExternalId"])
            if self.refuse("event_registrations", faults):
                continue
            seen.add(key)
            who = (key[1], row["firstName"].casefold(), row["lastName"].casefold())
            if not row["memberExternalId"]:
                assert named[who] <= 1, f"a registration that two contacts could have made: {row}"
                if not named[who]:
                    named[who] = 1
                    self.contacts.append(Known(key[1], row["firstName"], row["lastName"]))
                    self.counts["non_members"] += 1

    def _consents(self) -> None:
        for row in self.rows("consents"):
            faults = _when("missing", not row["topic"])
            if row["memberExternalId"]:
                faults += self._member_fault(row["memberExternalId"])
            else:
                faults += self._address_fault(row["email"])
            if not self.refuse("consents", faults):
                key = (row["memberExternalId"] or row["email"].casefold(), row["topic"])
                given = row["status"].lower() in YES
                self.consents.setdefault(key, []).append((moment(row["recordedAt"]), given))

    def open_consents(self) -> Counter[str]:
        return Counter(topic for (_, topic), rows in self.consents.items() if max(rows)[1])

    def _branch_fault(self, branch: str) -> list[str]:
        return _when("unknown_branch", branch not in self.branches)

    def _member_fault(self, number: str) -> list[str]:
        return _when("unknown_member", number not in self.members)

    def _address_fault(self, email: str) -> list[str]:
        """Exactly one contact of thirteen or older, or of unknown age, must have this address."""
        limit = self.today.replace(year=self.today.year - 13)
        bearers = [
            c for c in self.contacts if c.email == email.casefold() and (not c.born or c.born <= limit)
        ]
        return _when("unknown_member", not bearers) + _when("ambiguous_email", len(bearers) > 1)


def _when(reason: str, claim: bool) -> list[str]:
    return [reason] if claim else []


def _bad_date(text: str) -> list[str]:
    try:
        day(text)
    except ValueError:
        return ["bad_date"]
    return []


def test_an_address_of_two_grown_people_stands_for_nobody(tmp_path: Path) -> None:
    library = Library(tmp_path, date(2026, 11, 22))
    mother = Known("thuis@example.be", "An", "Maes", date(1986, 3, 1))
    daughter = Known("thuis@example.be", "Noor", "Maes", date(2018, 3, 1))
    library.contacts = [mother, daughter]

    assert library._address_fault("Thuis@example.be") == []

    library.contacts.append(Known("thuis@example.be", "Wout", "Maes", date(2011, 3, 1)))
    assert library._address_fault("thuis@example.be") == ["ambiguous_email"]


def test_windows_text_with_tabs_is_read(tmp_path: Path) -> None:
    path = tmp_path / "members.csv"
    path.write_bytes("firstName\tlastName\r\nÖznur\tDe Smet\r\n".encode("cp1252"))

    assert rows_of(path) == [{"firstName": "Öznur", "lastName": "De Smet"}]


def test_an_impossible_day_is_a_fault() -> None:
    assert _bad_date("31/02/1987") == ["bad_date"]
    assert _bad_date("2024-02-29") == []
