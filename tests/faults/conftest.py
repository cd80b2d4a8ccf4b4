"""The lab of sending for tests, and which of its scenarios run when."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_django.plugin import DjangoDbBlocker

from bibmail.embedded import Services
from tests.faults.lab.audit import Audited
from tests.faults.lab.stage import Lab, durable_commits, lab


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The full set only where FAULTS=full says so (make faults); a few always."""
    if os.environ.get("FAULTS") in {"full", "soak"}:
        return
    left_out = [item for item in items if item.get_closest_marker("lab")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session")
def doorbell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """A Valkey of the lab's own, since scenarios empty it and take it down."""
    with Services(tmp_path_factory.mktemp("doorbell"), with_postgres=False) as services:
        yield services


@pytest.fixture(scope="session")
def _crew(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, doorbell: Services, tmp_path_factory: Any
) -> Iterator[Lab]:
    with django_db_blocker.unblock():
        durable_commits()
    with lab(tmp_path_factory.mktemp("lab"), doorbell) as found:
        found.open("one", "two")
        yield found


@pytest.fixture
def the_lab(transactional_db: None, _crew: Lab) -> Iterator[Lab]:
    """Two workers that send, one that sweeps and reads the inbox, the web, an ESP: all well."""
    _crew.begin()
    yield _crew
    _crew.end()


@pytest.fixture
def own_lab(transactional_db: None, tmp_path: Path) -> Iterator[Lab]:
    """A lab of this test's own, with a doorbell that no other crew hears; `open` starts its crew."""
    with Services(tmp_path / "doorbell", with_postgres=False) as doorbell, lab(tmp_path, doorbell) as found:
        yield found
        found.end()


@pytest.fixture
def say(record_property: Callable[[str, object], None], request: pytest.FixtureRequest) -> object:
    """Put the audit's line at the end of the run, and return the audit; what is expected to be found is named."""

    def said(found: Audited, *expected: str) -> Audited:
        record_property("audit", found.line(request.node.name, *expected))
        return found

    return said
