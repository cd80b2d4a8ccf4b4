"""P7: a members file comes again with 1 % of the people changed, against Django's own two ways.

P7 and P7b begin with rows that were read and converted, for us and for the peers; P7file begins with the file.
"""

import csv
import statistics
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from bench.figure import Figure
from bench.tools import AT, a_library, bring_in, floor_seconds, members_file, merge, timed
from bibmail.tenancy import acting_for, sinks
from bibmail.tenancy.models import Library
from members import identity
from members.imports import cells, intake
from members.models import Contact, Membership

# The columns of a contact and those of a membership.
Pair = tuple[dict[str, Any], dict[str, Any]]

_ROWS = {"ci": 20_000, "demo": 26_000, "network": 60_000}
_SAMPLE = 300
_REPEATS = 3
_BATCH = 1_000


def measure(folder: Path, *, set_name: str, seed: int) -> Iterator[Figure]:
    """Rows that were read, into the tables: ours against both peers; then a whole file against the quicker."""
    rows = _ROWS[set_name]
    files = [
        members_file(folder / f"members-{every}.csv", rows=rows, seed=seed, every=every) for every in (0, 100)
    ]
    sink = sinks.get("members")
    frames = [list(intake.read(file, sink)) for file in files]
    values = [[_values(row) for row in _rows(file)] for file in files]
    library = a_library("herlading")
    bring_in(library, files[0])
    merged: list[float] = []
    whole: list[float] = []
    bulk: list[float] = []
    single: list[float] = []
    for turn in range(_REPEATS):
        new, old = (turn + 1) % 2, turn % 2
        with timed() as watch:
            done = merge(library, sink, frames[new])
        merged.append(watch.seconds)
        # Somebody who happened to live there already does not change.
        assert 0.009 * rows <= done.changed_count <= 0.011 * rows, done.changed_count
        # The others find what we leave: the same people, changed the other way round.
        for seconds, file in ((whole, files[old]), (whole, files[new])):
            with timed() as watch:
                bring_in(library, file)
            seconds.append(watch.seconds)
        with timed() as watch:
            _bulk(library, values[old])
        bulk.append(watch.seconds)
        with timed() as watch:
            _one_by_one(library, values[new][:_SAMPLE])
        single.append(watch.seconds * rows / _SAMPLE)
        bring_in(library, files[new])
    us, from_file, bulked = statistics.median(merged), statistics.median(whole), statistics.median(bulk)
    floor = f"{rows / floor_seconds(files[0]):.0f}rows/s"
    note = f"{rows} rows read before, ours {rows / us:.0f} rows/s; single row timed on {_SAMPLE}"
    yield Figure(
        name="P7",
        ratio=bulked / us,
        target=15,
        peer=f"bulk_create(update_conflicts):{rows / bulked:.0f}rows/s",
        floor=floor,
        note=note,
    )
    one = statistics.median(single)
    yield Figure(
        name="P7b",
        ratio=one / us,
        target=400,
        peer=f"update_or_create:{rows / one:.0f}rows/s",
        floor=floor,
        note=note,
    )
    yield Figure(
        name="P7file",
        ratio=(bulked + timed_reading(files[0])) / from_file,
        target=2,
        peer="csv and conversion in one process, then bulk_create",
        floor=floor,
        note=f"from a file on disk, in a limited child process, ours {rows / from_file:.0f} rows/s",
    )


def timed_reading(file: Path) -> float:
    """What the peer needs to read and convert the same rows."""
    with timed() as watch:
        for row in _rows(file):
            _values(row)
    return watch.seconds


def _bulk(library: Library, pairs: Sequence[Pair]) -> None:
    """Write all rows again."""
    with acting_for(library.pk):
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


def _one_by_one(library: Library, pairs: Sequence[Pair]) -> None:
    with acting_for(library.pk), transaction.atomic():
        for contact, membership in pairs:
            key = {"external_id": contact["external_id"]}
            person, _ = Contact.objects.update_or_create(**key, defaults=contact)
            Membership.objects.update_or_create(contact=person, defaults=membership)


def _rows(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


def _values(row: dict[str, str]) -> Pair:
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
