"""Walk every page as a person does: at a desk and on a phone, light and dark; with axe as the inspector."""

import os
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from tests.browser.conftest import AXE, Chromium
from tests.browser_stage import PASSWORD, Stage

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SIZES = [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Where pictures of each page are kept, for people to look at; nothing without the variable.
PICTURES = os.environ.get("BIBMAIL_SCREENSHOTS")

ENTRANCE = {
    "login": "/account/login/",
    "signup-closed": "/account/signup/",
    "password-reset": "/account/password/reset/",
    "password-reset-done": "/account/password/reset/done/",
    "password-key-done": "/account/password/reset/key/done/",
    "password-key-bad": "/account/password/reset/key/1-bad-key/",
    "inactive": "/account/inactive/",
    "not-found": "/bestaat-niet/",
}
ACCOUNT = {
    "logout": "/account/logout/",
    "password-change": "/account/password/change/",
    "reauthenticate": "/account/reauthenticate/",
    "mfa": "/account/2fa/",
    "mfa-activate": "/account/2fa/totp/activate/",
}


class Walker:
    """One visitor: remembers what the console said, and judges each page it sees."""

    def __init__(self, browser: Browser, base: str, width: int, theme: Literal["light", "dark"]) -> None:
        size = ViewportSize(width=width, height=900 if width > 500 else 844)
        self._context = browser.new_context(viewport=size, color_scheme=theme, locale="nl-BE")
        self.page: Page = self._context.new_page()
        self._base, self._mark, self.complaints = base, f"{width}-{theme}", list[str]()
        self._here = ""
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self._complain(f"script: {error}"))

    def _hear(self, message: Any) -> None:
        # A refused page is an answer, not a fault; Chromium logs it as one.
        if message.type == "error" and "the server responded with a status of 40" not in message.text:
            self._complain(f"console: {message.text}")

    def _complain(self, words: str) -> None:
        self.complaints.append(f"{self._here} ({self._mark}) {words}")

    def log_in(self, email: str) -> None:
        self.page.goto(f"{self._base}/account/login/")
        self.page.get_by_label("E-mail").fill(email)
        self.page.get_by_label("Wachtwoord", exact=True).fill(PASSWORD)
        self.page.get_by_role("button", name="Meld je aan").click()
        self.page.wait_for_load_state()

    def see(self, name: str, address: str) -> None:
        self._here = name
        self.page.goto(f"{self._base}{address}")
        if "/reauthenticate/" in self.page.url and name != "reauthenticate":
            self.page.get_by_label("Wachtwoord", exact=True).fill(PASSWORD)
            self.page.get_by_role("button", name="Ga verder").click()
            self.page.wait_for_load_state()
        self.judge(name)

    def judge(self, name: str) -> None:
        """No sideways scroll, nothing for axe to say; keeps a picture where one is asked for."""
        self._here = name
        for details in self.page.locator("main details").all():
            details.evaluate("element => { element.open = true }")
        if self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            self._complain("scrolls sideways")
        self.page.evaluate(AXE.read_text("utf-8"))
        found = self.page.evaluate(
            "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", RULES
        )
        for violation in found["violations"]:
            targets = "; ".join(str(node["target"]) for node in violation["nodes"][:4])
            self._complain(f"axe {violation['id']}: {violation['help']} at {targets}")
        if PICTURES:
            folder = Path(PICTURES)
            folder.mkdir(parents=True, exist_ok=True)
            for details in self.page.locator("main details").all():
                details.evaluate("element => { element.open = false }")
            self.page.screenshot(path=folder / f"{name}-{self._mark}.png", full_page=True)

    def close(self) -> None:
        self._context.close()


@pytest.mark.parametrize(("width", "theme"), SIZES)
def test_every_page_is_calm_and_accessible(
    chromium: Chromium, live_server: Any, stage: Stage, width: int, theme: Literal["light", "dark"]
) -> None:
    def walk(browser: Browser) -> list[str]:
        complaints = []
        for email, pages in [
            ("", ENTRANCE),
            (stage.admin.email, ACCOUNT | stage.library_pages),
            (
                stage.reader.email,
                {"reader-hours": stage.library_pages["hours"], "refused": stage.library_pages["audit"]},
            ),
            (
                stage.network.email,
                {
                    "network": "/netwerk/",
                    "network-mails": "/netwerk/?toon=mails",
                    "network-sending": "/netwerk/verzending/",
                    "choose": "/?kies",
                },
            ),
            (stage.newcomer.email, {"no-library": "/"}),
        ]:
            walker = Walker(browser, live_server.url, width, theme)
            if email:
                walker.log_in(email)
            for name, address in pages.items():
                walker.see(name, address)
            complaints += walker.complaints
            walker.close()
        return complaints

    assert chromium.run(walk) == []
