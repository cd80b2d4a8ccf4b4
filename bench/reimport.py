"""P7: a members file comes again with 1 % of the people changed, against Django's own two ways."""

import csv
import statistics
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from bench.figure import Figure
from bench.tools import AT, a_library, bring_in, floor_seconds, members_file, timed
from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library
from members import identity
from members.imports import cells
from members.models import Contact, Membership

_ROWS = {"ci": 20_000, "demo": 26_000, "network": 60_000}
_SAMPLE = 300
_REPEATS = 3
_BATCH = 1_000


def measure(folder: Path, *, set_name: str, seed: int) -> Iterator[Figure]:
    """Two figures: against bulk_create(update_conflicts), and against update_or_create."""
    rows = _ROWS[set_name]
    files = [
        members_file(folder / f"members-{every}.csv", rows=rows, seed=seed, every=every) for every in (0, 100)
    ]
    library = a_library("herlading")
    bring_in(library, files[0])
    ours, bulk, single = [], [], []
    for turn in range(_REPEATS):
        file = files[(turn + 1) % 2]
        with timed() as watch:
            done = bring_in(library, file)
        # Somebody who happened to live there already does not change.
        assert 0.009 * rows <= done.changed_count <= 0.011 * rows, done.changed_count
        ours.append(watch.seconds)
        # The peers find what we leave: the same people, changed the other way round.
        with timed() as watch:
            _bulk(library, files[turn % 2])
        bulk.append(watch.seconds)
        with timed() as watch:
            _one_by_one(library, files[turn % 2])
        single.append(watch.seconds * rows / _SAMPLE)
        bring_in(library, file)
    us, floor = statistics.median(ours), floor_seconds(files[0])
    floor_text, note = f"{rows / floor:.0f}rows/s", f"{rows} rows, ours {rows / us:.0f} rows/s"
    peer = statistics.median(bulk)
    yield Figure(
        name="P7",
        ratio=peer / us,
        target=15,
        peer=f"bulk_create(update_conflicts):{rows / peer:.0f}rows/s",
        floor=floor_text,
        note=note,
    )
    peer = statistics.median(single)
    yield Figure(
        name="P7b",
        ratio=peer / us,
        target=400,
        peer=f"update_or_create:{rows / peer:.0f}rows/s",
        floor=floor_text,
        note=note,
    )


def _bulk(library: Library, file: Path) -> None:
    """Read, normalise as we must, and write all rows again."""
    with acting_for(library.pk):
        pairs = [_values(row) for row in _rows(file)]
        people = Contact.objects.bulk_create(
            [Contact(**contact) for contact, _ in pairs],
            batch_size=_BATCH,
            update_conflicts=True,
            unique_fields=["library", "external_id"],
            update_fields=[name for name in pairs[0][0] if name != "external_id"],
        )
        Membership.objects.bulk_create(
            [
                Membership(contact=person, **membership)
                for person, (_, membership) in zip(people, pairs, strict=True)
            ],
            batch_size=_BATCH,
            update_conflicts=True,
            unique_fields=["library", "contact"],
            update_fields=list(pairs[0][1]),
        )


def _one_by_one(library: Library, file: Path) -> None:
    with acting_for(library.pk), transaction.atomic():
        for _, row in zip(range(_SAMPLE), _rows(file), strict=False):
            contact, membership = _values(row)
            key = contact.pop("external_id")
            person, _ = Contact.objects.update_or_create(external_id=key, defaults=contact)
            Membership.objects.update_or_create(contact=person, defaults=membership)


def _rows(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


def _values(row: dict[str, str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The columns of contact and membership that our own merge fills from the same row."""
    address = identity.normalised_email(row["email"]) if row["email"] else ""
    sourced = {"source": "wise", "sourced_at": AT}
    contact = {
        "external_id": row["externalId"],
        "first_name": row["firstName"],
        "last_name": row["lastName"],
        "first_name_folded": identity.folded(row["firstName"]),
        "last_name_folded": identity.folded(row["lastName"]),
        "gender": row["gender"],
        "date_of_birth": _day(row["dateOfBirth"]),
        "postal_code": row["postalCode"],
        "city": row["city"],
        "email": row["email"],
        "email_norm": address,
        "recipient_hash": identity.recipient_hash(address, settings.RECIPIENT_PEPPER.encode())
        if address
        else None,
        "language": row["language"],
    }
    membership = {
        "card_number": row["barcode"],
        "membership_type": row["subscriptionType"],
        "enrolled_on": _day(row["enrolledOn"]),
        "renewed_on": _day(row["renewedOn"]),
        "expires_on": _day(row["expiresOn"]),
        "status": row["status"],
        "has_internet_block": row["internetBlock"] == "J",
        "keeps_loan_history": row["loanHistoryOptIn"] == "J",
    }
    return contact | sourced, membership | sourced


def _day(cell: str) -> date:
    return cells.day(cell)
