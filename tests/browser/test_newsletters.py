"""Writing a newsletter in a real browser: with a script, with the keyboard, and without a script."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.conftest import Chromium
from tests.browser_stage import PASSWORD, Stage

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def _enter(browser: Browser, base: str, stage: Stage, *, has_scripts: bool = True) -> Page:
    context = browser.new_context(
        viewport=ViewportSize(width=1280, height=900), locale="nl-BE", java_script_enabled=has_scripts
    )
    page = context.new_page()
    page.goto(f"{base}/account/login/")
    page.get_by_label("E-mail").fill(stage.admin.email)
    page.get_by_label("Wachtwoord", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Meld je aan").click()
    page.wait_for_load_state()
    return page


def _leave(page: Page) -> None:
    """Wait for the preview and the linter: what they still ask would come after the database is emptied."""
    page.wait_for_load_state("networkidle")
    page.context.close()


def _blocks(page: Page) -> list[str]:
    return page.locator(".bm-blocks > li:not(.lock) b").all_inner_texts()


def test_blocks_are_written_and_moved_without_leaving_the_page(
    chromium: Chromium, live_server: Any, stage: Stage
) -> None:
    def write(browser: Browser) -> list[Any]:
        page = _enter(browser, live_server.url, stage)
        page.goto(f"{live_server.url}{stage.library_pages['newsletter-draft']}")
        expect(page.get_by_text("Alles is in orde.")).to_be_visible()
        page.evaluate("window.stayed = true")
        page.get_by_text("Voeg een blok toe").click()
        page.get_by_role("button", name="Tussentitel").click()
        page.get_by_label("Tussentitel", exact=True).fill("Tot in de bib")
        page.get_by_role("button", name="Bewaar het blok").click()
        expect(page.locator(".bm-blocks")).to_contain_text("Tot in de bib")
        # The keyboard goes on from the same button.
        button = page.get_by_role("button", name="Schuif Tussentitel omhoog")
        button.focus()
        page.keyboard.press("Enter")
        expect(page.locator(".bm-blocks > li:nth-last-child(2) b")).to_have_text("Openingsuren")
        seen: list[Any] = [_blocks(page)[-2:], page.evaluate("document.activeElement.id")]
        page.get_by_role("link", name="Bewerk Tussentitel").click()
        page.evaluate("window.confirm = () => true")
        page.get_by_role("button", name="Haal het blok weg").click()
        expect(page.locator(".bm-blocks")).not_to_contain_text("Tot in de bib")
        seen.append(page.evaluate("window.stayed"))
        _leave(page)
        return seen

    assert chromium.run(write) == [["Tussentitel", "Openingsuren"], "op-b6", True]


def test_the_preview_changes_its_look_and_its_reader(
    chromium: Chromium, live_server: Any, stage: Stage
) -> None:
    def look(browser: Browser) -> list[str]:
        page = _enter(browser, live_server.url, stage)
        page.goto(f"{live_server.url}{stage.library_pages['newsletter-draft']}")
        frame = page.frame_locator("#voorbeeld iframe")
        expect(frame.get_by_text("Dag Noor")).to_be_visible()
        page.get_by_label("Toon de mail zoals deze persoon").select_option(
            label="Zoals iemand van 15 hem krijgt"
        )
        expect(frame.get_by_text("Dag lezer")).to_be_visible()
        page.get_by_role("link", name="Tekst", exact=True).click()
        expect(frame.locator("pre")).to_contain_text("Dag lezer")
        chosen = page.get_by_label("Toon de mail zoals deze persoon").input_value()
        _leave(page)
        return [chosen]

    assert chromium.run(look) == ["jongere"]


def test_rules_and_the_bridge_follow_each_other(chromium: Chromium, live_server: Any, stage: Stage) -> None:
    def narrow(browser: Browser) -> list[str]:
        page = _enter(browser, live_server.url, stage)
        page.goto(f"{live_server.url}{stage.library_pages['newsletter-everyone']}")
        before = page.locator("aside .bm-num").inner_text()
        page.get_by_label("Waarover gaat de nieuwe regel?").select_option(label="Vestiging")
        page.get_by_role("button", name="Voeg een regel toe").click()
        page.get_by_label("Velzeke").check()
        page.get_by_role("button", name="Bewaar de regel").click()
        expect(page.locator(".bm-rule")).to_contain_text("hoort bij vestiging Velzeke")
        after = page.locator("aside .bm-num").inner_text()
        page.get_by_role("button", name="Haal weg: hoort bij vestiging Velzeke").click()
        expect(page.locator(".bm-rule")).to_contain_text("Iedereen die je bib kent.")
        _leave(page)
        return [after, str(before != "0")]

    assert chromium.run(narrow) == ["0", "True"]


def test_a_newsletter_is_made_and_sent_without_a_script(
    chromium: Chromium, live_server: Any, stage: Stage
) -> None:
    def send(browser: Browser) -> str:
        page = _enter(browser, live_server.url, stage, has_scripts=False)
        page.goto(f"{live_server.url}{stage.library_pages['mails']}")
        page.get_by_role("button", name="Maak een nieuwsbrief").click()
        page.get_by_role("link", name="Bewerk Begroeting").click()
        page.get_by_label("Titel").fill("Dag [Voornaam]")
        page.get_by_role("button", name="Bewaar het blok").click()
        page.get_by_role("link", name="Kies wie hem krijgt").click()
        page.get_by_role("link", name="Naar versturen").click()
        count = page.locator("aside .bm-num").inner_text()
        page.get_by_label("om te bevestigen").fill(count)
        page.get_by_role("button", name="Verstuur de nieuwsbrief").click()
        page.wait_for_load_state()
        said = page.locator(".bm-say").inner_text()
        _leave(page)
        return said

    assert chromium.run(send).startswith("Wordt verstuurd sinds")
