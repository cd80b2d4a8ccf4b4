"""How a library happens to write its CSV: no two systems export alike, and the reader must cope."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Final

from bibmail.sandbox.population.days import brussels_offset
from bibmail.sandbox.population.draws import Weighted, stream
from bibmail.sandbox.population.truth import LibraryTruth

COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    file: tuple(columns.split())
    for file, columns in {
        "branches": "branchId name kind street houseNumber postalCode city phone email",
        "opening_hours": "branchId dayOfWeek date endDate opens closes selfService note",
        "capabilities": "service active url",
        "catalogue_items": (
            "recordId isbn title author material language ageLabel genre zizo branchId addedOn"
        ),
        "events": "eventId name start end branchId minAge maxAge kind url registration status",
        "members": (
            "externalId barcode firstName namePrefix lastName gender dateOfBirth postalCode city email"
            " language homeBranchId subscriptionType enrolledOn renewedOn expiresOn status internetBlock"
            " unsubscribeReason loanHistoryOptIn"
        ),
        "deleted_members": "externalId",
        "profile_links": (
            "profileId memberExternalId relation linkedOn profileEmail profileFirstName profileLastName"
        ),
        "activity_summary": "memberExternalId lastActiveOn loansLast12m loansPrevious12m asOf",
        "loans": "loanId memberExternalId recordId title branchId loanDate dueDate returnedDate renewals",
        "holds": "holdId memberExternalId recordId title branchId status availableOn pickupBefore",
        "ebook_activity": "memberExternalId eventType occurredAt isbn title eventId",
        "seat_reservations": "reservationId memberExternalId personEmail branchId type start end status",
        "event_registrations": (
            "eventId personEmail memberExternalId firstName lastName numberOfPlaces registeredAt attended"
        ),
        "custom_values": "memberExternalId field value",
        "consents": "memberExternalId email topic status source recordedAt proofText",
        "list_members": "list memberExternalId email firstName lastName organisation role",
        "external_segments": "memberExternalId profileId postalCode scheme code label",
        "visits_daily": "branchId date hour visits method",
    }.items()
}
"""The canonical files, in the order in which they are loaded."""

_ENCODINGS = Weighted([("utf-8", 0.45), ("utf-8-sig", 0.25), ("cp1252", 0.30)])
_DELIMITERS = Weighted([(";", 0.55), (",", 0.30), ("\t", 0.15)])
_YES_NO = (("J", "N"), ("ja", "nee"))


class Dialect:
    """One way of writing: bytes, separators, days, yes and no."""

    def __init__(self, seed: int, slug: str, file: str) -> None:
        rng = stream(seed, slug, file, "dialect")
        self.encoding = _ENCODINGS.draw(rng)
        self.delimiter = _DELIMITERS.draw(rng)
        self.line_end = rng.choice(("\r\n", "\n"))
        self.belgian_days = rng.random() < 0.6
        self.with_offset = rng.random() < 0.7
        self.yes, self.no = rng.choice(_YES_NO)
        self.order = list(range(len(COLUMNS[file])))
        # Some exports put the columns in an order of their own; the contract says that this is free.
        if rng.random() < 0.3:
            rng.shuffle(self.order)
        self._days: dict[int, str] = {0: ""}

    def day(self, ordinal: int) -> str:
        """The day as text; 0 is no day."""
        text = self._days.get(ordinal)
        if text is None:
            day = date.fromordinal(ordinal)
            text = f"{day:%d/%m/%Y}" if self.belgian_days else day.isoformat()
            self._days[ordinal] = text
        return text

    def moment(self, ordinal: int, second: int) -> str:
        day = date.fromordinal(ordinal)
        offset = brussels_offset(day) if self.with_offset else ""
        return f"{day.isoformat()}T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}{offset}"

    def impossible_day(self, year: int) -> str:
        return f"31/02/{year}" if self.belgian_days else f"{year}-02-31"

    def flag(self, claim: bool) -> str:
        return self.yes if claim else self.no


class Sheet:
    """One CSV file being written, with every row counted, and every refused row by its reason."""

    def __init__(self, folder: Path, file: str, dialect: Dialect, truth: LibraryTruth) -> None:
        self.file, self.dialect, self._truth = file, dialect, truth
        self._count = 0
        self._stream = (folder / f"{file}.csv").open("w", encoding=dialect.encoding, newline="")
        writer = csv.writer(self._stream, delimiter=dialect.delimiter, lineterminator=dialect.line_end)
        self._writerow = writer.writerow
        self._order = dialect.order if dialect.order != sorted(dialect.order) else None
        self._put(COLUMNS[file])

    def __enter__(self) -> Sheet:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()
        self._truth.rows[self.file] = self._count

    def write(self, *values: str) -> None:
        self._count += 1
        self._put(values)

    def refuse(self, reason: str, *values: str) -> None:
        """Write a row that an importer must refuse for exactly this reason."""
        self._truth.refuse(self.file, reason)
        self.write(*values)

    def _put(self, values: Sequence[str]) -> None:
        order = self._order
        self._writerow(values if order is None else [values[i] for i in order])
