"""People who change their mind, or go, while a send is under way."""

import time
from collections.abc import Callable, Sequence

import pytest
from django.utils import timezone

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library
from consent.models import Consent
from members.models import Contact
from tests.faults.lab.audit import Audited
from tests.faults.lab.stage import Lab, until

pytestmark = [pytest.mark.slow]

Say = Callable[[Audited], Audited]


def withdraw(the_lab: Lab, library: Library, people: Sequence[Contact]) -> None:
    """They take the topic back now; the lab notes when that was committed."""
    for one in people:
        with acting_for(library.pk):
            Consent.objects.filter(contact=one, closed_at=None).update(
                closed_at=timezone.now(), closed_source="preferences"
            )
        the_lab.stops[one.email_norm] = timezone.now()


@pytest.mark.parametrize("newsletter", [True, False], ids=["newsletter", "journey"])
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
