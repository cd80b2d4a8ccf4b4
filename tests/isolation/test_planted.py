"""The test of the tests: leaks are planted for real, and the suite has to tell of each."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings

from tests.isolation import plants
from tests.isolation.makers import World
from tests.isolation.plants import Leak, Soil


@pytest.fixture
def soil(monkeypatch: pytest.MonkeyPatch, settings: LazySettings, tmp_path: Path) -> Iterator[Soil]:
    to_clear: list[Callable[[], object]] = []
    yield Soil(monkeypatch, settings, tmp_path, to_clear.append)
    monkeypatch.undo()
    for clear in to_clear:
        clear()


def _numbered(leaks: tuple[Leak, ...]) -> list["pytest.ParameterSet"]:
    return [
        pytest.param(leak, id=f"{number} of {len(leaks)}: {leak.name}")
        for number, leak in enumerate(leaks, start=1)
    ]


@pytest.mark.parametrize("leak", _numbered(plants.TEN))
def test_planted_leak_is_caught(leak: Leak, world: World, soil: Soil) -> None:
    _plant_and_catch(leak, world, soil)


@pytest.mark.parametrize("leak", _numbered(plants.MORE))
def test_another_planted_leak_is_caught(leak: Leak, world: World, soil: Soil) -> None:
    _plant_and_catch(leak, world, soil)


def _plant_and_catch(leak: Leak, world: World, soil: Soil) -> None:
    assert [list(detect(world)) for detect in leak.caught_by] == [[] for _ in leak.caught_by]

    leak.plant(world, soil)

    assert [detect for detect in leak.caught_by if not list(detect(world))] == []
