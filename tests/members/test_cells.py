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


def test_an_offset_that_no_place_has_is_refused() -> None:
    with pytest.raises(Bad, match="bad_date"):
        cells.moment("1965-08-25T21:54:11+22:53")


@pytest.mark.parametrize(("cell", "number"), [("1.234", 1234), ("12", 12), ("1234,0", 1234), ("1 234", 1234)])
def test_a_number_is_read_as_belgians_write_it(cell: str, number: int) -> None:
    assert cells.integer(cell) == number


@given(st.text(max_size=60), st.sampled_from(sorted(cells.READERS)))
def test_any_cell_gives_a_value_or_is_refused(cell: str, kind: str) -> None:
    with contextlib.suppress(Bad):
        cells.READERS[kind](cell)
