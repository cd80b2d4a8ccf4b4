"""A visitor signs up on the library's own site, confirms from their mailbox, and stands on the list."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from django.conf import LazySettings
from django.urls import reverse
from playwright.sync_api import Browser, Page

from bibmail.sandbox import own_matters
from bibmail.sandbox.esp.provider import Address
from bibmail.tenancy import acting_for, clock
from bibmail.tenancy.models import Library
from campaigns import confirmations
from campaigns.models import SendingSettings
from consent.models import SignupForm
from members.models import ContactList
from tests import factories
from tests.browser.conftest import Chromium
from tests.browser.test_walk import Walker
from tests.browser_stage import PASSWORD
from tests.campaigns.delivery.stage import pointed_at
from tests.sandbox import esp_stage
from tests.sandbox.esp_stage import Sandbox

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PUBLIC = "/aanmelden/zottegem/blijf-op-de-hoogte/"


@pytest.fixture
def library(transactional_db: Any) -> Library:
    """A library with the lists and the form of the demo, that writes to everybody."""
    found = factories.a_library(slug="zottegem", name="Bib Zottegem", state=Library.State.LIVE)
    user = factories.a_user(email="els@example.be", name="Els Verhaeghe", password=PASSWORD)
    factories.a_role(found, user=user)
    with acting_for(found.pk):
        own_matters.prepare(at=clock.now())
        SendingSettings.objects.create(is_trial=False)
    return found


@pytest.fixture
def sandbox(tmp_path: Path, live_server: Any, settings: LazySettings) -> Iterator[Sandbox]:
    """A mail provider that takes mail over real HTTP and shows it in an inbox."""
    settings.BASE_URL = live_server.url
    with (
        esp_stage.sandbox(tmp_path, Address(live_server.url, settings.ESP_WEBHOOK_AUTH)) as found,
        pointed_at(found, settings),
    ):
        yield found


def ids(library: Library) -> tuple[int, int]:
    with acting_for(library.pk):
        return SignupForm.objects.get().pk, ContactList.objects.get(name="Vrijwilligers").pk


def fill_in(page: Page, address: str) -> None:
    """As a person does: type, tick, and take the seconds that a person takes."""
    page.goto(address)
    page.get_by_label("E-mailadres").fill("noor@example.be")
    page.get_by_label("Voornaam").fill("Noor")
    page.get_by_label("Naam", exact=False).nth(1).fill("Lemmens")
    page.locator("[name=topics]").first.check()
    page.get_by_label("Vrijwilligers").check()
    page.wait_for_timeout(3_200)


def link_in(page: Page) -> str:
    """Where the button in the mail that is open leads; in the frame that is filled without scrolling to it."""
    mail = page.frame_locator("iframe[src='html?kleur=licht']")
    return str(mail.locator("a[href*='/aanmelden/']").first.get_attribute("href"))


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (390, "dark"), (390, "light")])
def test_from_a_form_to_a_list(
    chromium: Chromium,
    live_server: Any,
    sandbox: Sandbox,
    library: Library,
    width: int,
    theme: Literal["light", "dark"],
) -> None:
    form_id, list_id = ids(library)

    def ask(browser: Browser) -> Walker:
        walker = Walker(browser, live_server.url, width, theme)
        walker.see("signup-1-public", PUBLIC)
        fill_in(walker.page, f"{live_server.url}{PUBLIC}")
        walker.judge("signup-2-filled")
        walker.page.get_by_role("button", name="Meld je aan").click()
        walker.page.get_by_role("heading", name="Kijk in je mailbox").wait_for()
        walker.judge("signup-3-look")
        return walker

    walker = chromium.run(ask)
    # What a worker does when the bell rings.
    sent = confirmations.send_waiting(library_id=library.pk, at=clock.now())
    sandbox.settle()

    def confirm(_browser: Browser) -> None:
        page = walker.page
        page.goto(f"{sandbox.url}/mail/1/")
        page.goto(link_in(page))
        walker.judge("signup-4-confirm")
        page.get_by_role("button", name="Ja, dat klopt").click()
        page.get_by_role("heading", name="Je bent aangemeld").wait_for()
        walker.judge("signup-5-done")

    chromium.run(confirm)

    def look(_browser: Browser) -> tuple[str, list[str]]:
        walker.log_in("els@example.be")
        walker.see("signup-6-form", reverse("library:signup-form", args=["zottegem", form_id]))
        walker.see("signup-7-list", reverse("library:list", args=["zottegem", list_id]))
        words = walker.page.get_by_role("main").inner_text()
        walker.page.get_by_role("link", name="Noor Lemmens").click()
        walker.page.get_by_role("heading", name="Hoe we deze persoon kennen").wait_for()
        walker.judge("signup-8-person")
        walker.page.get_by_role("link", name="Relaties").click()
        walker.judge("signup-9-relations")
        walker.close()
        return words, walker.complaints

    words, complaints = chromium.run(look)

    assert sent == 1
    assert "Noor Lemmens" in words
    assert complaints == []


def test_a_button_copies_what_goes_on_the_site_and_says_so(
    chromium: Chromium, live_server: Any, library: Library
) -> None:
    form_id, _list_id = ids(library)

    def drive(browser: Browser) -> tuple[str, str, str, list[str]]:
        walker = Walker(browser, live_server.url, 1280, "light")
        walker.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        walker.log_in("els@example.be")
        walker.see("signup-embed", reverse("library:signup-form", args=["zottegem", form_id]))
        walker.page.get_by_role("button", name="Kopieer het veld en de knop").click()
        told = walker.page.get_by_text("Gekopieerd")
        told.wait_for()
        copied = walker.page.evaluate("navigator.clipboard.readText()")
        shown = walker.page.get_by_label("Alleen een veld en een knop").input_value()
        live = told.get_attribute("aria-live")
        walker.close()
        return json.dumps(copied), json.dumps(shown), str(live), walker.complaints

    copied, shown, live, complaints = chromium.run(drive)

    assert copied == shown
    assert (live, complaints) == ("polite", [])


def test_without_a_script_the_text_is_there_to_select(
    chromium: Chromium, live_server: Any, library: Library
) -> None:
    form_id, _list_id = ids(library)

    def drive(browser: Browser) -> tuple[str, int]:
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(f"{live_server.url}/account/login/")
        page.get_by_label("E-mail").fill("els@example.be")
        page.get_by_label("Wachtwoord", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Meld je aan").click()
        page.goto(f"{live_server.url}{reverse('library:signup-form', args=['zottegem', form_id])}")
        snippet = page.get_by_label("Alleen een veld en een knop").input_value()
        buttons = page.get_by_role("button", name="Kopieer").count()
        context.close()
        return snippet, buttons

    snippet, buttons = chromium.run(drive)

    assert "<form action=" in snippet
    assert buttons == 0
