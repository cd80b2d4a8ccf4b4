"""The files themselves: the same every time, of the right size, and as varied as life."""

from __future__ import annotations

from collections import Counter
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from bibmail.sandbox.population import NoSuchLibrary, write_population
from bibmail.sandbox.population.dialects import COLUMNS
from bibmail.sandbox.population.sets import TIERS, LibraryPlan, plan
from tests.sandbox.test_population_reader import ADDRESS, YES, Library, Row, day, rows_of

TODAY = date(2026, 11, 22)
INSTITUTIONS = {"Klas", "Instelling", "IBL Bibliotheek"}


def _fingerprint(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*.csv"))
    }


@pytest.fixture(scope="module")
def ci(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ci")
    write_population("ci", folder, today=TODAY)
    return folder


@pytest.fixture(scope="module")
def lindekerke(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """One library of the demo set, large enough for shares to be near their mean."""
    folder = tmp_path_factory.mktemp("demo")
    write_population("demo", folder, today=TODAY, only="lindekerke")
    return Library(folder / "lindekerke", TODAY).read()


@pytest.fixture(scope="module")
def persons(lindekerke: Library) -> list[Row]:
    return [r for r in lindekerke.members.values() if r["subscriptionType"] not in INSTITUTIONS]


def _age(row: Row) -> int:
    born = day(row["dateOfBirth"])
    assert born is not None
    return (TODAY - born).days * 400 // 146_097


def _share(rows: list[Row], column: str) -> float:
    return sum(bool(row[column]) for row in rows) / len(rows)


def test_the_same_seed_gives_the_same_bytes(ci: Path, tmp_path: Path) -> None:
    write_population("ci", tmp_path, today=TODAY)

    assert _fingerprint(tmp_path) == _fingerprint(ci)


def test_another_seed_gives_other_people(ci: Path, tmp_path: Path) -> None:
    write_population("ci", tmp_path, seed=2, today=TODAY)

    assert _fingerprint(tmp_path) != _fingerprint(ci)


def test_a_library_does_not_depend_on_the_others(ci: Path, tmp_path: Path) -> None:
    slug = plan("ci", 1)[3].slug

    write_population("ci", tmp_path, today=TODAY, only=slug)

    alone = _fingerprint(tmp_path / slug)
    assert alone == _fingerprint(ci / slug)
    assert len(alone) == len(COLUMNS) == 19


def test_several_processes_write_the_same(ci: Path, tmp_path: Path) -> None:
    write_population("ci", tmp_path, today=TODAY, jobs=2)

    assert _fingerprint(tmp_path) == _fingerprint(ci)


def test_the_consent_profile_changes_consents_alone(ci: Path, tmp_path: Path) -> None:
    write_population("ci", tmp_path, today=TODAY, consent="grown")

    before, after = _fingerprint(ci), _fingerprint(tmp_path)
    assert {name.split("/")[-1] for name in before if before[name] != after[name]} == {"consents.csv"}


def test_an_unknown_library_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoSuchLibrary):
        write_population("ci", tmp_path, only="nergens")


def test_every_library_has_all_files_with_their_columns(ci: Path) -> None:
    for library in plan("ci", 1):
        assert {path.stem for path in (ci / library.slug).iterdir()} == set(COLUMNS)
        for row in rows_of(ci / library.slug / "members.csv")[:1]:
            assert set(row) == set(COLUMNS["members"])


@pytest.mark.parametrize(
    ("set_name", "libraries", "memberships"),
    [("demo", 3, 39_500), ("ci", 12, 1_478), ("network", 300, 1_828_400)],
)
def test_sets_have_their_size(set_name: str, libraries: int, memberships: int) -> None:
    planned = plan(set_name, 1)

    assert len({library.slug for library in planned}) == libraries
    assert sum(library.memberships for library in planned) == memberships
    assert all(1000 <= int(library.place.postal_code) <= 9999 for library in planned)


def test_the_network_has_the_tiers_of_flanders() -> None:
    tiers: dict[str, list[LibraryPlan]] = {}
    for library in plan("network", 1):
        tiers.setdefault(library.tier, []).append(library)

    assert {tier: (len(own), sum(library.memberships for library in own)) for tier, own in tiers.items()} == {
        "XL": (2, 180_000),
        "L": (11, 286_000),
        "M+": (40, 420_000),
        "M": (110, 572_000),
        "S": (108, 324_000),
        "XS": (29, 46_400),
    }
    assert sum(TIERS[tier].visits * len(own) for tier, own in tiers.items()) == pytest.approx(20e6, rel=0.01)
    assert all(
        low <= library.branches <= high
        for own in tiers.values()
        for library in own
        for low, high in [TIERS[library.tier].branches]
    )


def test_members_has_as_many_rows_as_planned(ci: Path) -> None:
    for library in plan("ci", 1):
        assert len(rows_of(ci / library.slug / "members.csv")) == library.memberships


def test_the_list_of_libraries(ci: Path) -> None:
    listed = rows_of(ci / "libraries.csv")

    assert [row["slug"] for row in listed] == [library.slug for library in plan("ci", 1)]
    assert {row["tier"] for row in listed} == {"XL", "L", "M+", "M", "S", "XS"}


def test_the_files_come_in_many_dialects(ci: Path) -> None:
    seen: Counter[str] = Counter()
    for path in ci.glob("*/*.csv"):
        raw = path.read_bytes()
        first, _, rest = raw.partition(b"\n")
        second = rest.partition(b"\n")[0]
        seen["bom"] += raw.startswith(b"\xef\xbb\xbf")
        seen["crlf"] += b"\r\n" in raw
        seen.update({";": b";" in first, ",": b"," in first, "tab": b"\t" in first})
        seen["iso"] += b"2026-" in second
        seen["belgian"] += b"/2026" in second
        try:
            raw.decode()
        except UnicodeDecodeError:
            seen["windows"] += 1

    assert all(seen[kind] > 3 for kind in ("bom", "crlf", ";", ",", "tab", "iso", "belgian", "windows"))


def test_addresses_are_examples_only(ci: Path) -> None:
    for path in ci.glob("*/*.csv"):
        for row in rows_of(path):
            for text in row.values():
                if ADDRESS.fullmatch(text):
                    assert text.lower().endswith(("@example.be", "@example.org"))


def test_names_are_not_only_ascii(persons: list[Row]) -> None:
    names = {row["lastName"] for row in persons} | {row["firstName"] for row in persons}

    assert any("Ö" in name for name in names)
    assert any("'" in name for name in names)
    assert any(name.lower().startswith("van den ") for name in names)
    assert any("-" in name for name in names)


def test_ages_follow_the_pyramid(persons: list[Row]) -> None:
    ages = Counter(min(_age(row) // 6, 3) for row in persons)

    assert [round(ages[band] / len(persons), 2) for band in range(4)] == pytest.approx(
        [0.08, 0.24, 0.16, 0.52], abs=0.015
    )


def test_addresses_are_known_as_often_as_specified(persons: list[Row]) -> None:
    assert _share([r for r in persons if _age(r) >= 18], "email") == pytest.approx(0.85, abs=0.02)
    assert _share([r for r in persons if 12 <= _age(r) < 18], "email") == pytest.approx(0.60, abs=0.04)
    assert _share([r for r in persons if _age(r) < 12], "email") == pytest.approx(0.67, abs=0.05)


def test_other_shares_of_persons(lindekerke: Library, persons: list[Row]) -> None:
    everyone = list(lindekerke.members.values())
    adults = [r for r in persons if _age(r) >= 18]

    assert 1 - len(persons) / len(everyone) == pytest.approx(0.025, abs=0.005)
    assert sum(r["gender"] == "V" for r in persons) / len(persons) == pytest.approx(0.59, abs=0.02)
    assert sum(r["subscriptionType"] == "Kansentarief" for r in persons) / len(persons) == pytest.approx(
        0.03, abs=0.01
    )
    assert sum(r["loanHistoryOptIn"].lower() in YES for r in adults) / len(adults) == pytest.approx(
        0.15, abs=0.02
    )
    assert sum(r["city"] == "Lindekerke" for r in persons) / len(persons) == pytest.approx(0.88, abs=0.03)


def test_behaviour_has_its_shares(lindekerke: Library) -> None:
    loans = [int(row["loansLast12m"]) for row in lindekerke.activity.values()]
    away = [
        number
        for number, row in lindekerke.activity.items()
        if (TODAY - (day(row["lastActiveOn"]) or TODAY)).days >= 365
        and (day(lindekerke.members[number]["expiresOn"]) or TODAY) > TODAY
    ]

    assert sum(n > 0 for n in loans) / len(loans) == pytest.approx(0.60, abs=0.03)
    assert sum(loans) / len(loans) == pytest.approx(17.4, abs=1.5)
    assert max(loans) > 100
    assert len(away) / len(loans) == pytest.approx(0.22, abs=0.02)


def test_september_brings_new_members(persons: list[Row]) -> None:
    enrolled = [day(row["enrolledOn"]) for row in persons]
    months = Counter(d.month for d in enrolled if d and (TODAY - d).days < 365)

    assert months.total() / len(persons) == pytest.approx(0.11, abs=0.02)
    assert months.most_common(1)[0][0] == 9


def test_three_adults_in_ten_allow_any_topic(lindekerke: Library, persons: list[Row]) -> None:
    adults = {row["externalId"] for row in persons if _age(row) >= 18}
    consenting = {who for who, _ in lindekerke.consents if who in adults}

    # A few more are written down by address, not by number.
    assert len(consenting) / len(adults) == pytest.approx(0.28, abs=0.03)


def test_a_household_lives_at_one_place(lindekerke: Library) -> None:
    homes: dict[str, list[Row]] = {}
    for link in lindekerke.links:
        if link["relation"] == "kind":
            homes.setdefault(link["profileId"], []).append(lindekerke.members[link["memberExternalId"]])

    assert len(homes) > 300
    for children in homes.values():
        assert len({child["postalCode"] for child in children}) == 1
        assert len({child["firstName"] for child in children}) == len(children)
        assert all(_age(child) < 18 for child in children)
    same_name = sum(len({child["lastName"] for child in children}) == 1 for children in homes.values())
    assert same_name / len(homes) > 0.75


def test_parents_are_of_an_age_to_have_these_children(lindekerke: Library) -> None:
    owners = {
        link["profileId"]: lindekerke.members[link["memberExternalId"]]
        for link in lindekerke.links
        if link["relation"] == "zelf" and link["memberExternalId"]
    }
    gaps = [
        _age(owners[link["profileId"]]) - _age(lindekerke.members[link["memberExternalId"]])
        for link in lindekerke.links
        if link["relation"] == "kind" and link["profileId"] in owners
    ]

    assert sum(19 <= gap <= 45 for gap in gaps) / len(gaps) > 0.97


def test_every_household_has_one_owner_and_some_children_have_two(lindekerke: Library) -> None:
    owners = Counter(link["profileId"] for link in lindekerke.links if link["relation"] == "zelf")
    homes_of = Counter(link["memberExternalId"] for link in lindekerke.links if link["relation"] == "kind")

    assert set(owners.values()) == {1}
    assert set(owners) == {link["profileId"] for link in lindekerke.links}
    assert set(homes_of.values()) == {1, 2}


def test_some_people_are_members_of_two_libraries(ci: Path) -> None:
    seen: dict[tuple[str, str, date | None], set[str]] = {}
    for library in plan("ci", 1):
        read = Library(ci / library.slug, TODAY).read()
        for row in read.members.values():
            if row["email"]:
                who = (row["email"].casefold(), row["firstName"], day(row["dateOfBirth"]))
                seen.setdefault(who, set()).add(library.slug)
    libraries = Counter(len(slugs) for slugs in seen.values())

    assert libraries[2] / len(seen) == pytest.approx(0.055, abs=0.015)
    assert libraries[3] >= 1


def test_isbn_has_the_right_check_digit(ci: Path) -> None:
    for row in rows_of(ci / plan("ci", 1)[0].slug / "catalogue_items.csv"):
        if row["isbn"]:
            digits = [int(digit) for digit in row["isbn"]]
            assert row["isbn"].startswith(("9798", "97890"))
            assert sum(digits[::2]) % 10 == -3 * sum(digits[1::2]) % 10


def test_libraries_own_partly_the_same_titles(ci: Path) -> None:
    one, other = (_records(ci, library) for library in plan("ci", 1)[:2])

    assert 30 < len(one & other) < 100


def _records(folder: Path, library: LibraryPlan) -> set[str]:
    return {
        row["recordId"] for row in rows_of(folder / library.slug / "catalogue_items.csv") if row["recordId"]
    }
