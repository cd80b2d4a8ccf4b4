"""What a colleague does with more than one click: the states that no address leads to."""

from typing import Any, Literal

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Chromium
from tests.browser.test_walk import Walker
from tests.browser_stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WIDTHS: list[tuple[int, Literal["light", "dark"]]] = [(1280, "light"), (390, "dark")]


@pytest.mark.parametrize(("width", "theme"), WIDTHS)
def test_what_goes_wrong_is_said_and_what_goes_well_too(
    chromium: Chromium, live_server: Any, stage: Stage, width: int, theme: Literal["light", "dark"]
) -> None:
    def drive(browser: Browser) -> list[str]:
        walker = Walker(browser, live_server.url, width, theme)
        page = walker.page
        walker.log_in(stage.admin.email)

        page.goto(f"{live_server.url}{stage.library_pages['hours']}")
        page.get_by_label("dinsdag, 2: van").fill("11")
        page.get_by_role("button", name="Bewaar de week").click()
        walker.judge("hours-refused")
        page.get_by_label("dinsdag, 2: van").fill("13u30")
        page.get_by_role("button", name="Bewaar de week").click()
        page.get_by_text("De openingsuren van Centrum zijn bewaard.").wait_for()
        walker.judge("hours-saved")

        page.goto(f"{live_server.url}{stage.library_pages['staff-invite']}")
        page.get_by_label("Voornaam en naam").fill("Nour Claes")
        page.get_by_label("E-mailadres").fill("nour@example.be")
        page.get_by_role("button", name="Stuur de uitnodiging").click()
        walker.judge("invited")

        page.goto(f"{live_server.url}{stage.library_pages['branch-add']}")
        page.get_by_label("Naam", exact=True).fill("Nog een")
        page.get_by_label("Code", exact=True).fill("3550")
        page.get_by_role("button", name="Voeg de vestiging toe").click()
        walker.judge("branch-refused")
        walker.close()
        return walker.complaints

    assert chromium.run(drive) == []


@pytest.mark.parametrize(("width", "theme"), WIDTHS)
def test_the_menu_opens_with_keys_and_holds_theme_and_language(
    chromium: Chromium, live_server: Any, stage: Stage, width: int, theme: Literal["light", "dark"]
) -> None:
    def drive(browser: Browser) -> tuple[list[str], str | None, str | None]:
        walker = Walker(browser, live_server.url, width, theme)
        page = walker.page
        walker.log_in(stage.reader.email)
        menu = page.locator(".bm-top details" if width < 900 else "details.bm-me")
        menu.locator("> summary").press("Enter")
        walker.judge("menu")
        menu.get_by_role("button", name="Donker").click()
        page.wait_for_load_state()
        chosen = page.locator("html").get_attribute("data-bs-theme")
        menu.locator("> summary").press("Enter")
        menu.get_by_role("button", name="English").click()
        page.wait_for_load_state()
        language = page.locator("html").get_attribute("lang")
        walker.close()
        return walker.complaints, chosen, language

    assert chromium.run(drive) == ([], "dark", "en")
