"""A real Chromium. Playwright lives in a thread of its own: its event loop would make Django refuse the ORM."""

import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pytest
from playwright.sync_api import Browser, sync_playwright

T = TypeVar("T")

ROOT = Path(__file__).resolve().parent.parent.parent
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium_path() -> str | None:
    named = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    return named if Path(named).is_file() else shutil.which("chromium")


class Chromium:
    """`run(fn)` calls fn(browser) in Playwright's thread and gives back its answer; no ORM inside fn."""

    def __init__(self, path: str) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="playwright")
        self._browser: Browser = self._thread.submit(self._start, path).result()

    def _start(self, path: str) -> Browser:
        self._playwright = sync_playwright().start()
        return self._playwright.chromium.launch(executable_path=path, args=ARGUMENTS)

    def run(self, drive: Callable[[Browser], T]) -> T:
        return self._thread.submit(drive, self._browser).result()

    def _stop(self) -> None:
        self._browser.close()
        self._playwright.stop()

    def close(self) -> None:
        self._thread.submit(self._stop).result()
        self._thread.shutdown()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    path = chromium_path()
    if path is None:
        pytest.skip("No Chromium: install Debian's package `chromium`, or name one in CHROMIUM.")
    if not AXE.is_file() or not (ROOT / "bibmail/static/vendor/tabler.css").is_file():
        pytest.skip("The front-end files are not there: run python -m bibmail.vendor.")
    found = Chromium(path)
    yield found
    found.close()


@pytest.fixture
def stage(transactional_db: Any) -> Any:
    from tests.browser_stage import set_up  # models can be imported only now

    return set_up()
