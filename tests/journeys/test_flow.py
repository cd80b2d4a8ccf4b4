"""How a journey is drawn: each step once, lanes where people part."""

from collections.abc import Sequence
from typing import Any

import pytest

from journeys import adopted, flow, recipes
from journeys.flow import Drawn


def drawn(code: str, **settings: Any) -> list[Drawn]:
    recipe = recipes.get(code)
    return flow.drawn(adopted.with_settings(recipe, recipes.defaults(recipe) | settings))


def keys(items: Sequence[Drawn]) -> list[str]:
    """Every step as it is drawn, top to bottom, lane after lane."""
    return [
        key
        for item in items
        for key in [item.step.key, *(k for lane in item.lanes for k in keys(lane.steps))]
    ]


def lanes(items: Sequence[Drawn], split: str) -> list[tuple[int, list[str], bool]]:
    """Of one split: how many sides share a lane, its steps, and whether it goes on with the others."""
    (found,) = [item for item in items if item.step.key == split]
    return [(len(lane.sides), keys(lane.steps), lane.goes_on) for lane in found.lanes]


@pytest.mark.parametrize("code", recipes.ORDER)
def test_every_step_is_drawn_once(code: str) -> None:
    recipe = recipes.get(code)
    definition = adopted.with_settings(recipe, recipes.defaults(recipe))

    assert sorted(keys(flow.drawn(definition))) == sorted(definition.steps)


def test_two_lanes_come_together_again() -> None:
    assert lanes(drawn("missed_you"), "history") == [(1, ["history_tips"], True), (1, ["general_tips"], True)]


def test_sides_that_lead_to_the_same_step_share_a_lane() -> None:
    assert lanes(drawn("missed_you"), "valid") == [(2, [], True)]


def test_a_side_that_only_ends_leaves_the_trunk_to_the_other() -> None:
    items = drawn("reading_with_children")

    assert lanes(items, "bands") == [(5, [], True), (1, [], False)]
    assert [item.step.key for item in items][-1] == "done"


def test_an_end_of_its_own_stands_on_its_lane() -> None:
    assert lanes(drawn("after_exams"), "offer")[-1] == (1, ["not_offered"], False)


def test_a_short_lane_and_a_long_one_meet_at_the_end() -> None:
    found = lanes(drawn("missed_you", combine_membership_in_m1=False), "valid")

    assert found == [(1, [], True), (1, ["again", "observe"], True)]
