"""A make-believe population into the real import, and the figures of the database beside the truth."""

import csv
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from django.db import connection

from bibmail.sandbox import own_matters
from bibmail.tenancy import acting_for, sinks
from bibmail.tenancy.models import Library, LibraryGroup
from members import actions, summary
from members.imports import runs
from members.models import ImportRun


class Disagreement(NamedTuple):
    """A figure that is not what the generator wrote down."""

    what: str
    expected: object
    found: object


_FIGURES = """
    SELECT json_build_object(
        'contacts',     (SELECT count(*) FROM members_contact),
        'members',      (SELECT count(*) FROM members_membership),
        'deceased',     (SELECT count(*) FROM members_contact WHERE is_deceased),
        'institutions', (SELECT count(*) FROM members_contact WHERE kind = 'institution'),
        'households',   (SELECT count(*) FROM members_household),
        'parents_without_membership', (SELECT count(*) FROM members_contact WHERE relation = 'parent'),
        'non_members',  (SELECT count(*) FROM members_contact WHERE relation = 'visitor'),
        'history_opt_in', (SELECT count(*) FROM members_membership WHERE keeps_loan_history),
        'loans',        (SELECT coalesce(sum(loans_count), 0) FROM members_activitysummary),
        'loan_members', (SELECT count(*) FROM members_activitysummary WHERE loans_count > 0),
        'ebook_borrowers', (SELECT count(*) FROM members_activitysummary WHERE ebook_loans_count > 0),
        'ebook_lookers', (SELECT count(*) FROM members_activitysummary
                           WHERE ebook_logins_count > 0 AND ebook_loans_count = 0),
        'film_members', (SELECT count(*) FROM members_activitysummary WHERE film_streams_count > 0),
        'holds',        (SELECT count(*) FROM members_activity WHERE kind = 'hold_ready'),
        'stakeholders', (SELECT count(*) FROM members_contact WHERE relation = 'stakeholder'),
        'on_lists',     (SELECT count(*) FROM members_listmember WHERE until IS NULL),
        'custom_values', (SELECT count(*) FROM members_customvalue),
        'visits',       (SELECT coalesce(sum(visits_count), 0) FROM members_dailyvisits),
        'seat_members', (SELECT count(*) FROM members_activitysummary WHERE seat_reservations_count > 0),
        'consented',    (SELECT count(DISTINCT contact_id) FROM consent_consent
                          WHERE closed_at IS NULL OR closed_at > opened_at),
        'second_records', (SELECT count(*) FROM members_contact a
                            JOIN members_contact b ON b.email_norm = a.email_norm AND b.id > a.id
                             AND b.date_of_birth = a.date_of_birth AND b.first_name_folded = a.first_name_folded
                           WHERE a.email_norm <> ''),
        'suppressed',   (SELECT count(DISTINCT contact_id) FROM consent_suppression WHERE lifted_at IS NULL)
    )
"""

_OPEN_CONSENTS = """
    SELECT code, count(*)
      FROM consent_consent
     WHERE opened_at <= %(at)s AND closed_at IS NULL
     GROUP BY code
     ORDER BY code
"""


def found_libraries(folder: Path) -> list[Library]:
    """Create the libraries of `libraries.csv` that are not there yet; return all of them, in its order."""
    with (folder / "libraries.csv").open(encoding="utf-8", newline="") as file:
        return [_library(row) for row in csv.DictReader(file, delimiter=";")]


def _library(row: Mapping[str, str]) -> Library:
    group, _ = LibraryGroup.objects.get_or_create(
        code=row["group"].lower().replace(" ", "-"), defaults={"name": row["group"]}
    )
    library, _ = Library.objects.get_or_create(
        slug=row["slug"],
        defaults={
            "name": row["name"],
            "municipality": row["municipality"],
            "postal_code": row["postalCode"],
            "province": row["province"],
            "inhabitants_count": int(row["inhabitants"]),
            "group": group,
            "state": Library.State.TRIAL,
        },
    )
    return library


def load(library: Library, folder: Path, *, at: datetime) -> Iterator[ImportRun]:
    """Import the canonical files of one library, in their order; yield each run as it ends.

    A folder need not hold all of them: an ordinary day brings only what happened.
    """
    with acting_for(library.pk):
        own_matters.prepare(at=at)
    for sink in sinks.in_order():
        file = folder / library.slug / f"{sink.code}.csv"
        if not file.is_file():
            continue
        with acting_for(library.pk):
            waiting = actions.note_local_file(sink=sink.code, source_file=file, source="wise", at=at)
        done = runs.run(run_id=waiting.pk, library_id=library.pk, at=at)
        yield done or waiting


def figures(library: Library, *, at: datetime) -> dict[str, Any]:
    """What the database holds of one library, under the names the ground truth uses."""
    with acting_for(library.pk), connection.cursor() as cursor:
        cursor.execute(_FIGURES, {"at": at})
        found: dict[str, Any] = cursor.fetchone()[0]
        cursor.execute(_OPEN_CONSENTS, {"at": at})
        found["consents_open"] = dict(cursor.fetchall())
        found["summary"] = summary.check()
    return found


def disagreements(
    truth: Mapping[str, Any], loaded: list[ImportRun], found: Mapping[str, Any]
) -> Iterator[Disagreement]:
    """Every figure of the truth that the import or the database sees otherwise; none when all is well."""
    for file in set(truth["rows"]) - {run.sink for run in loaded}:
        yield Disagreement(f"{file} rows", truth["rows"][file], None)
    for run in loaded:
        accepted = run.new_count + run.changed_count + run.unchanged_count
        yield from _compare(f"{run.sink} rows", truth["rows"].get(run.sink, 0), run.rows_count)
        yield from _compare(f"{run.sink} in", truth["accepted"].get(run.sink, 0), accepted)
        yield from _compare(f"{run.sink} refused", truth["refused"].get(run.sink, {}), run.refused_by_code)
    for name, expected in truth["sums"].items():
        if name in found:
            yield from _compare(name, expected, found[name])
    yield from _compare("consents open", truth["consents_open"], found["consents_open"])
    yield from _compare("summaries that differ from their rows", 0, found["summary"].differences)


def _compare(what: str, expected: object, found: object) -> Iterator[Disagreement]:
    if expected != found:
        yield Disagreement(what, expected, found)
