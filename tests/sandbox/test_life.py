"""The days after the population: the same every time, never ahead of themselves, with every case in it."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import pytest
from django.conf import LazySettings
from django.db import connection

from bibmail.sandbox import loading
from bibmail.sandbox.life import LifeTruth, NotThisPopulation, cautious_consents, write_life
from bibmail.sandbox.population import write_population
from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library
from members.models import ImportRun
from tests.sandbox.test_population_reader import BRUSSELS, Row, day, moment, rows_of

TODAY = date(2026, 11, 30)
FIRST, LAST = date(2026, 12, 1), date(2027, 2, 8)
Written = tuple[Path, Path, LifeTruth]

# What the day of a row is called in each file; a place may be booked and an event announced ahead.
HAPPENED = {
    "members": ("enrolledOn", "renewedOn"),
    "profile_links": ("linkedOn",),
    "activity_summary": ("lastActiveOn", "asOf"),
    "loans": ("loanDate",),
    "ebook_activity": ("occurredAt",),
    "seat_reservations": ("end",),
    "event_registrations": ("registeredAt",),
    "consents": ("recordedAt",),
    "catalogue_items": ("addedOn",),
}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Written:
    folder = tmp_path_factory.mktemp("demo")
    population, life = folder / "population", folder / "life"
    write_population("demo", population, consent="grown", today=TODAY)
    return population, life, write_life(life, population=population, seed=1, first=FIRST, last=LAST)


def _files(life: Path) -> list[Path]:
    return sorted(life.glob("*/*/*.csv"))


def _morning(path: Path) -> datetime:
    return datetime.combine(date.fromisoformat(path.parts[-3]), time(6), tzinfo=BRUSSELS)


def _all_rows(life: Path, file: str) -> list[tuple[Path, Row]]:
    return [(path, row) for path in _files(life) if path.stem == file for row in rows_of(path)]


def test_the_same_seed_gives_the_same_bytes(demo: Written, tmp_path: Path) -> None:
    population, life, _ = demo

    write_life(tmp_path, population=population, seed=1, first=FIRST, last=LAST)

    def fingerprint(folder: Path) -> dict[str, str]:
        return {str(p.relative_to(folder)): sha256(p.read_bytes()).hexdigest() for p in folder.rglob("*.*")}

    assert fingerprint(tmp_path) == fingerprint(life)


def test_the_files_are_few_and_small(demo: Written) -> None:
    _, life, truth = demo

    per_day = Counter(path.parent for path in _files(life))

    assert len(_files(life)) == truth.files < 500
    assert max(per_day.values()) <= 5
    assert all(0 < len(rows_of(path)) < 600 for path in _files(life))


def test_no_file_tells_what_has_not_happened(demo: Written) -> None:
    _, life, _ = demo

    for path in _files(life):
        for row in rows_of(path):
            for column in HAPPENED.get(path.stem, ()):
                text = row[column]
                if text and column[-2:] in {"At", "nd"}:
                    assert moment(text) < _morning(path)
                elif text:
                    assert (day(text) or LAST) < _morning(path).date()


def test_every_day_falls_in_the_play(demo: Written) -> None:
    _, life, _ = demo

    days = {date.fromisoformat(path.parts[-3]) for path in _files(life)}

    assert min(days) == FIRST
    assert max(days) == LAST


def test_of_whoever_is_gone_no_file_tells_any_more(demo: Written) -> None:
    _, life, _ = demo
    gone = {(path.parts[-2], row["externalId"]) for path, row in _all_rows(life, "deleted_members")}

    assert len(gone) >= 6
    for path in _files(life):
        if path.stem != "deleted_members":
            named = {row.get("memberExternalId") or row.get("externalId") for row in rows_of(path)}
            assert not {(path.parts[-2], who) for who in named} & gone


def test_a_file_tells_all_links_of_the_profiles_it_names(demo: Written) -> None:
    population, life, truth = demo
    mistaken = {
        who for ids in truth.cases["reading_with_children"]["linked_by_mistake"].values() for who in ids
    }
    known: dict[tuple[str, str], set[str]] = {}
    for path in [*sorted(population.glob("*/profile_links.csv")), *_files(life)]:
        if path.stem != "profile_links":
            continue
        told: dict[str, set[str]] = {}
        for row in rows_of(path):
            told.setdefault(row["profileId"], set()).add(row["memberExternalId"])
        for profile, people in told.items():
            before = known.get((path.parts[-2], profile), set())
            # Only who linked by mistake names fewer the day after.
            assert before <= people or people & mistaken or f"profile:{profile}" in mistaken
            known[path.parts[-2], profile] = people


def test_the_truth_stands_beside_the_files(demo: Written) -> None:
    _, life, truth = demo

    assert json.loads((life / "truth.json").read_text(encoding="utf-8")) == truth.as_dict()


@pytest.mark.parametrize(
    ("journey", "cases"),
    [
        (
            "welcome",
            "adult thirteen_to_seventeen parent_is_member parent_is_new_too parent_without_membership"
            " children_of_one_mail child_without_adult internet_block institution deceased_later ended_early"
            " without_address shared_address member_elsewhere address_changed consents_later"
            " back_as_enrolment back_as_renewal mended_row",
        ),
        (
            "ebook_looked_not_borrowed",
            "loan_next_day loan_day_10 loan_before_second_mail no_loan loan_after_second_mail several_logins"
            " borrower looked_before without_data_use without_topic too_young membership_expired",
        ),
        (
            "reading_with_children",
            "band_0_2 band_3_5 band_6_8 band_9_11 several_bands linked_on_two_days parent_without_membership"
            " only_older_children without_data_use without_topic child_reaches_next_band story_time_coming"
            " no_story_time",
        ),
        (
            "after_exams",
            "secondary_three_or_more higher_three_or_more secondary_only_two higher_only_two"
            " higher_without_data_use higher_without_topic too_old may_declare_study",
        ),
        (
            "missed_you",
            "history general back_before_a_year borrowed_again seen_again renewed valid_at_split"
            " expired_at_split with_debts",
        ),
    ],
)
def test_every_case_occurs_at_least_three_times(demo: Written, journey: str, cases: str) -> None:
    _, _, truth = demo

    few = {case: truth.count(journey, case) for case in cases.split() if truth.count(journey, case) < 3}

    assert few == {}


def test_every_offer_after_the_exams_has_its_students(demo: Written) -> None:
    """Films and e-books in Zandvelde, films alone in Lindekerke, neither in Heidebeke, by the services then."""
    _, life, truth = demo

    services = {
        (path.parts[-2], path.parts[-3], row["service"]): row["active"].lower()[0]
        for path, row in _all_rows(life, "capabilities")
    }

    assert services == {
        ("heidebeke", "2026-12-01", "seat_reservations"): "j",
        ("lindekerke", "2027-01-15", "cinebib"): "j",
        ("heidebeke", "2027-01-29", "ebooks"): "n",
        ("lindekerke", "2027-01-29", "ebooks"): "n",
        ("heidebeke", "2027-02-05", "ebooks"): "j",
        ("lindekerke", "2027-02-05", "ebooks"): "j",
    }
    for level in ("secondary", "higher"):
        students = truth.cases["after_exams"][f"{level}_three_or_more"]
        assert all(len(students[slug]) >= 3 for slug in ("heidebeke", "lindekerke", "zandvelde"))


def test_a_loan_on_the_tenth_day_comes_ten_days_after_the_login(demo: Written) -> None:
    _, life, truth = demo
    acts: dict[str, dict[str, list[date]]] = {}
    for _, row in _all_rows(life, "ebook_activity"):
        kinds = acts.setdefault(row["memberExternalId"], {})
        kinds.setdefault(row["eventType"], []).append(moment(row["occurredAt"]).date())

    for people in truth.cases["ebook_looked_not_borrowed"]["loan_day_10"].values():
        for who in people:
            assert min(acts[who]["CHECKOUT"]) - min(acts[who]["LOGIN"]) == timedelta(days=10)


def test_a_population_of_another_day_is_refused(tmp_path: Path) -> None:
    write_population("ci", tmp_path / "ci", today=TODAY)

    with pytest.raises(NotThisPopulation):
        write_life(tmp_path / "life", population=tmp_path / "ci", first=TODAY, last=LAST)
    with pytest.raises(NotThisPopulation):
        write_life(tmp_path / "life", population=tmp_path / "nothing", first=FIRST, last=LAST)


def test_the_cautious_consents_are_those_of_the_same_people(tmp_path: Path) -> None:
    write_population("ci", tmp_path / "grown", consent="grown", today=TODAY)
    write_population("ci", tmp_path / "cautious", consent="cautious", today=TODAY)

    written = cautious_consents(tmp_path / "grown", tmp_path / "beside")

    assert len(written) == 12
    for path in written:
        assert path.read_bytes() == (tmp_path / "cautious" / path.parts[-2] / path.name).read_bytes()


_STATE = """
    SELECT c.external_id,
           s.last_active_on,
           s.ebook_loans_count,
           s.recent_seat_reservations,
           (SELECT array_agg(k.code) FROM consent_consent AS k WHERE k.contact_id = c.id AND k.closed_at IS NULL)
      FROM members_contact AS c
      JOIN members_activitysummary AS s ON s.contact_id = c.id
