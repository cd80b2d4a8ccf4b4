"""Real workers under every fault that a send can meet; the ESP's ledger says what really left."""

import time
from collections.abc import Callable

import pytest

from tests.faults.lab.audit import Audited
from tests.faults.lab.stage import POINTS, Lab, until

pytestmark = [pytest.mark.slow]

Say = Callable[[Audited], Audited]


@pytest.mark.parametrize("point", POINTS)
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


def test_answers_that_never_come_are_asked_for_again_with_the_same_key(the_lab: Lab, say: Say) -> None:
    for mode in ("accept_hang", "accept_500", "accept_reset", "accept_garbage"):
        the_lab.esp.mode(mode, times=2, seconds=1.5)
        the_lab.send(mode.replace("_", "-"), 40)
        until(lambda: not the_lab.waiting(), seconds=8)
    the_lab.settle()

    found = say(the_lab.audit())
    assert found.is_clean, found
    assert found.mails == 160


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
