"""Readers against the application's own pages: what they do there is what stands in its tables afterwards."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from pytest_django.live_server_helper import LiveServer

from bibmail.sandbox.esp.provider import Address
from bibmail.tenancy import acting_for, tokens
from bibmail.tenancy.models import Library
from bibmail.tenancy.tokens import Purpose
from campaigns.models import Message
from campaigns.tracking import inbox
from consent.models import Consent, MailPreference, Suppression
from members.models import Contact, Interest
from tests import factories
from tests.sandbox import esp_stage
from tests.sandbox.esp_stage import Sandbox, a_mail

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

# A mail of the library, a reader and what they are wont to do; what the ledger says of it.
Reading = Callable[..., dict[str, Any]]


@pytest.fixture
def message(zottegem: Library) -> Message:
    """A mail that Noor got, about the newsletter."""
    with acting_for(zottegem.pk):
        return factories.a_message(factories.a_reader(), topic="newsletter", state=Message.State.ACCEPTED)


@pytest.fixture
def sandbox(tmp_path: Path, live_server: LiveServer) -> Iterator[Sandbox]:
    """A sandbox whose application is the real one."""
    with esp_stage.sandbox(tmp_path, Address(live_server.url, settings.ESP_WEBHOOK_AUTH)) as found:
        yield found


@pytest.fixture
def read(sandbox: Sandbox, message: Message, live_server: LiveServer) -> Reading:
    def reading(**rates: float) -> dict[str, Any]:
        sandbox.rates(**rates)
        assert sandbox.send(a_letter(message, live_server.url)).status_code == 201
        sandbox.clock.pass_(days=3)
        sandbox.settle()
        return sandbox.book.happenings()[-1].detail

    return reading


def a_letter(message: Message, base: str) -> dict[str, Any]:
    assert message.recipient
    mine, public_id = message.library.pk, message.public_id
    preferences = tokens.for_contact(Purpose.PREFERENCES, library_id=mine, contact_id=message.recipient.pk)
    unsubscribe = tokens.for_message(Purpose.UNSUBSCRIBE, library_id=mine, public_id=public_id)
    why = tokens.for_message(Purpose.WHY, library_id=mine, public_id=public_id)
    paths = (f"v/{preferences}", f"u/{unsubscribe}", f"w/{why}")
    mac = tokens.message_mac(library_id=mine, public_id=str(public_id))
    return a_mail(
        to=[{"email": message.recipient.email_norm}],
        htmlContent="".join(f'<a href="{base}/{path}/">Hier</a>' for path in paths),
        headers={
            "List-Unsubscribe": f"<{base}/u/{unsubscribe}/>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "X-Mailin-custom": json.dumps({"m": str(public_id), "l": mine, "s": mac}),
        },
    )


def only(**wanted: float) -> dict[str, float]:
    return dict.fromkeys(("topic_off", "topic_on", "slow_down", "interest_studying"), 0) | {
        "preferences": 1,
        **wanted,
    }


def open_topics(contact: Contact | None) -> set[str]:
    assert contact
    with acting_for(contact.library.pk):
        return set(
            Consent.objects.filter(contact=contact, closed_at__isnull=True).values_list("code", flat=True)
        )


def test_a_topic_goes_off(read: Reading, message: Message) -> None:
    detail = read(**only(topic_off=1))

    assert (detail["changed"], detail["status"]) == ("newsletter", 200)
    assert open_topics(message.recipient) == set()


def test_a_topic_goes_on(read: Reading, message: Message) -> None:
    detail = read(**only(topic_on=1))

    assert open_topics(message.recipient) == {"newsletter", detail["changed"]}


def test_somebody_wants_less_mail(read: Reading, message: Message) -> None:
    read(**only(slow_down=1))

    with acting_for(message.library.pk):
        assert MailPreference.objects.get(contact=message.recipient).pace in {"week", "month"}


def test_somebody_comes_to_study(read: Reading, message: Message) -> None:
    read(**only(interest_studying=1))

    with acting_for(message.library.pk):
        assert Interest.objects.filter(contact=message.recipient, until__isnull=True).count() == 1


def test_one_click_ends_it(read: Reading, message: Message) -> None:
    assert read(unsubscribe=1) == {"one_click": True, "status": 200}

    assert open_topics(message.recipient) == set()


def test_a_scanner_changes_nothing(read: Reading, message: Message) -> None:
    assert read(scanner=1) == {"links": 3}

    assert open_topics(message.recipient) == {"newsletter"}


def test_a_webhook_reaches_the_message(read: Reading, message: Message) -> None:
    assert read()["status"] == 200

    assert inbox.process(at=esp_stage.NOON) == 1
    with acting_for(message.library.pk):
        assert Message.objects.get(pk=message.pk).delivery == Message.Delivery.DELIVERED


def test_a_bounce_ends_all_mail_to_that_address(read: Reading, message: Message) -> None:
    read(hard_bounce=1)

    inbox.process(at=esp_stage.NOON)

    with acting_for(message.library.pk):
        assert Suppression.objects.get().reason == Suppression.Reason.HARD_BOUNCE
