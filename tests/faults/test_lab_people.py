"""People who change their mind, or go, while a send is under way."""

import time
from collections.abc import Callable, Iterator, Sequence

import pytest
from django.utils import timezone

from bibmail.tenancy import acting_for, acting_for_network
from bibmail.tenancy.models import Library
from campaigns.models import NetworkSwitch, SendingLine, SendingSettings
from consent.models import Consent
from members import erasure
from members.models import Contact
from tests.faults.lab.audit import Audited
from tests.faults.lab.stage import Lab, until

pytestmark = [pytest.mark.slow]

Say = Callable[..., Audited]


def withdraw(the_lab: Lab, library: Library, people: Sequence[Contact]) -> None:
    """They take the topic back now; the lab notes when that was committed."""
    for one in people:
        with acting_for(library.pk):
            Consent.objects.filter(contact=one, closed_at=None).update(
                closed_at=timezone.now(), closed_source="preferences"
            )
        the_lab.stops[one.email_norm] = timezone.now()


@pytest.mark.parametrize(
    "newsletter",
    [pytest.param(True, id="newsletter", marks=pytest.mark.lab), pytest.param(False, id="journey")],
)
def test_who_withdraws_during_the_send_gets_nothing_after_it(
    the_lab: Lab, say: Say, newsletter: bool
) -> None:
    # So slow that the send lasts as long as the withdrawals.
    the_lab.esp.mode("slow", seconds=0.5 if newsletter else 0.05)
    library, people = the_lab.send("zottegem", 200, newsletter=newsletter)
    until(lambda: the_lab.arrived())

    for one in people[5::10]:
        withdraw(the_lab, library, [one])
        time.sleep(0.1)
    the_lab.settle()

    found = say(the_lab.audit())
    assert found.is_clean, found
    assert found.settled == 200


@pytest.mark.lab
def test_who_is_erased_during_the_send_leaves_no_mail_behind_it(the_lab: Lab, say: Say) -> None:
    the_lab.esp.mode("slow", seconds=0.05)
    library, people = the_lab.send("zottegem", 150, newsletter=False)
    until(lambda: the_lab.arrived())

    for one in people[5::10]:
        with acting_for(library.pk):
            erasure.erase(f"SELECT {one.pk}::bigint", source="desk", at=timezone.now())
        the_lab.stops[one.email_norm] = timezone.now()
        time.sleep(0.05)
    the_lab.settle()

    found = say(the_lab.audit())
    assert found.is_clean, found
    assert found.settled == 150


@pytest.fixture
def switches_back(the_lab: Lab) -> Iterator[None]:
    """The network's rows outlive a test; put back while its database can still be reached."""
    yield
    with acting_for_network():
        NetworkSwitch.objects.update(is_on=True)
        SendingLine.objects.update(is_stopped=False)


@pytest.mark.lab
@pytest.mark.usefixtures("switches_back")
@pytest.mark.parametrize("switch", ["network", "library", "account"])
def test_a_switch_that_is_pulled_lets_one_batch_a_worker_go(the_lab: Lab, say: Say, switch: str) -> None:
    the_lab.esp.mode("slow", seconds=0.2)
    library, _people = the_lab.send("zottegem", 200, newsletter=False)
    assert until(lambda: len(the_lab.arrived()) > 4)

    _pull(switch, library)
    before = len(the_lab.arrived())
    if switch == "account":
        time.sleep(3)
    else:
        the_lab.settle()

    # One mail is a batch here, and there are two workers.
    assert len(the_lab.arrived()) <= before + 2
    found = say(the_lab.audit(), "waiting")
    assert found.is_clean_but("waiting"), found
    # An account that stands still keeps its mails; a switch cancels them.
    assert (found.waiting > 0) == (switch == "account")


def _pull(switch: str, library: Library) -> None:
    if switch == "network":
        with acting_for_network():
            NetworkSwitch.objects.update_or_create(
                pk=1, defaults={"is_on": False, "changed_at": timezone.now()}
            )
    elif switch == "library":
        with acting_for(library.pk):
            SendingSettings.objects.update(is_on=False)
    else:
        with acting_for_network():
            SendingLine.objects.update_or_create(code="network", defaults={"is_stopped": True})
