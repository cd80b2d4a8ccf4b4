"""After each step of the builder the keyboard goes on where somebody would look next."""

import pytest

from members.segments import board

AGE = {"field": "age", "op": "gte", "value": 18}
RULE = {"all": [AGE, AGE, {"any": [AGE]}]}


@pytest.mark.parametrize(
    ("what", "path", "focus"),
    [
        ("groep", (), "veld-2"),
        ("weg", (1,), "veld-"),
        ("weg", (2, 0), "veld-2"),
        ("hoger", (2,), "hoger-1"),
        ("hoger", (1,), "lager-0"),
        ("lager", (0,), "lager-1"),
        ("lager", (1,), "hoger-2"),
        ("keer-om", (1,), "keer-1"),
        ("een", (2,), "een-2"),
    ],
)
def test_the_focus_stays_with_what_changed(what: str, path: tuple[int, ...], focus: str) -> None:
    assert board.next_focus(what, path, RULE) == focus
