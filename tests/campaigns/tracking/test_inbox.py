"""What news does to messages and people: the same in any order and however often it is told."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library
from campaigns.models import InboxEvent, Message, MessageEvent, Submission
from campaigns.tracking import inbox, webhook
from consent.models import Suppression
from members.models import Contact, ContactChange
from tests.campaigns.tracking.brevo import metadata, payload
from tests.factories import NOON, a_contact, a_mailing, a_message

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(days=20)
ADDRESS = "1" * 32


def noor(**fields: Any) -> Contact:
    return a_contact(email="n@example.be", email_norm="n@example.be", recipient_hash=ADDRESS, **fields)


def tell(*bodies: dict[str, Any]) -> None:
    rows = [webhook._only_what_we_read(body) for body in bodies]
    inbox.receive("brevo", rows, at=LATER)


def told(library: Library, *bodies: dict[str, Any]) -> None:
    tell(*bodies)
    inbox.process(at=LATER)


@pytest.fixture
def message(zottegem: Library) -> Message:
    with acting_for(zottegem.pk):
        return a_message(noor(), state="accepted", accepted_at=NOON)


def now(message: Message) -> Message:
    with acting_for(message.library_id or 0):
        return Message.objects.get(pk=message.pk)


def stops(library: Library) -> list[tuple[str, str, str]]:
    with acting_for(library.pk):
        return list(Suppression.objects.order_by("pk").values_list("scope", "reach", "reason"))


def test_a_delivery_is_kept_and_the_row_goes(zottegem: Library, message: Message) -> None:
    told(zottegem, payload(message, "delivered", NOON))

    found = now(message)
    assert (found.delivery, found.delivered_at) == (Message.Delivery.DELIVERED, NOON)
    assert found.esp_message_id == "<202610061200.1@relay.example.org>"
    assert not InboxEvent.objects.exists()
    with acting_for(zottegem.pk):
        event = MessageEvent.objects.get()
    assert (event.kind, event.at, event.detail) == ("delivered", NOON, "550 no mailbox … here")


def test_delivery_only_goes_up(zottegem: Library, message: Message) -> None:
    told(zottegem, payload(message, "hard_bounce", NOON))
    told(zottegem, payload(message, "delivered", NOON + timedelta(seconds=5)))

    assert now(message).delivery == Message.Delivery.HARD_BOUNCE


def test_a_hard_bounce_stops_all_mail_to_the_address(zottegem: Library, message: Message) -> None:
    with acting_for(zottegem.pk):
        housemate = noor()

    told(zottegem, payload(message, "hard_bounce", NOON))

    assert stops(zottegem) == [("address", "all", "hard_bounce")]
    with acting_for(zottegem.pk):
        heard = set(ContactChange.objects.values_list("contact_id", flat=True))
    assert heard == {message.recipient_id, housemate.pk}


def test_a_complaint_stops_marketing_and_leaves_service_mail(zottegem: Library, message: Message) -> None:
    told(zottegem, payload(message, "complaint", NOON))

    assert now(message).delivery == Message.Delivery.COMPLAINED
    assert stops(zottegem) == [("address", "marketing", "complaint")]


@pytest.mark.parametrize("word", ["unsubscribe", "unsubscribed"])
def test_who_unsubscribes_at_the_esp_gets_no_marketing(
    zottegem: Library, message: Message, word: str
) -> None:
    told(zottegem, payload(message, word, NOON))

    assert stops(zottegem) == [("contact", "marketing", "unsubscribed")]
    assert now(message).unsubscribed_at == NOON


def test_a_block_says_nothing_of_the_address(zottegem: Library, message: Message) -> None:
    told(zottegem, payload(message, "blocked", NOON))

    assert now(message).delivery == Message.Delivery.HARD_BOUNCE
    assert stops(zottegem) == []


def _soft_bounces(library: Library, days: Sequence[float]) -> None:
    with acting_for(library.pk):
        person, mailing = noor(), a_mailing()
        mails = [a_message(person, mailing=mailing, state="accepted") for _day in days]
    told(
        library,
        *(
            payload(mail, "soft_bounce", NOON + timedelta(days=day))
            for mail, day in zip(mails, days, strict=True)
        ),
    )


def test_the_fifth_mail_that_comes_back_within_two_weeks_stops_the_address(zottegem: Library) -> None:
    _soft_bounces(zottegem, [0, 3, 6, 9, 13.9])

    assert stops(zottegem) == [("address", "all", "hard_bounce")]


def test_four_or_five_over_a_longer_time_stop_nothing(zottegem: Library) -> None:
    _soft_bounces(zottegem, [0, 3, 6, 9, 14.1])

    assert stops(zottegem) == []


def test_one_mail_that_is_tried_often_counts_once(zottegem: Library, message: Message) -> None:
    told(
        zottegem,
        *(payload(message, "soft_bounce", NOON + timedelta(hours=hour)) for hour in range(9)),
    )

    assert stops(zottegem) == []
    assert now(message).delivery == Message.Delivery.SOFT_BOUNCE


@pytest.mark.parametrize("state", ["unknown", "submitting", "queued", "claimed"])
@pytest.mark.parametrize("event", ["request", "delivered", "opened", "something_new"])
def test_any_news_proves_that_the_esp_has_it(zottegem: Library, state: str, event: str) -> None:
    with acting_for(zottegem.pk):
        call = Submission.objects.create(
            account="brevo",
            message_ids=[0],
            payload_sha256="",
            opened_at=NOON,
            last_tried_at=NOON,
            state="open",
        )
        message = a_message(noor(), state=state, submission=call, submitted_at=NOON)
        Submission.objects.filter(pk=call.pk).update(message_ids=[message.pk])

    told(zottegem, payload(message, event, LATER))

    found = now(message)
    assert (found.state, found.accepted_at, found.lease_token) == ("accepted", NOON, None)
    with acting_for(zottegem.pk):
        assert Submission.objects.get().state == "accepted"


def test_a_call_stays_open_while_one_of_its_mails_is_uncertain(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        call = Submission.objects.create(
            account="brevo", message_ids=[0], payload_sha256="", opened_at=NOON, last_tried_at=NOON
        )
        one, other = (
            a_message(a_contact(), state="unknown", submission=call, submitted_at=NOON) for _ in "ab"
        )
        Submission.objects.filter(pk=call.pk).update(message_ids=[one.pk, other.pk])

    told(zottegem, payload(one, "delivered", NOON))

    assert (now(one).state, now(other).state) == ("accepted", "unknown")
    with acting_for(zottegem.pk):
        assert Submission.objects.get().state == "open"


def test_what_was_stopped_stays_stopped(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        message = a_message(noor(), state="cancelled", reason="objected")

    told(zottegem, payload(message, "delivered", NOON))

    assert now(message).state == "cancelled"


def test_a_stop_that_was_lifted_is_not_put_back_by_the_same_word(zottegem: Library, message: Message) -> None:
    told(zottegem, payload(message, "hard_bounce", NOON))
    with acting_for(zottegem.pk):
        Suppression.objects.update(lifted_at=LATER)

    told(zottegem, payload(message, "hard_bounce", NOON))

    with acting_for(zottegem.pk):
        assert not Suppression.objects.filter(lifted_at=None).exists()


def test_after_erasure_news_of_the_mail_does_no_harm(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        message = a_message(None, state="accepted")

    told(
        zottegem,
        *(
            payload(message, word, NOON)
            for word in ("hard_bounce", "soft_bounce", "unsubscribe", "complaint")
        ),
    )

    assert now(message).delivery == Message.Delivery.COMPLAINED
    assert stops(zottegem) == []


def test_what_is_not_ours_stays_with_its_fault(zottegem: Library, aalst: Library, message: Message) -> None:
    good = payload(message, "complaint", NOON)
    with acting_for(aalst.pk):
        theirs = a_message(a_contact(), public_id=message.public_id)

    tell(
        good | {"X-Mailin-custom": metadata(message, s="0" * 32)},
        # Aalst's number with Zottegem's signature.
        good | {"X-Mailin-custom": metadata(message, l=aalst.pk)},
        good | {"X-Mailin-custom": "no json"},
        good | {"X-Mailin-custom": "[1]"},
        good | {"X-Mailin-custom": metadata(message, l="1")},
        {key: value for key, value in good.items() if key != "X-Mailin-custom"},
        {key: value for key, value in good.items() if key != "ts_epoch"},
    )
    inbox.process(at=LATER)

    faults = list(InboxEvent.objects.order_by("pk").values_list("fault", flat=True))
    assert faults == [
        "forged", "forged", "no_metadata", "no_metadata", "no_metadata", "no_metadata", "no_moment"
    ]  # fmt: skip
    assert now(message).delivery == now(theirs).delivery == Message.Delivery.NONE
    assert inbox.process(at=LATER) == 0
    assert inbox.forget(before=LATER + timedelta(days=1)) == 7


def test_news_of_a_message_that_is_gone_stays_with_its_fault(zottegem: Library, message: Message) -> None:
    body = payload(message, "delivered", NOON)
    with acting_for(zottegem.pk):
        message.delete()

    told(zottegem, body)

    assert InboxEvent.objects.get().fault == "unknown_message"


def test_signatures_of_an_older_key_still_count(
    zottegem: Library, message: Message, settings: LazySettings
) -> None:
    body = payload(message, "delivered", NOON)
    settings.TOKEN_KEYS = [*settings.TOKEN_KEYS, "a-newer-key"]

    told(zottegem, body)

    assert now(message).delivery == Message.Delivery.DELIVERED


def test_news_of_two_libraries_in_one_batch_stays_apart(zottegem: Library, aalst: Library) -> None:
    with acting_for(zottegem.pk):
        ours = a_message(noor(), state="accepted")
    with acting_for(aalst.pk):
        theirs = a_message(noor(), state="accepted")

    told(zottegem, payload(theirs, "delivered", NOON), payload(ours, "hard_bounce", NOON))

    assert (stops(zottegem), stops(aalst)) == ([("address", "all", "hard_bounce")], [])
    assert now(theirs).delivery == Message.Delivery.DELIVERED


def test_a_batch_takes_no_more_than_asked(zottegem: Library, message: Message) -> None:
    tell(*(payload(message, "delivered", NOON + timedelta(seconds=second)) for second in range(5)))

    assert [inbox.process(limit=3, at=LATER) for _ in range(3)] == [3, 2, 0]


# --- In any order, any number of times ------------------------------------------------------------------

EVENTS = ["request", "delivered", "soft_bounce", "hard_bounce", "blocked", "spam", "unsubscribe", "deferred"]


def _end(library: Library) -> tuple[Any, ...]:
    with acting_for(library.pk):
        return (
            list(
                Message.objects.order_by("key").values_list(
                    "key",
                    "state",
                    "delivery",
                    "delivered_at",
                    "unsubscribed_at",
                    "accepted_at",
                    "esp_message_id",
                )
            ),
            sorted(MessageEvent.objects.values_list("message__key", "kind", "at")),
            sorted(Suppression.objects.values_list("scope", "reach", "reason", "since")),
            sorted(ContactChange.objects.values_list("contact__external_id", flat=True)),
        )


def _play(library: Library, told: Sequence[tuple[int, str, int]], batch: int) -> tuple[Any, ...]:
    """Seven mails to two people, and this news of them; everything is undone afterwards."""
    with transaction.atomic():
        with acting_for(library.pk):
            people, mailing = [noor(external_id="a"), a_contact(external_id="b")], a_mailing()
            mails = [
                a_message(
                    people[number == 6],
                    mailing=mailing,
                    key=f"j:{number}",
                    state="unknown",
                    submitted_at=NOON,
                )
                for number in range(7)
            ]
        tell(*(payload(mails[n], word, NOON + timedelta(days=day)) for n, word, day in told))
        while inbox.process(limit=batch, at=LATER):
            pass
        end = _end(library)
        transaction.set_rollback(True)
    return end


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_any_order_and_any_repetition_give_the_same_end(zottegem: Library, data: st.DataObject) -> None:
    one = st.tuples(st.integers(0, 6), st.sampled_from(EVENTS), st.integers(0, 15))
    news = data.draw(st.lists(one, min_size=1, max_size=12, unique=True))
    repeated = data.draw(st.lists(st.sampled_from(news), max_size=6))
    shuffled = data.draw(st.permutations([*news, *repeated]))
    batch = data.draw(st.integers(1, 7))

    assert _play(zottegem, shuffled, batch) == _play(zottegem, news, batch=500)
