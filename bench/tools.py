"""What the measurements share: a stopwatch, files, a run of the real import, and its floor."""

import csv
import random
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library
from bibmail.tenancy.sinks import Sink
from members import actions
from members.imports import dialect, runs
from members.imports.intake import Frame
from members.models import ImportRun

AT = datetime(2026, 11, 20, 23, 59, tzinfo=ZoneInfo("Europe/Brussels"))

_HEADER = (
    "externalId barcode firstName lastName gender dateOfBirth postalCode city email language subscriptionType"
    " enrolledOn renewedOn expiresOn status internetBlock loanHistoryOptIn"
)
_NAMES = (
    "Noor Liam Emma Arthur Lina Adam Hanne Filip Amira Joris Élise Ruben Sofie Yasmine Wout Marie",
    "Peeters Janssens Maes Jacobs Willems Claes Goossens Wouters De_Smet Van_den_Broeck Özdemir",
)


class Watch:
    """The seconds of a block, once it has ended."""

    seconds = 0.0


@contextmanager
def timed() -> Iterator[Watch]:
    watch = Watch()
    start = time.perf_counter()
    yield watch
    watch.seconds = time.perf_counter() - start


def members_file(path: Path, *, rows: int, seed: int, every: int = 0, bad: int = 0) -> Path:
    """Write a canonical `members.csv`; the same seed gives the same people.

    Every so-manieth moves house, and every `bad`th was born on a day that never was.
    """
    rng = random.Random(seed)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_HEADER.split())
        for number in range(rows):
            row = _member(number, rng)
            if every and number % every == 0:
                row[6], row[7] = "9999", "Nergenshuizen"
            if bad and number % bad == 0:
                row[5] = "31/02/1990"
            writer.writerow(row)
    return path


def workbook_of(path: Path) -> Path:
    """The same table as a workbook, its texts shared as Excel does; written as a stream."""
    with path.open(encoding="utf-8", newline="") as file:
        strings = 0
        with zipfile.ZipFile(path.with_suffix(".xlsx"), "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
            book.writestr("xl/workbook.xml", "<workbook/>")
            with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
                sheet.write(b"<worksheet><sheetData>")
                for row in csv.reader(file):
                    cells = (f'<c t="s"><v>{place}</v></c>' for place in range(strings, strings + len(row)))
                    sheet.write(f"<row>{''.join(cells)}</row>".encode())
                    strings += len(row)
                sheet.write(b"</sheetData></worksheet>")
            file.seek(0)
            with book.open("xl/sharedStrings.xml", "w", force_zip64=True) as shared:
                shared.write(b"<sst>")
                for row in csv.reader(file):
                    shared.write("".join(f"<si><t>{escape(cell)}</t></si>" for cell in row).encode())
                shared.write(b"</sst>")
    path.unlink()
    return path.with_suffix(".xlsx")


def _member(number: int, rng: random.Random) -> list[str]:
    first, last = (rng.choice(names.split()).replace("_", " ") for names in _NAMES)
    born = date(1935, 1, 1) + timedelta(days=rng.randrange(33_000))
    enrolled = date(2015, 1, 1) + timedelta(days=rng.randrange(4_000))
    renewed = date(2025, 12, 1) + timedelta(days=rng.randrange(350))
    email = f"{first}.{last}{number}@example.be".replace(" ", "").lower() if rng.random() < 0.8 else ""
    return [
        f"7{number:07}", f"2{number:013}", first, last, rng.choice("MVX"), f"{born:%d/%m/%Y}",
        str(rng.randrange(9000, 9990)), "Zandvelde", email, "nl", rng.choice(("Volwassene", "Jeugd", "65+")),
        f"{enrolled:%d/%m/%Y}", f"{renewed:%d/%m/%Y}", f"{renewed + timedelta(days=365):%d/%m/%Y}", "Normaal", "N",
        rng.choice("JN"),
    ]  # fmt: skip


def a_library(slug: str) -> Library:
    return Library.objects.create(slug=slug, name=f"Bib {slug.title()}", municipality=slug.title())


def bring_in(library: Library, file: Path, *, sink: str = "members") -> ImportRun:
    """The real import of one file, as a worker does it."""
    with acting_for(library.pk):
        waiting = actions.note_local_file(sink=sink, source_file=file, source="wise", at=AT)
    done = runs.run(run_id=waiting.pk, library_id=library.pk, at=AT)
    if done is None or done.state != ImportRun.State.DONE:
        raise RuntimeError(f"The import of {file.name} did not succeed: {done and done.failure}")
    return done


def merge(library: Library, sink: Sink, frames: list[Frame]) -> ImportRun:
    """The part of an import after the reading: staging, merge and report."""
    with acting_for(library.pk):
        run = ImportRun.objects.create(
            sink=sink.code,
            file_name="read before",
            source="wise",
            created_at=AT,
            state=ImportRun.State.RUNNING,
        )
    runs.load(run, sink, frames, library_id=library.pk, at=AT)
    return run


def floor_seconds(file: Path) -> float:
    """What no reader in Python can do without: decode the file and split it into cells."""
    found = dialect.detect(file)
    with timed() as watch, file.open(encoding=found.encoding, errors="replace", newline="") as rows:
        for _ in csv.reader(rows, delimiter=found.separator):
            pass
    return watch.seconds
