"""How a figure is said and when it is met."""

import pytest

from bench.figure import Figure


def test_a_line_says_what_was_reached_beside_what_and_how() -> None:
    figure = Figure(name="P1", ratio=71.26, target=60, peer="orm_loop:157steps/s", note="5000 steps due")

    line = figure.line(set_name="ci", seed=1)

    assert line == "P1 ratio=71.3 target>=60 ok peer=orm_loop:157steps/s set=ci seed=1 (5000 steps due)"


@pytest.mark.parametrize(
    ("ratio", "target", "more_is_better", "is_met"),
    [
        (60.0, 60, True, True),
        (59.9, 60, True, False),
        (1.2, 1.2, False, True),
        (1.3, 1.2, False, False),
        (9, None, False, True),
    ],
)
def test_a_target_is_reached_at_its_own_figure(
    ratio: float, target: float | None, more_is_better: bool, is_met: bool
) -> None:
    figure = Figure(name="P2", ratio=ratio, target=target, more_is_better=more_is_better)

    assert figure.is_met is is_met
