"""The ground truth, recomputed from the files by a reader that knows nothing of the generator."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from bibmail.sandbox.population import GroundTruth, LibraryTruth, write_population
from tests.sandbox.test_population_reader import YES, Library, day

TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, GroundTruth]:
    folder = tmp_path_factory.mktemp("ci")
    return folder, write_population("ci", folder, seed=1, consent="grown", today=TODAY)


@pytest.fixture(scope="module")
def read(written: tuple[Path, GroundTruth]) -> dict[str, tuple[Library, LibraryTruth]]:
    folder, truth = written
    return {
        slug: (Library(folder / slug, TODAY).read(), expected) for slug, expected in truth.libraries.items()
    }


Read = dict[str, tuple[Library, LibraryTruth]]


def test_the_rows_of_every_file_are_counted(read: Read) -> None:
    for library, truth in read.values():
        assert {file: library.counts[file] for file in truth.rows} == dict(truth.rows)


def test_every_refusal_is_foretold_with_its_reason(read: Read) -> None:
    for library, truth in read.values():
        assert library.refused == truth.refused


def test_every_reason_occurs_somewhere_in_the_set(read: Read) -> None:
    reasons = {reason for library, _ in read.values() for per in library.refused.values() for reason in per}

    assert reasons == {
        "bad_email",
        "bad_date",
        "missing",
        "duplicate",
        "unknown_branch",
        "unknown_member",
        "no_history",
        "unknown_event",
        "not_ready",
        "unknown_field",
        "unknown_list",
        "nobody_there",
    }


def test_at_most_three_percent_of_the_members_are_refused(read: Read) -> None:
    refused = sum(sum(library.refused.get("members", Counter()).values()) for library, _ in read.values())
    rows = sum(library.counts["members"] for library, _ in read.values())

    assert 0.01 < refused / rows < 0.03


def test_open_consents_are_those_whose_last_word_is_yes(read: Read) -> None:
    for library, truth in read.values():
        assert library.open_consents() == truth.consents_open


def test_some_consents_were_taken_back(read: Read) -> None:
    assert any(
        len(rows) > 1 and not max(rows)[1] for lib, _ in read.values() for rows in lib.consents.values()
    )


def test_contacts_are_members_parents_and_newcomers(read: Read) -> None:
    for library, truth in read.values():
        assert len(library.members) == truth.sums["members"] == truth.accepted("members")
        assert library.counts["parents"] == truth.sums["parents_without_membership"]
        assert library.counts["non_members"] == truth.sums["non_members"]
        assert library.counts["stakeholders"] == truth.sums["stakeholders"]
        assert len(library.contacts) == truth.sums["contacts"]


def test_sums_of_activity(read: Read) -> None:
    year_ago = TODAY - timedelta(days=365)
    for library, truth in read.values():
        away = [
            number
            for number, row in library.activity.items()
            if (day(row["lastActiveOn"]) or TODAY) <= year_ago
            and (day(library.members[number]["expiresOn"]) or year_ago) >= TODAY
        ]
        borrowed = [kinds for kinds in library.ebooks.values() if "CHECKOUT" in kinds]

        assert len(away) == truth.sums["inactive_valid"]
        assert len(library.loans) == truth.sums["loans"]
        assert len(borrowed) == truth.sums["ebook_borrowers"]
        lookers = [kinds for kinds in library.ebooks.values() if "LOGIN" in kinds and "CHECKOUT" not in kinds]
        assert len(lookers) == truth.sums["ebook_lookers"]
        assert sum("STREAM" in kinds for kinds in library.ebooks.values()) == truth.sums["film_members"]
        assert len(library.holds) == truth.sums["holds"]
        assert sum(int(row["visits"]) for row in library.visits) == truth.sums["visits"]


def test_sums_of_members(read: Read) -> None:
    for library, truth in read.values():
        rows = library.members.values()
        institutions = [r for r in rows if r["subscriptionType"] in {"Klas", "Instelling", "IBL Bibliotheek"}]

        assert len(institutions) == truth.sums["institutions"]
        assert sum(r["lastName"].startswith("*") for r in rows) == truth.sums["deceased"]
        assert len({link["profileId"] for link in library.links}) == truth.sums["households"]


def test_loans_are_as_many_as_the_summary_says(read: Read) -> None:
    year_ago = TODAY - timedelta(days=365)
    for library, _ in read.values():
        recent = Counter(
            r["memberExternalId"] for r in library.loans if (day(r["loanDate"]) or TODAY) > year_ago
        )
        older = Counter(
            r["memberExternalId"] for r in library.loans if (day(r["loanDate"]) or TODAY) <= year_ago
        )
        for number, row in library.activity.items():
            if library.members[number]["loanHistoryOptIn"].lower() in YES:
                assert recent[number] == int(row["loansLast12m"])
                assert older[number] in {0, int(row["loansPrevious12m"])}


def test_people_who_fade_have_borrowed_in_the_second_year_back(read: Read) -> None:
    for library, _ in read.values():
        seen = {row["memberExternalId"] for row in library.loans if _days_ago(row["loanDate"]) >= 366}
        assert all(285 <= _days_ago(library.activity[number]["lastActiveOn"]) < 360 for number in seen)
        assert all(_days_ago(row["loanDate"]) < 700 for row in library.loans)


def _days_ago(text: str) -> int:
    return (TODAY - (day(text) or TODAY)).days


def test_nobody_was_active_after_today_or_before_enrolment(read: Read) -> None:
    for library, _ in read.values():
        for number, row in library.activity.items():
            enrolled, seen = day(library.members[number]["enrolledOn"]), day(row["lastActiveOn"])
            assert enrolled is not None
            assert seen is not None
            assert enrolled <= seen < TODAY


def test_the_truth_stands_beside_the_files(written: tuple[Path, GroundTruth]) -> None:
    folder, truth = written

    stored: dict[str, Any] = json.loads((folder / "ground_truth.json").read_text(encoding="utf-8"))

    assert stored == truth.as_dict()
    assert stored["total"]["rows"]["members"] == sum(t.rows["members"] for t in truth.libraries.values())
