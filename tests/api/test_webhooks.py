"""Endpoints hear what happened: signed, again when they are down, and never more than is theirs to know."""

import base64
import hashlib
import hmac
import json
import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db.models import F

from bibmail.api import actions, calling, outbox, retention, sender
from bibmail.api.models import EventKind, WebhookDelivery, WebhookEndpoint
from bibmail.tenancy import acting_for
from bibmail.tenancy.models import AuditEntry, Library
from tests import factories
from tests.api import receiver as receivers
from tests.api.receiver import Heard, Receiver
from tests.factories import NOON

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receivers.listening() as found:
        yield found


class Hook:
    """A library with one endpoint."""

    def __init__(self, url: str, *, slug: str = "zottegem") -> None:
        self.library = factories.a_library(slug=slug)
        self.user = factories.a_user()
        with acting_for(self.library.pk):
            self.endpoint, self.secret = actions.add_webhook(
                url=url, events=[EventKind.CONSENT_CHANGED], by=self.user, at=NOON
            )

    def happens(self, count: int = 1) -> None:
        with acting_for(self.library.pk):
            for _ in range(count):
                factories.a_consent(factories.a_contact())

    def send(self) -> int:
        return sender.send(library_id=self.library.pk)

    def later(self, **time_that_passes: float) -> None:
        """As if so much time went by."""
        passed = timedelta(**time_that_passes)
        with acting_for(self.library.pk):
            for delivery in WebhookDelivery.objects.all():
                WebhookDelivery.objects.filter(pk=delivery.pk).update(
                    next_try_at=delivery.next_try_at - passed,
                    leased_until=delivery.leased_until and delivery.leased_until - passed,
                )
            for endpoint in WebhookEndpoint.objects.exclude(failing_since=None):
                assert endpoint.failing_since
                WebhookEndpoint.objects.update(failing_since=endpoint.failing_since - passed)
            WebhookEndpoint.objects.exclude(former_until=None).update(former_until=F("former_until") - passed)

    def rows(self, *columns: str) -> list[Any]:
        with acting_for(self.library.pk):
            return list(WebhookDelivery.objects.order_by("pk").values_list(*columns))

    def state(self) -> str:
        with acting_for(self.library.pk):
            return WebhookEndpoint.objects.get().state


