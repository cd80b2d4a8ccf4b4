"""A library's own sending account: set up by an admin, tried with the real sandbox, its keys never shown."""

import base64
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import AuditEntry, Library
from campaigns.delivery import accounts
from campaigns.models import SendingAccount
from tests import pages
from tests.campaigns.delivery import stage
from tests.sandbox import esp_stage

pytestmark = pytest.mark.django_db

KEY = "a-key-of-our-own"


@pytest.fixture
def sandbox(tmp_path: Path, settings: LazySettings) -> Iterator[esp_stage.Sandbox]:
    with (
        esp_stage.application() as application,
        esp_stage.sandbox(stage.folder_of(tmp_path), application) as found,
        stage.pointed_at(found, settings),
    ):
        yield found


def fill_in(client: Client, library: Library, kind: str, **values: str) -> int:
    answer = client.post(f"{pages.at(library, 'sending-account-change')}?soort={kind}", values)
    return answer.status_code


def tried(client: Client, library: Library) -> str:
    return client.post(pages.at(library, "sending-account-test"), follow=True).content.decode()


def brevo(sandbox: esp_stage.Sandbox, client: Client, library: Library, key: str = esp_stage.KEY) -> int:
    return fill_in(client, library, "brevo", url=f"{sandbox.url}/v3/", secret=key)


def test_an_account_is_used_from_then_on_and_its_key_never_shown(
    sandbox: esp_stage.Sandbox, zottegem: Library
) -> None:
    admin = pages.admin(zottegem)

    assert brevo(sandbox, admin, zottegem, KEY) == 302

    with acting_for(zottegem.pk):
        assert accounts.in_use().secret == KEY
        assert KEY not in str(SendingAccount.objects.get().secrets)
        assert [entry.detail for entry in AuditEntry.objects.filter(act="sending_account.added")] == [
            {"kind": "brevo"}
        ]
    shown = admin.get(pages.at(zottegem, "sending-account")).content.decode()
    form = admin.get(pages.at(zottegem, "sending-account-change") + "?soort=brevo").content.decode()
    assert "eigen account" in shown
    assert KEY not in shown + form


def test_a_key_left_empty_stays(sandbox: esp_stage.Sandbox, zottegem: Library) -> None:
    admin = pages.admin(zottegem)
    brevo(sandbox, admin, zottegem, KEY)

    assert brevo(sandbox, admin, zottegem, "") == 302
    with acting_for(zottegem.pk):
        assert accounts.in_use().secret == KEY


@pytest.mark.parametrize(("key", "words"), [(esp_stage.KEY, "laat ons binnen"), ("wrong", "niet binnen")])
def test_the_connection_is_really_tried(
    sandbox: esp_stage.Sandbox, zottegem: Library, key: str, words: str
) -> None:
    admin = pages.admin(zottegem)
    brevo(sandbox, admin, zottegem, key)

    assert words in tried(admin, zottegem)


def test_mailgun_lets_in_who_has_the_key_of_the_domain(sandbox: esp_stage.Sandbox, zottegem: Library) -> None:
    admin = pages.admin(zottegem)
    url, domain = f"{sandbox.url}/mailgun/v3", "mail.zottegem.example.be"
    sandbox.put(
        "domains", {"domain": domain, "api_key": KEY, "url": "http://127.0.0.1/", "signing_key": "sign"}
    )

    assert fill_in(admin, zottegem, "mailgun", url=url, domain=domain, secret=KEY, webhook="sign") == 302
    assert "laat ons binnen" in tried(admin, zottegem)
    assert fill_in(admin, zottegem, "mailgun", url=url, domain="other.example.be") == 302
    assert "niet binnen" in tried(admin, zottegem)


def test_a_server_that_is_not_there_is_told_and_another_server_needs_the_password(zottegem: Library) -> None:
    admin = pages.admin(zottegem)
    values = {"host": "localhost", "port": "2525", "security": "smtp+tls", "user": "bib"}

    assert fill_in(admin, zottegem, "smtp", **values, secret="x") == 302
    assert "antwoordt niet" in tried(admin, zottegem)
    assert fill_in(admin, zottegem, "smtp", **values | {"host": "smtp.example.org"}) == 422


@pytest.mark.parametrize("host", ["127.0.0.1", "https://x.be", "[::1]", "a b"])
def test_a_server_has_a_name(zottegem: Library, host: str) -> None:
    values = {"host": host, "port": "587", "security": "smtp+tls", "user": "bib", "secret": "x"}

    assert fill_in(pages.admin(zottegem), zottegem, "smtp", **values) == 422


def test_only_known_places_get_a_key(sandbox: esp_stage.Sandbox, zottegem: Library) -> None:
    assert (
        fill_in(pages.admin(zottegem), zottegem, "brevo", url="https://evil.example.org/", secret=KEY) == 422
    )


def test_the_password_of_the_webhooks_is_shown_once_and_opens_the_inbox(
    sandbox: esp_stage.Sandbox, zottegem: Library
) -> None:
    admin = pages.admin(zottegem)
    brevo(sandbox, admin, zottegem)

    html = admin.post(pages.at(zottegem, "sending-account-webhook")).content.decode()

    found = re.search(r"bibmail:[\w-]+", html)
    address = re.search(r"/esp/brevo/\d+/[0-9a-f-]+/", html)
    assert found
    assert address
    assert found[0] not in admin.get(pages.at(zottegem, "sending-account")).content.decode()
    vouched = f"Basic {base64.b64encode(found[0].encode()).decode()}"
    answer = Client().post(
        address[0], "{}", content_type="application/json", headers={"Authorization": vouched}
    )
    assert answer.status_code != 401


def test_back_to_the_network_is_asked_first(sandbox: esp_stage.Sandbox, zottegem: Library) -> None:
    admin = pages.admin(zottegem)
    brevo(sandbox, admin, zottegem)
    leave = pages.at(zottegem, "sending-account-leave")

    assert "Terug naar het account van het netwerk?" in admin.get(leave).content.decode()
    admin.post(leave)

    with acting_for(zottegem.pk):
        assert accounts.in_use().code == "network"
        old = SendingAccount.objects.get()
        found = accounts.named(old.code)
        assert found
        assert found.secret == esp_stage.KEY


def test_only_admins_come_here(zottegem: Library) -> None:
    editor = pages.editor(zottegem)

    assert editor.get(pages.at(zottegem, "sending-account")).status_code == 403
    assert fill_in(editor, zottegem, "brevo", url="x", secret="y") == 403
    for name in ("sending-account-test", "sending-account-webhook", "sending-account-leave"):
        assert editor.post(pages.at(zottegem, name)).status_code == 403


def test_the_page_asks_little(zottegem: Library) -> None:
    admin = pages.admin(zottegem)

    with pages.at_most(12):
        admin.get(pages.at(zottegem, "sending-account"))
