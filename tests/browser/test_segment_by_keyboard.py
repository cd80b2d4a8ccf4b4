"""From a file to a saved segment with a group in it, with the keyboard alone."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Chromium
from tests.browser.test_import_wizard import ended, press, work
from tests.browser.test_walk import Walker
from tests.browser_stage import Stage
from tests.members.imports import workbooks

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# Postal codes and a branch that nobody else on the stage has.
ROWS: list[list[object]] = [
    ["Lenernummer", "Voornaam", "Naam", "Geboortedatum", "Postcode", "Vestiging", "Einddatum abonnement"],
    [990001, "Noor", "Lemmens", "12/03/1985", "9990", "", "01/09/2027"],
    [990002, "Liam", "Maes", "12/03/1990", "9992", "3551", "01/09/2027"],
    [990003, "Emma", "Claes", "12/03/2021", "9990", "", "01/09/2027"],
    [990004, "Louis", "Pauwels", "12/03/1980", "9991", "3551", "01/09/2027"],
]
NAMED = """() => {
  const now = document.activeElement;
  return now.getAttribute('aria-label') || now.labels?.[0]?.innerText || now.innerText || now.value || '';
}"""
BUSY = ".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added"


@pytest.fixture
def file(tmp_path: Path, settings: LazySettings) -> Path:
    settings.UPLOADS_DIR = tmp_path / "uploads"
    path = tmp_path / "leden november.xlsx"
    path.write_bytes(workbooks.xlsx(ROWS))
    return path


def reach(page: Page, name: str) -> None:
    """Tab until what bears this name has the focus."""
    seen = []
    for _ in range(100):
        seen.append(page.evaluate(NAMED).strip())
        if seen[-1] == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no way to {name} by keyboard, past {seen}")


def holds(page: Page, name: str) -> None:
    """What bears this name gets the focus by itself, in a page that has come to rest."""
    # The focus is set as the new part goes in and once more as it settles: a key in between would be undone.
    held = f"name => !document.querySelector({BUSY!r}) && ({NAMED})().trim() === name"
    try:
        page.wait_for_function(held, arg=name, timeout=10_000)
    except Exception as late:
        raise AssertionError(f"the focus is at {page.evaluate(NAMED)!r}, not at {name!r}") from late


def begin(page: Page, field: str, first: str) -> None:
    """From the list of fields, which has the focus, to the open form of one."""
    chosen = page.locator(":focus").locator("option:checked")
    # The first letter would go past the one that is chosen already.
    if chosen.inner_text() != field:
        page.keyboard.type(field)
    expect(chosen).to_have_text(field)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    holds(page, first)


def build(page: Page) -> None:
    """Grown up, and from these places or that branch, and not from a third place."""
    new, inner = "Waarover gaat de nieuwe regel?", "Waarover gaat de nieuwe regel in deze groep?"
    reach(page, new)
    begin(page, "Leeftijd", "Vergelijk")
    page.keyboard.press("Tab")
    page.keyboard.type("18")
    page.keyboard.press("Enter")
    holds(page, new)
    reach(page, "Voeg een groep toe")
    page.keyboard.press("Enter")
    holds(page, inner)
    begin(page, "Postcode", "Postcode")
    page.keyboard.type("9990")
    page.keyboard.press("Enter")
    holds(page, inner)
    begin(page, "Vestiging", "Centrum")
    reach(page, "Velzeke")
    page.keyboard.press("Space")
    reach(page, "Bewaar de regel")
    page.keyboard.press("Enter")
    holds(page, inner)
    reach(page, new)
    begin(page, "Postcode", "Postcode")
    page.keyboard.type("9991")
    page.keyboard.press("Enter")
    holds(page, new)
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    holds(page, "Niet wie: woont in 9991")
    page.keyboard.press("Enter")
    expect(page.get_by_text("MAAR NIET", exact=True)).to_be_visible()
    holds(page, "Niet wie: woont in 9991")


def load(chromium: Chromium, base: str, stage: Stage, file: Path) -> Walker:
    """Somebody who laid the file in, saw what would happen and had it done."""

    def enter(browser: Browser) -> Walker:
        walker = Walker(browser, base, 1280, "light")
        walker.log_in(stage.admin.email)
        walker.page.goto(f"{base}{stage.library_pages['import-add']}")
        reach(walker.page, "Bestand")
        # A dialog of the machine's own, which the keyboard opens; only what it chose is put in here.
        walker.page.locator(":focus").set_input_files(file)
        press(walker.page, "Ga verder")
        press(walker.page, "Controleer het bestand")
        return walker

    def confirm(_browser: Browser) -> None:
        ended(walker.page, "Dit zou er gebeuren")
        press(walker.page, "Laad het bestand in")

    walker = chromium.run(enter)
    work()
    chromium.run(confirm)
    assert work().new_count == 4
    return walker


def test_from_a_file_to_a_segment_by_keyboard(
    chromium: Chromium, live_server: Any, stage: Stage, file: Path
) -> None:
    walker = load(chromium, live_server.url, stage, file)

    def make(_browser: Browser) -> tuple[str, str]:
        page = walker.page
        ended(page, "Dit gebeurde er")
        press(page, "Doelgroepen")
        reach(page, "Naam")
        page.keyboard.type("Noord en Velzeke")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        build(page)
        live = page.locator("#telling").inner_text()
        reach(page, "Bewaar de doelgroep")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        walker.judge("segment-by-keyboard")
        page.wait_for_load_state("networkidle")
        words = page.get_by_role("main").inner_text()
        walker.close()
        return live, words

    live, words = chromium.run(make)

    assert walker.complaints == []
    assert live.startswith("2 mensen horen erbij.")
    assert "De doelgroep is bewaard." in words
    assert live in words
