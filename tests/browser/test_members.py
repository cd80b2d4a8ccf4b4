"""Pages of readers in a real browser: with a script and without one, light and dark, on a phone."""

from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.conftest import Chromium
from tests.browser.test_walk import SIZES, Walker
from tests.browser_stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize(("width", "theme"), SIZES)
def test_every_page_of_a_reader_is_calm_and_accessible(
    chromium: Chromium, live_server: Any, stage: Stage, width: int, theme: Literal["light", "dark"]
) -> None:
    def walk(browser: Browser) -> list[str]:
        walker = Walker(browser, live_server.url, width, theme)
        for name, address in stage.member_pages.items():
            walker.see(name, address)
        walker.close()
        return walker.complaints

    assert chromium.run(walk) == []


def _enter(browser: Browser, base: str, address: str, *, has_scripts: bool) -> Page:
    context = browser.new_context(
        viewport=ViewportSize(width=390, height=844), locale="nl-BE", java_script_enabled=has_scripts
    )
    page = context.new_page()
    page.goto(f"{base}{address}")
    return page


def test_a_switch_saves_itself_at_once_and_stays_where_it_is(
    chromium: Chromium, live_server: Any, stage: Stage
) -> None:
    def choose(browser: Browser) -> list[Any]:
        page = _enter(browser, live_server.url, stage.member_pages["member-preferences"], has_scripts=True)
        seen: list[Any] = [page.url.removeprefix(live_server.url)]
        for label in ("Activiteiten en voorleesuurtjes", "Nieuwe aanwinsten en leestips"):
            page.get_by_role("switch", name=label).click()
        expect(page.get_by_role("status")).to_contain_text("‘Nieuwe aanwinsten en leestips’")
        seen.append(page.get_by_role("button", name="Bewaar waarover").is_visible())
        page.get_by_role("switch", name="Meten waarop ik klik").click()
        expect(page.get_by_role("status")).to_contain_text("‘Meten waarop ik klik’ staat aan.")
        seen.append(page.get_by_role("status").bounding_box())
        seen.append(page.evaluate("document.activeElement.id"))
        page.get_by_role("button", name="Maak ongedaan").click()
        expect(page.get_by_role("status")).to_contain_text("‘Meten waarop ik klik’ staat uit.")
        page.reload()
        seen += [
            page.locator(f"#{code}").is_checked()
            for code in ("topic-events", "topic-new_acquisitions", "use-measure_clicks")
        ]
        page.context.close()
        return seen

    address, button, note, focused, *switches = chromium.run(choose)

    assert address == "/v/"
    assert not button
    # In sight, though the switch stands far below.
    assert 0 <= note["y"] < 800
    assert focused == "use-measure_clicks"
    assert switches == [True, True, False]


def test_without_a_script_a_button_saves(chromium: Chromium, live_server: Any, stage: Stage) -> None:
    def choose(browser: Browser) -> list[Any]:
        page = _enter(browser, live_server.url, stage.member_pages["member-preferences"], has_scripts=False)
        page.get_by_role("switch", name="Activiteiten en voorleesuurtjes").check()
        page.get_by_role("button", name="Bewaar waarover ik mails wil").click()
        first = page.get_by_role("status").inner_text()
        page.get_by_role("button", name="Maak ongedaan").click()
        second = page.get_by_role("status").inner_text()
        page.get_by_role("button", name="Stop alle mails").click()
        third = page.get_by_role("status").inner_text()
        page.context.close()
        return [first, second, third]

    on, off, stopped = chromium.run(choose)

    assert "Je krijgt voortaan mails over ‘Activiteiten en voorleesuurtjes’." in on
    assert "Je krijgt geen mails meer over ‘Activiteiten en voorleesuurtjes’." in off
    assert "behalve berichten over je lidmaatschap" in stopped


def test_who_follows_the_link_unsubscribes_with_one_button(
    chromium: Chromium, live_server: Any, stage: Stage
) -> None:
    def leave(browser: Browser) -> str:
        page = _enter(browser, live_server.url, stage.member_pages["member-unsubscribe"], has_scripts=True)
        page.get_by_role("button", name="Stop deze mails").click()
        words = page.get_by_role("main").inner_text()
        page.context.close()
        return words

    assert "Je bent uitgeschreven" in chromium.run(leave)
