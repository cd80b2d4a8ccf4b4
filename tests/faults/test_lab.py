"""Real workers under every fault that a send can meet; the ESP's ledger says what really left."""

import json
import os
import time
from collections.abc import Callable

import pytest

from bibmail.tenancy import acting_for
from campaigns.models import Message, MessageEvent
from tests.faults.lab.audit import Audited
from tests.faults.lab.stage import POINTS, Lab, until

pytestmark = [pytest.mark.slow]

Say = Callable[..., Audited]


@pytest.mark.parametrize(
    "point", [pytest.param(p, marks=[] if p == "after_submitting" else [pytest.mark.lab]) for p in POINTS]
)
def test_a_worker_killed_there_loses_and_doubles_nothing(the_lab: Lab, say: Say, point: str) -> None:
    the_lab.esp.hold_webhooks(held=True)
    the_lab.arm(point)
    the_lab.send("zottegem", 150)
    assert until(lambda: the_lab.standing(point))

    the_lab.crew.kill(the_lab.standing(point))
    until(lambda: not the_lab.waiting(), seconds=8)
    the_lab.esp.hold_webhooks(held=False)
    the_lab.settle()

    found = say(the_lab.audit())
    assert found.is_clean, found
    assert found.mails == 150


@pytest.mark.lab
def test_answers_that_never_come_are_asked_for_again_with_the_same_key(the_lab: Lab, say: Say) -> None:
    for mode in ("accept_hang", "accept_500", "accept_reset", "accept_garbage"):
        the_lab.esp.mode(mode, times=2, seconds=1.5)
        the_lab.send(mode.replace("_", "-"), 40)
        until(lambda: not the_lab.waiting(), seconds=8)
    the_lab.settle()

    found = say(the_lab.audit())
    assert found.is_clean, found
    assert found.mails == 160


@pytest.mark.lab
@pytest.mark.parametrize("mode", ["down", "slow", "401", "429"])
def test_a_bad_while_of_the_provider_only_delays(the_lab: Lab, say: Say, mode: str) -> None:
    the_lab.esp.mode(mode, seconds=1)
    the_lab.send("zottegem", 100)
    the_lab.send("aalst", 20, newsletter=False)
    time.sleep(4)
    the_lab.esp.mode("ok")
    the_lab.settle()

    found = say(the_lab.audit())
    assert found.is_clean, found
    assert found.mails == 120


@pytest.mark.lab
def test_a_worker_frozen_past_its_lease_does_no_harm_when_it_goes_on(the_lab: Lab, say: Say) -> None:
    the_lab.esp.mode("slow", seconds=0.1)
    the_lab.send("zottegem", 60, newsletter=False)
    until(lambda: the_lab.arrived())

    for name in ("one", "two"):
        the_lab.crew.freeze(name)
        time.sleep(5)
        the_lab.crew.thaw(name)
    the_lab.esp.mode("ok")
    the_lab.settle()

    found = say(the_lab.audit())
    assert found.is_clean, found
    assert found.mails == 60


@pytest.mark.lab
def test_a_database_that_crashes_in_mid_send_loses_nothing(the_lab: Lab, say: Say) -> None:
    if os.environ.get("PYTEST_XDIST_WORKER"):
        pytest.skip("others use this server now")
    the_lab.esp.mode("slow", seconds=0.1)
    the_lab.send("zottegem", 100, newsletter=False)
    for _crash in range(3):
        until(lambda: the_lab.arrived())
        the_lab.database_crashes()
        time.sleep(2)
    the_lab.esp.mode("ok")
    the_lab.settle()

    found = say(the_lab.audit())
    assert found.is_clean, found
    assert found.mails == 100


