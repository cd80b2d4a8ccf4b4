"""Folders that root's servers can reach, a login, and a look at what runs."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

FOREIGN = ("DATABASE_URL", "DATABASE_URL_ADMIN", "BROKER_URL", "PGPORT", "PGHOST", "PGDATA")


@pytest.fixture(autouse=True)
def _no_services_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in FOREIGN:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A directory whose parents everybody may pass; pytest's own are closed to all but us."""
    folder = Path(tempfile.mkdtemp(prefix="embedded-", dir="/tmp")).resolve()
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def closed_folder(tmp_path: Path) -> Path:
    """A directory that only we may enter, below another one."""
    (tmp_path / "closed").mkdir(mode=0o700)
    return tmp_path / "closed" / "services"


@pytest.fixture
def as_root() -> None:
    if os.geteuid() != 0:
        pytest.skip("only root steps down to another account")
