from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox import esp_stage


@pytest.fixture
def application() -> Iterator[esp_stage.Application]:
    """What the sandbox calls."""
    with esp_stage.application() as found:
        yield found


@pytest.fixture
def sandbox(tmp_path: Path, application: esp_stage.Application) -> Iterator[esp_stage.Sandbox]:
    """A sandbox in which nothing happens by itself."""
    with esp_stage.sandbox(tmp_path / "esp", application) as found:
        yield found