def signature(secret: str, heard: Heard) -> str:
    """As a receiver would make it, with nothing of ours."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = b".".join(
        [heard.headers["webhook-id"].encode(), heard.headers["webhook-timestamp"].encode(), heard.body]
    )
    return f"v1,{base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()}"


def test_a_message_arrives_with_a_signature_that_a_receiver_can_check(receiver: Receiver) -> None:
    hook = Hook(receiver.url)
    hook.happens()

    assert hook.send() == 1

    (heard,) = receiver.heard
    assert heard.headers["webhook-signature"] == signature(hook.secret, heard)
    assert abs(int(heard.headers["webhook-timestamp"]) - time.time()) < 60
    assert heard.path == "/haak?bib=1"
    assert json.loads(heard.body)["type"] == "consent.changed"
    assert hook.rows("state", "status") == [("delivered", 204)]


def test_the_secret_is_not_readable_where_it_is_kept(receiver: Receiver) -> None:
    hook = Hook(receiver.url)

    assert hook.secret.removeprefix("whsec_") not in hook.endpoint.sealed_secret


def test_for_a_day_the_former_secret_signs_beside_the_new_one(receiver: Receiver) -> None:
    hook = Hook(receiver.url)
    with acting_for(hook.library.pk):
        new = actions.renew_secret(endpoint=hook.endpoint, by=hook.user, at=NOON).shown

    hook.happens()
    hook.send()
    hook.later(hours=24.1)
    hook.happens()
    hook.send()

    within, after = receiver.heard
    assert within.headers["webhook-signature"].split(" ") == [
        signature(new, within), signature(hook.secret, within)
    ]  # fmt: skip
    assert after.headers["webhook-signature"] == signature(new, after)
    with acting_for(hook.library.pk):
        assert AuditEntry.objects.filter(act="webhook.secret_renewed", subject_id=hook.endpoint.pk).exists()
        retention.forget()
        endpoint = WebhookEndpoint.objects.get()
        assert (endpoint.former_secret, endpoint.former_until) == ("", None)


def test_a_second_new_secret_ends_the_oldest_at_once(receiver: Receiver) -> None:
    hook = Hook(receiver.url)
    with acting_for(hook.library.pk):
        second, third = (
            actions.renew_secret(endpoint=hook.endpoint, by=hook.user, at=NOON).shown for _ in range(2)
        )

    hook.happens()
    hook.send()

    (heard,) = receiver.heard
    expected = f"{signature(third, heard)} {signature(second, heard)}"
    assert heard.headers["webhook-signature"] == expected


@pytest.mark.parametrize("status", [500, 404, 302])
def test_another_answer_than_2xx_is_a_failure_and_comes_again_later(receiver: Receiver, status: int) -> None:
    with receivers.listening() as elsewhere:
        receiver.status, receiver.headers = status, {"Location": elsewhere.url}
        hook = Hook(receiver.url)
        hook.happens()

        assert [hook.send(), hook.send()] == [0, 0]
        receiver.status = 200
        hook.later(minutes=2.1)
        assert hook.send() == 1

    assert elsewhere.heard == []
    assert len({heard.headers["webhook-id"] for heard in receiver.heard}) == 1
    assert hook.rows("state", "tries_count", "status") == [("delivered", 2, 200)]


def test_after_five_more_tries_it_is_given_up_and_a_colleague_can_replay_it(receiver: Receiver) -> None:
    receiver.status = 500
    hook = Hook(receiver.url)
    hook.happens()

    for minutes in (0, 2, 3, 6, 10, 15, 60):
        hook.later(minutes=minutes + 0.1)
        hook.send()

    assert len(receiver.heard) == 6
    assert hook.rows("state", "status") == [("failed", 500)]
    receiver.status = 200
    with acting_for(hook.library.pk):
        actions.replay(delivery=WebhookDelivery.objects.get(), by=hook.user, at=NOON)
    assert hook.send() == 1
    assert len({heard.headers["webhook-id"] for heard in receiver.heard}) == 1


def test_who_is_down_is_knocked_at_once_a_ring(receiver: Receiver) -> None:
    receiver.status = 503
    hook = Hook(receiver.url)
    hook.happens(20)

    hook.send()

    assert len(receiver.heard) == 1
    assert hook.rows("leased_until") == [(None,)] * 20
    receiver.status = 200
    hook.later(minutes=2.1)
    assert hook.send() == 20


def test_a_slow_receiver_gets_its_seconds_and_no_more(receiver: Receiver, settings: LazySettings) -> None:
    settings.WEBHOOK_SECONDS = 0.3
    receiver.seconds = 1
    hook = Hook(receiver.url)
    hook.happens()

    hook.send()

    assert hook.rows("state", "fault") == [("waiting", "timeout")]


def test_a_receiver_that_answers_in_drops_is_left_in_time(receiver: Receiver, settings: LazySettings) -> None:
    settings.WEBHOOK_SECONDS = 0.5
    receiver.drips = True
    hook = Hook(receiver.url)
    hook.happens()
    began = time.monotonic()

    hook.send()

    assert time.monotonic() - began < 3
    assert hook.rows("fault") == [("timeout",)]


def test_a_closed_port_is_no_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    hook = Hook(f"http://127.0.0.1:{port}/")
    hook.happens()

    hook.send()

    assert hook.rows("state", "fault", "status") == [("waiting", "no_connection", None)]


def test_after_a_day_without_a_success_an_endpoint_is_switched_off_and_keeps_what_waits(
    receiver: Receiver,
) -> None:
    receiver.status = 500
    hook = Hook(receiver.url)
    hook.happens(2)
    hook.send()
    hook.later(hours=25)

    hook.send()
    hook.later(hours=1)
    hook.happens()
    hook.send()

    assert hook.state() == "disabled"
    assert len(receiver.heard) == 2
    with acting_for(hook.library.pk):
        assert AuditEntry.objects.filter(act="webhook.disabled").count() == 1
        actions.resume_webhook(endpoint=WebhookEndpoint.objects.get(), by=hook.user, at=NOON)
    receiver.status = 200
    assert hook.send() == 3


def test_a_paused_endpoint_is_not_called_and_hears_it_later(receiver: Receiver) -> None:
    hook = Hook(receiver.url)
    with acting_for(hook.library.pk):
        actions.pause_webhook(endpoint=hook.endpoint, by=hook.user, at=NOON)
    hook.happens()
    assert hook.send() == 0

    with acting_for(hook.library.pk):
        actions.resume_webhook(endpoint=hook.endpoint, by=hook.user, at=NOON)

    assert hook.send() == 1


def test_one_library_never_sends_what_happened_at_another(receiver: Receiver) -> None:
    zottegem = Hook(receiver.url)
    with receivers.listening() as elsewhere:
        aalst = Hook(elsewhere.url, slug="aalst")
        zottegem.happens()

        assert [aalst.send(), zottegem.send()] == [0, 1]
        assert elsewhere.heard == []


def test_a_secret_of_another_library_or_a_broken_one_is_not_used(receiver: Receiver) -> None:
    zottegem, aalst = Hook(receiver.url), Hook(receiver.url, slug="aalst")
    with acting_for(aalst.library.pk):
        WebhookEndpoint.objects.update(sealed_secret=zottegem.endpoint.sealed_secret)
    aalst.happens()

    aalst.send()

    assert aalst.rows("fault") == [("no_secret",)]
    assert receiver.heard == []


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.8", "192.168.1.1", "172.16.0.1", "169.254.169.254", "0.0.0.0", "100.64.0.1",
        "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "::ffff:127.0.0.1",
        "::ffff:169.254.169.254", "2002:7f00:1::", "64:ff9b::7f00:1", "ff02::1", "fe80::1%eth0", "onzin",
    ],
)  # fmt: skip
def test_in_production_no_address_of_ours_is_called(settings: LazySettings, address: str) -> None:
    settings.IN_PRODUCTION = True

    assert not calling.may_be_called(address)


def test_in_production_a_public_address_is_called(settings: LazySettings) -> None:
    settings.IN_PRODUCTION = True

    assert calling.may_be_called("193.190.198.27")
    assert calling.may_be_called("2a00:1450:4013:c1a::5e")


def test_outside_production_only_this_machine_is_called() -> None:
    assert calling.may_be_called("127.0.0.1")
    assert not calling.may_be_called("193.190.198.27")


@pytest.mark.parametrize(
    "url",
    [
        "https://2130706433/", "https://0x7f000001/", "https://127.1/", "https://localhost/", "https://[::1]/",
        "https://0177.0.0.1/",
    ],
)  # fmt: skip
def test_in_production_another_spelling_of_this_machine_is_still_this_machine(
    settings: LazySettings, url: str
) -> None:
    settings.IN_PRODUCTION = True

    with pytest.raises(calling.NotAllowed):
        calling.resolve(url)


def test_a_name_with_one_private_address_is_not_called(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.IN_PRODUCTION = True
    both = [(2, 1, 6, "", ("193.190.198.27", 443)), (2, 1, 6, "", ("10.0.0.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)

    with pytest.raises(calling.NotAllowed, match="not_public"):
        calling.resolve("https://haak.example.be/")


def test_a_name_is_looked_up_once_and_the_call_goes_there(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    lookups: list[str] = []
    look_up = socket.getaddrinfo
    port = int(receiver.url.split(":")[2].split("/")[0])

    def answers_differently_each_time(host: str, *rest: Any, **named: Any) -> Any:
        if host == "haak.example.be":
            lookups.append(host)
            address = "127.0.0.1" if len(lookups) == 1 else "10.0.0.1"
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]
        return look_up(host, *rest, **named)

    monkeypatch.setattr(socket, "getaddrinfo", answers_differently_each_time)
    place = calling.resolve(f"http://haak.example.be:{port}/")

    answer = calling.post(place, b"{}", {}, seconds=2)

    assert (answer.status, lookups) == (204, ["haak.example.be"])
    assert receiver.heard[0].headers["host"] == f"haak.example.be:{port}"


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://haak.example.be/", "not_https"), ("ftp://haak.example.be/", "not_https"), ("file:///etc", "bad_url"),
        ("https://u:p@haak.example.be/", "bad_url"), ("https://haak.example.be/#x", "bad_url"),
        ("https:///p", "bad_url"), ("https://haak.example.be:0/", "bad_url"), ("https://x.example.be:x/", "bad_url"),
        ("https://haak.example.be/\r\nX: y", "bad_url"), ("haak", "bad_url"), ("https://[::1", "bad_url"),
    ],
)  # fmt: skip
def test_in_production_these_are_no_endpoints(settings: LazySettings, url: str, why: str) -> None:
    settings.IN_PRODUCTION = True

    with pytest.raises(calling.NotAllowed, match=why):
        calling.parts(url)


def test_messages_go_after_thirty_days(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        endpoint = actions.add_webhook(
            url="http://127.0.0.1:9/", events=[], by=factories.a_user(), at=NOON
        ).endpoint
        old, new = (actions.test_webhook(endpoint=endpoint, by=factories.a_user(), at=NOON) for _ in range(2))
        WebhookDelivery.objects.filter(pk=old.pk).update(created_at=old.created_at - timedelta(days=31))

        assert retention.forget().deliveries == 1
        assert WebhookDelivery.objects.get() == new
        assert outbox.endpoints_due() == [endpoint.pk]
