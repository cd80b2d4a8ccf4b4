"""The door for the ESP keeps what we read, answers quickly, and lets nobody else in."""

import json
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library
from campaigns.models import InboxEvent, Message
from campaigns.tracking import webhook
from tests import pages
from tests.campaigns.tracking.brevo import metadata, payload, post
from tests.factories import NOON, a_contact, a_message

pytestmark = pytest.mark.django_db


@pytest.fixture
def message(zottegem: Library) -> Message:
    with acting_for(zottegem.pk):
        return a_message(a_contact())


def test_it_keeps_what_we_read_and_nothing_that_tells_who(message: Message) -> None:
    status = post(payload(message, "delivered", NOON))

    body = InboxEvent.objects.get().body
    assert status == 200
    assert body == {
        "event": "delivered",
        "message-id": "<202610061200.1@relay.example.org>",
        "id": 26224,
        "ts_epoch": int(NOON.timestamp() * 1000),
        "reason": "550 no mailbox … here",
        "tags": ["welcome"],
        "X-Mailin-custom": metadata(message),
    }
    assert "example.be" not in json.dumps(body)


def test_a_list_is_one_row_an_event_in_one_insert(message: Message) -> None:
    with pages.at_most(2):  # the clock and the insert
        status = post([payload(message, "delivered", NOON), payload(message, "complaint", NOON)])

    assert (status, InboxEvent.objects.count()) == (200, 2)


@pytest.mark.parametrize("password", ["", "brevo:guess", "brevo", "é:ü"])
def test_without_the_password_nothing_is_kept(message: Message, password: str) -> None:
    assert post(payload(message, "delivered", NOON), password=password) == 401
    assert not InboxEvent.objects.exists()


@pytest.mark.parametrize("header", ["", "Basic", "Basic !!!", "Bearer abc", "Basic é"])
def test_a_header_that_is_none_is_no_password(message: Message, header: str) -> None:
    answer = Client().post(
        "/esp/brevo/", "{}", content_type="application/json", headers={"Authorization": header}
    )

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic")


def test_where_no_password_is_set_nobody_gets_in(message: Message, settings: LazySettings) -> None:
    settings.ESP_WEBHOOK_AUTH = ""

    assert post(payload(message, "delivered", NOON), password="") == 401


def test_it_takes_nothing_but_a_post(db: Any) -> None:
    assert Client().get("/esp/brevo/").status_code == 405


@pytest.mark.parametrize(
    "body", ["", "not json", "12", '"text"', "[1, 2]", "[" * 5000, "\xff\xfe".encode("latin1")]
)
def test_what_is_no_event_is_refused(db: Any, body: Any) -> None:
    assert post(body) == 400
    assert not InboxEvent.objects.exists()


def test_a_body_that_is_too_long_is_refused_before_it_is_read(db: Any) -> None:
    assert post(b" " * (webhook.MOST_BYTES + 1)) == 413


def test_characters_and_numbers_that_no_database_holds_do_no_harm(db: Any) -> None:
    body = (
        '{"event": "a\\u0000b\\ud800", "ts_epoch": 1e400, "id": NaN, "tags": [1, "x\\u0000"], "reason": {"a": 1},'
        ' "message-id": 7, "X-Mailin-custom": null}'
    )

    assert post(body) == 200
    assert InboxEvent.objects.get().body == {"event": "ab?", "tags": ["x"]}
