"""The whole way in: generator, files, reader, merge, summary; the figures are the generator's own."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import LazySettings

from bibmail.sandbox import loading
from bibmail.sandbox.population import write_population
from members.models import ImportRun

EVENING = datetime(2026, 11, 20, 23, 59, tzinfo=ZoneInfo("Europe/Brussels"))


@pytest.fixture
def population(tmp_path: Path, settings: LazySettings) -> Path:
    settings.UPLOADS_DIR = tmp_path / "uploads"
    write_population("ci", tmp_path / "ci", seed=1, consent="grown", today=EVENING.date())
    return tmp_path / "ci"


@pytest.mark.slow
@pytest.mark.django_db
def test_the_import_agrees_with_the_ground_truth_and_a_second_time_changes_nothing(population: Path) -> None:
    import json

    truth = json.loads((population / "ground_truth.json").read_text())

    for library in loading.found_libraries(population):
        first = list(loading.load(library, population, at=EVENING))
        found = loading.figures(library, at=EVENING)
        assert list(loading.disagreements(truth["libraries"][library.slug], first, found)) == []

        again = list(loading.load(library, population, at=EVENING))
        assert {run.state for run in again} == {ImportRun.State.DONE}
        assert [(r.sink, r.new_count, r.changed_count, r.removed_count) for r in again] == [
            (run.sink, 0, 0, 0) for run in again
        ]
        assert loading.figures(library, at=EVENING) == found
