"""The rates of what libraries report beside their members: holds, films, visits, codes, own matters."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from bibmail.sandbox.population import write_population
from tests.sandbox.test_population_reader import Library, Row, day, rows_of

TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def zandvelde(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The largest library of the demo set, with films and several branches."""
    folder = tmp_path_factory.mktemp("demo")
    write_population("demo", folder, today=TODAY, only="zandvelde")
    return Library(folder / "zandvelde", TODAY).read()


def _rows(library: Library, file: str) -> list[Row]:
    return rows_of(library.folder / f"{file}.csv")


def _adults(library: Library) -> int:
    grown = (
        day(row["dateOfBirth"]) for row in library.members.values() if not row["lastName"].startswith("*")
    )
    return sum(born is not None and (TODAY - born).days >= 18 * 365.25 for born in grown)


def test_holds_come_at_their_rate_and_few_are_not_collected(zandvelde: Library) -> None:
    older = [row for row in zandvelde.holds if (TODAY - (day(row["availableOn"]) or TODAY)).days > 14]
    states = Counter(row["status"] for row in older)

    assert len(zandvelde.holds) / len(zandvelde.members) * 365 / 80 == pytest.approx(0.42, abs=0.01)
    assert states["CLOSED"] / len(older) == pytest.approx(0.13, abs=0.025)
    assert set(states) == {"CLOSED", "LOANED"}
    assert Counter(row["status"] for row in zandvelde.holds)["AVAILABLE"] > 50


def test_holds_are_of_people_who_were_here_lately(zandvelde: Library) -> None:
    for row in zandvelde.holds:
        seen = day(zandvelde.activity[row["memberExternalId"]]["lastActiveOn"])
        assert seen is not None
        assert (TODAY - seen).days < 80


def test_few_adults_watch_films_and_only_where_there_are_films(zandvelde: Library, tmp_path: Path) -> None:
    write_population("demo", tmp_path, today=TODAY, only="heidebeke")
    viewers = [who for who, kinds in zandvelde.ebooks.items() if "STREAM" in kinds]

    assert len(viewers) / _adults(zandvelde) == pytest.approx(0.008, abs=0.0006)
    assert all(row["eventType"] != "STREAM" for row in rows_of(tmp_path / "heidebeke" / "ebook_activity.csv"))


def test_visits_follow_size_month_and_weekday(zandvelde: Library) -> None:
    main = zandvelde.visits[0]["branchId"]
    weekdays: dict[int, list[int]] = {}
    for row in zandvelde.visits:
        if row["branchId"] == main:
            weekdays.setdefault((day(row["date"]) or TODAY).weekday(), []).append(int(row["visits"]))
    means = {weekday: sum(counts) / len(counts) for weekday, counts in weekdays.items()}

    assert sum(int(row["visits"]) for row in zandvelde.visits) == pytest.approx(300_000, rel=0.03)
    assert means[5] / means[2] == pytest.approx(1.0, abs=0.08)
    assert all(means[2] > mean for weekday, mean in means.items() if weekday not in {2, 5})


def test_nobody_comes_on_a_holiday_or_when_the_branch_is_shut(zandvelde: Library) -> None:
    days = {day(row["date"]) for row in zandvelde.visits}
    names = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
    hours = _rows(zandvelde, "opening_hours")
    opened = {
        (row["branchId"], names.index(row["dayOfWeek"])) for row in hours if row["dayOfWeek"] and row["opens"]
    }

    assert not {date(2026, 1, 1), date(2026, 7, 21), date(2025, 12, 28), date(2026, 4, 6)} & days
    came = {(row["branchId"], (day(row["date"]) or TODAY).weekday()) for row in zandvelde.visits}
    assert came == opened


def test_every_place_where_somebody_lives_has_one_code(zandvelde: Library) -> None:
    codes = Counter(row["postalCode"] for row in _rows(zandvelde, "external_segments") if row["postalCode"])
    lived_in = {row["postalCode"] for row in zandvelde.members.values() if row["subscriptionType"] != "Klas"}

    assert set(codes.values()) == {1}
    assert len(set(codes) - lived_in) == 1
    assert {row["scheme"] for row in _rows(zandvelde, "external_segments")} == {"woonbuurt"}


def test_own_fields_and_lists_concern_a_few(zandvelde: Library) -> None:
    values = Counter(row["field"] for row in _rows(zandvelde, "custom_values"))
    lists = Counter(row["list"] for row in _rows(zandvelde, "list_members"))

    assert values["Leesgroep"] / _adults(zandvelde) == pytest.approx(0.02, abs=0.001)
    assert values["Boeken aan huis"] / _adults(zandvelde) == pytest.approx(0.01, abs=0.001)
    assert lists["Partners van de bib"] == 8
    assert lists["Vrijwilligers"] > 40


def test_whoever_is_gone_stands_in_no_other_file(zandvelde: Library) -> None:
    gone = {row["externalId"] for row in _rows(zandvelde, "deleted_members")}

    assert len(gone) == 28
    assert not gone & set(zandvelde.members)