@pytest.mark.lab
def test_a_doorbell_that_forgets_or_falls_silent_only_delays(the_lab: Lab, say: Say) -> None:
    the_lab.esp.mode("slow", seconds=0.1)
    the_lab.send("zottegem", 100, newsletter=False)
    until(lambda: the_lab.arrived())

    the_lab.empty_doorbell()
    time.sleep(1)
    the_lab.doorbell_dies()
    time.sleep(2)
    the_lab.doorbell_returns()
    the_lab.esp.mode("ok")
    the_lab.settle()

    found = say(the_lab.audit())
    assert found.is_clean, found
    assert found.mails == 100


@pytest.mark.lab
def test_bells_rung_a_hundred_times_send_once(the_lab: Lab, say: Say) -> None:
    first, _people = the_lab.send("zottegem", 100)
    second, _others = the_lab.send("aalst", 50, newsletter=False)
    for _time in range(50):
        for library in (first, second):
            the_lab.ring("campaigns.tasks.send", queue="send", library_id=library.pk)
    the_lab.settle()

    found = say(the_lab.audit())
    assert found.is_clean, found
    assert found.mails == 150


@pytest.mark.lab
def test_news_that_comes_late_twice_and_in_disorder_changes_no_sum(the_lab: Lab, say: Say) -> None:
    the_lab.esp.rates(duplicate=1.0, out_of_order=0.3, hard_bounce=0.05)
    the_lab.esp.hold_webhooks(held=True)
    library, _people = the_lab.send("zottegem", 100)
    until(lambda: len(the_lab.arrived()) == 100)
    the_lab.esp.hold_webhooks(held=False)
    the_lab.settle()

    found = say(the_lab.audit())
    the_lab.esp.rates()
    assert found.is_clean, found
    with acting_for(library.pk):
        assert Message.objects.filter(delivery=0).count() <= 35
        events = MessageEvent.objects.values("message_id", "kind")
        assert events.count() == events.distinct().count()


@pytest.mark.lab
def test_one_bad_address_in_a_batch_keeps_no_other(the_lab: Lab, say: Say) -> None:
    the_lab.esp.mode("400_some", share=0.03)
    the_lab.send("zottegem", 150)
    the_lab.settle()

    found = say(the_lab.audit())
    assert found.is_clean, found
    assert 100 < found.mails < 150
    assert found.settled == 150


@pytest.mark.lab
def test_two_libraries_with_the_same_readers_send_each_one_mail(the_lab: Lab, say: Say) -> None:
    first, second = the_lab.library("zottegem"), the_lab.library("aalst")
    readers = the_lab.people(first, 100)
    doubles = the_lab.people(second, 100, addresses=[one.email_norm for one in readers])
    the_lab.queue(first, readers, the_lab.mailing(first))
    the_lab.queue(second, doubles, the_lab.mailing(second))

    until(lambda: len(the_lab.arrived()) >= 100)
    time.sleep(2)

    # The other hundred wait for three days.
    found = say(the_lab.audit(), "waiting")
    assert found.is_clean_but("waiting"), found
    assert (found.mails, found.settled, found.waiting) == (100, 100, 100)
    assert len({mail.email for mail in the_lab.arrived()}) == 100


@pytest.mark.lab
def test_forged_news_and_a_flood_of_it_reach_no_mail(the_lab: Lab, say: Say) -> None:
    library, _people = the_lab.send("zottegem", 50)
    the_lab.settle()
    forged = [
        {"event": "hard_bounce", "email": mail.email, "message-id": mail.message_id, "ts_epoch": 1,
         "X-Mailin-custom": json.dumps(json.loads(mail.custom) | {"s": "0" * 32})}
        for mail in the_lab.arrived()
    ]  # fmt: skip

    assert {the_lab.tell(event, login="brevo:guessed") for event in forged[:5]} <= {400, 401, 403}
    assert {the_lab.tell(event) for event in forged * 4} == {200}
    until(lambda: not the_lab.unread(), seconds=10)

    found = say(the_lab.audit(), "unread")
    assert found.is_clean_but("unread"), found
    with acting_for(library.pk):
        assert set(Message.objects.values_list("delivery", flat=True)) == {Message.Delivery.DELIVERED}
