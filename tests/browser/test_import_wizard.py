"""A file from the hand of a person to its result and back: with the mouse, and with the keyboard alone."""

from pathlib import Path
from typing import Any, Literal

import pytest
from django.conf import LazySettings
from playwright.sync_api import Browser, Page

from bibmail.tenancy import acting_for, clock
from bibmail.tenancy.models import Library
from members.imports import runs
from members.models import Contact, ImportRun
from tests.browser.conftest import Chromium
from tests.browser.test_walk import SIZES, Walker
from tests.browser_stage import Stage
from tests.members.imports import workbooks

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROWS: list[list[object]] = [
    [
        "Lenernummer",
        "Voornaam",
        "Naam",
        "E-mailadres",
        "Vestiging",
        "Einddatum abonnement",
        "Schoenmaat",
        "INSZ",
    ],
    [990001, "Noor", "Lemmens", "noor@example.be", "", "01/09/2027", "38", "85073003328"],
    [990002, "Liam", "Maes", "liam@example.be", "", "01/09/2027", "43", "85073003328"],
    [990003, "Emma", "Claes", "geen adres", "", "01/09/2027", "41", "85073003328"],
]


@pytest.fixture
def file(tmp_path: Path, settings: LazySettings) -> Path:
    settings.UPLOADS_DIR = tmp_path / "uploads"
    path = tmp_path / "leden oktober.xlsx"
    path.write_bytes(workbooks.xlsx(ROWS))
    return path


def work() -> ImportRun:
    """What a worker does when it is rung."""
    library = Library.objects.get(slug="zottegem")
    with acting_for(library.pk):
        waiting = ImportRun.objects.filter(source="upload").latest("pk")
    runs.run(run_id=waiting.pk, library_id=library.pk, at=clock.now())
    with acting_for(library.pk):
        return ImportRun.objects.get(pk=waiting.pk)


def people() -> int:
    library = Library.objects.get(slug="zottegem")
    with acting_for(library.pk):
        return Contact.objects.filter(external_id__startswith="99000").count()


def ended(page: Page, heading: str) -> None:
    """The page asks by itself how far the worker is; this one has come to its end."""
    page.get_by_role("heading", name=heading).wait_for()
    page.wait_for_load_state()


def press(page: Page, name: str) -> None:
    """Tab until the button of this name has the focus, then Enter."""
    for _ in range(80):
        page.keyboard.press("Tab")
        words = page.evaluate("document.activeElement.innerText || document.activeElement.value || ''")
        if words.strip() == name:
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
    raise AssertionError(f"no way to {name} by keyboard")


@pytest.mark.parametrize(("width", "theme"), SIZES)
def test_a_file_goes_in_and_out_again(
    chromium: Chromium,
    live_server: Any,
    stage: Stage,
    file: Path,
    width: int,
    theme: Literal["light", "dark"],
) -> None:
    def enter(browser: Browser) -> Walker:
        walker = Walker(browser, live_server.url, width, theme)
        walker.log_in(stage.admin.email)
        walker.see("import-1-file", stage.library_pages["import-add"])
        walker.page.get_by_label("Bestand", exact=True).set_input_files(file)
        walker.page.get_by_role("button", name="Ga verder").click()
        walker.judge("import-2-columns")
        walker.page.get_by_role("button", name="Controleer het bestand").click()
        walker.judge("import-3-checking")
        return walker

    walker = chromium.run(enter)
    checked = work()

    def confirm(_browser: Browser) -> None:
        ended(walker.page, "Dit zou er gebeuren")
        walker.judge("import-4-checked")
        walker.page.get_by_role("button", name="Laad het bestand in").click()
        walker.page.wait_for_load_state()

    nobody = people()
    chromium.run(confirm)
    done = work()
    somebody = people()

    def undo(_browser: Browser) -> list[str]:
        ended(walker.page, "Dit gebeurde er")
        walker.judge("import-5-done")
        walker.page.get_by_role("link", name="Maak ongedaan").click()
        walker.judge("import-6-undo")
        walker.page.get_by_role("button", name="Maak ongedaan").click()
        walker.judge("import-7-undone")
        walker.see("import-8-history", stage.library_pages["data"])
        walker.close()
        return walker.complaints

    complaints = chromium.run(undo)

    assert complaints == []
    assert (checked.state, checked.rehearsal["new"], checked.rehearsal["refused"]) == ("checked", 2, 1)
    assert (done.new_count, nobody, somebody, people()) == (2, 0, 2, 0)


def test_the_keyboard_alone_is_enough(chromium: Chromium, live_server: Any, stage: Stage, file: Path) -> None:
    def enter(browser: Browser) -> Walker:
        walker = Walker(browser, live_server.url, 1280, "light")
        walker.log_in(stage.admin.email)
        walker.page.goto(f"{live_server.url}{stage.library_pages['import-add']}")
        # A dialog of the machine's own, which the keyboard opens; only what it chose is put in here.
        walker.page.get_by_label("Bestand", exact=True).focus()
        walker.page.get_by_label("Bestand", exact=True).set_input_files(file)
        press(walker.page, "Ga verder")
        walker.page.get_by_label("Voornaam").focus()
        walker.page.keyboard.press("Home")
        press(walker.page, "Controleer het bestand")
        return walker

    walker = chromium.run(enter)
    work()

    def confirm(_browser: Browser) -> None:
        ended(walker.page, "Dit zou er gebeuren")
        press(walker.page, "Laad het bestand in")

    chromium.run(confirm)
    done = work()

    def undo(_browser: Browser) -> str:
        ended(walker.page, "Dit gebeurde er")
        press(walker.page, "Maak ongedaan")
        press(walker.page, "Maak ongedaan")
        words = walker.page.get_by_role("main").inner_text()
        walker.close()
        return words

    words = chromium.run(undo)

    assert (done.new_count, people()) == (2, 0)
    assert "maakte deze inlading ongedaan" in words
    # Home put the select on its first choice, so the first names stayed out.
    assert (done.chosen or {})["Voornaam"] == ""
