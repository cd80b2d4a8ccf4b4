import contextlib
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.imports import cells
from members.imports.cells import Bad


@pytest.mark.parametrize("cell", ["02/09/2026", "2-9-2026", "2.9.2026", "2026-09-02", "2026-09-02T10:00:00"])
def test_a_day_is_read_as_belgians_and_machines_write_it(cell: str) -> None:
    assert cells.day(cell) == date(2026, 9, 2)


@pytest.mark.parametrize("cell", ["31/02/2026", "02/13/2026", "02/09/26", "gisteren", "0001-01-01", "2026"])
def test_a_day_that_cannot_be_is_refused(cell: str) -> None:
    with pytest.raises(Bad, match="bad_date"):
        cells.day(cell)


def test_a_moment_without_an_offset_is_the_time_in_brussels() -> None:
    summer = datetime(2026, 7, 1, 12, 5, tzinfo=UTC)

    assert cells.moment("01/07/2026 14:05") == summer
    assert cells.moment("2026-07-01T14:05:00") == summer
    assert cells.moment("2026-07-01T12:05:00Z") == summer


@pytest.mark.parametrize(
    ("cell", "norm"),
    [
        ("Noor@Example.BE", "noor@example.be"),
        ("noor+bib@example.be", "noor+bib@example.be"),
        ("élise@example.be", "élise@example.be"),
        ("noor@bücher.example", "noor@xn--bcher-kva.example"),
    ],
)
def test_an_address_is_compared_in_lower_case_with_its_dots_and_plus(cell: str, norm: str) -> None:
    assert cells.normalised_email(cell) == norm


@pytest.mark.parametrize(
    "cell",
    [
        "noor", "noor@", "@example.be", "noor@example,be", "no or@example.be", "noor@example", "a@b@example.be",
        "noor..p@example.be", ".noor@example.be", "noor@example.be\nBcc: x@example.be", "noor\0@example.be",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(cell: str) -> None:
    with pytest.raises(Bad, match="bad_email"):
        cells.normalised_email(cell)


def test_one_address_has_one_hash_and_the_pepper_decides_it() -> None:
    one = cells.recipient_hash("noor@example.be", b"pepper")

    assert one == cells.recipient_hash("noor@example.be", b"pepper")
    assert one != cells.recipient_hash("noor@example.be", b"another")
    assert one != cells.recipient_hash("noor2@example.be", b"pepper")


@pytest.mark.parametrize(
    ("name", "plain"),
    [("Élodie", "elodie"), ("Van 't Hof", "van t hof"), ("Øystein", "oystein"), ("d'Ursel", "d ursel")],
)
def test_a_folded_name_has_no_accents(name: str, plain: str) -> None:
    assert cells.folded(name) == plain


@pytest.mark.parametrize(("cell", "number"), [("1.234", 1234), ("12", 12), ("1234,0", 1234), ("1 234", 1234)])
def test_a_number_is_read_as_belgians_write_it(cell: str, number: int) -> None:
    assert cells.integer(cell) == number


@given(st.text(max_size=60), st.sampled_from(sorted(cells.READERS)))
def test_any_cell_gives_a_value_or_is_refused(cell: str, kind: str) -> None:
    with contextlib.suppress(Bad):
        cells.READERS[kind](cell)


@given(st.text(max_size=80))
def test_any_address_gives_one_without_spaces_or_is_refused(cell: str) -> None:
    try:
        norm = cells.normalised_email(cell)
    except Bad:
        return
    assert norm.count("@") == 1
    assert not any(character.isspace() for character in norm)
