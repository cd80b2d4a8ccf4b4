"""The inbox of the sandbox, walked as the other pages are."""

from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Chromium
from tests.browser.test_walk import SIZES, Walker
from tests.sandbox import esp_stage

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGES = {
    "inbox": "/",
    "inbox-nothing": "/?q=niemand",
    "inbox-mail": "/mail/1/",
    "inbox-text": "/mail/1/?toon=tekst",
    "inbox-headers": "/mail/1/?toon=kop",
    "inbox-story": "/mail/1/?toon=verloop",
    "inbox-missing": "/mail/7/",
}


@pytest.mark.parametrize(("width", "theme"), SIZES)
def test_every_page_of_the_inbox(
    chromium: Chromium, tmp_path: Path, width: int, theme: Literal["light", "dark"]
) -> None:
    def walk(browser: Browser) -> list[str]:
        walker = Walker(browser, sandbox.url, width, theme)
        for name, address in PAGES.items():
            walker.see(name, address)
        walker.close()
        return walker.complaints

    with esp_stage.application() as application, esp_stage.sandbox(tmp_path, application) as sandbox:
        long = "a" * 60
        sandbox.send(esp_stage.a_mail(headers={"List-Unsubscribe": f"<{application.url}/u/{long}/>"}))
        sandbox.settle()
        complaints = chromium.run(walk)

    assert complaints == []