"""


class State(NamedTuple):
    """What the database knows of one contact."""

    last_active_on: date | None
    ebook_loans: int
    seats: list[date]
    allows: list[str] | None


def _states(library: Library) -> dict[str, State]:
    with acting_for(library.pk), connection.cursor() as cursor:
        cursor.execute(_STATE)
        return {number: State(*rest) for number, *rest in cursor.fetchall()}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_whole_play_comes_in_through_the_real_import(
    demo: Written, tmp_path: Path, settings: LazySettings
) -> None:
    settings.UPLOADS_DIR = tmp_path / "uploads"
    population, life, truth = demo
    library = next(found for found in loading.found_libraries(population) if found.slug == "heidebeke")

    def people(journey: str, case: str) -> list[str]:
        return truth.cases[journey][case].get(library.slug, [])

    evening = datetime.combine(TODAY, time(23, 59), tzinfo=BRUSSELS)
    assert {run.state for run in loading.load(library, population, at=evening)} == {ImportRun.State.DONE}
    before = _states(library)
    runs: list[ImportRun] = []
    for morning in sorted({_morning(path) for path in life.glob(f"*/{library.slug}/*.csv")}):
        runs += loading.load(library, life / morning.date().isoformat(), at=morning)
    after = _states(library)

    refused = {(run.sink, code): n for run in runs for code, n in run.refused_by_code.items()}
    assert {run.state for run in runs} == {ImportRun.State.DONE}
    assert set(refused) == {
        (file, code) for file, codes in truth.refused.get(library.slug, {}).items() for code in codes
    }
    gone = {
        row["externalId"]
        for path in life.glob(f"*/{library.slug}/deleted_members.csv")
        for row in rows_of(path)
    }
    assert gone & set(before) == gone
    assert gone
    assert not gone & set(after)
    for who in people("missed_you", "general") + people("missed_you", "history"):
        last_active = before[who].last_active_on
        assert last_active is not None
        assert FIRST <= last_active + timedelta(days=365) <= LAST
    for who in people("ebook_looked_not_borrowed", "no_loan"):
        assert after[who].ebook_loans == 0
        assert {"digital", "use_ebook_activity"} <= {*(after[who].allows or ())}
    seats_since = date(2026, 11, 20)
    for who in people("after_exams", "higher_three_or_more"):
        assert len([seat for seat in after[who].seats if seat >= seats_since]) >= 3
    for who in people("after_exams", "higher_only_two") + people("after_exams", "higher_came_twice_of_four"):
        assert len([seat for seat in after[who].seats if seat >= seats_since]) == 2
