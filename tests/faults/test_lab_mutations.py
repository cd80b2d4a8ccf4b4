"""The lab must see a broken engine: each of these, broken on purpose in the workers, turns the audit red."""

import pytest
from django.utils import timezone

from bibmail.tenancy import acting_for
from consent.models import Consent
from tests.faults.lab.stage import Lab, until

pytestmark = [pytest.mark.slow, pytest.mark.lab]


def test_without_the_gate_people_get_mail_they_do_not_want(own_lab: Lab) -> None:
    library, people = own_lab.send("zottegem", 30)
    with acting_for(library.pk):
        Consent.objects.filter(contact__in=people[:5]).update(closed_at=timezone.now())
    own_lab.open("one", mutation="gate_removed")
    own_lab.begin()
    own_lab.settle(seconds=20)

    assert own_lab.audit().without_consent == 5


def test_when_leases_do_not_count_mails_go_twice(own_lab: Lab) -> None:
    own_lab.esp.mode("slow", seconds=0.3)
    library = own_lab.library("zottegem")
    # Service mail: the cap on an address would hold back the second one of anything else.
    service = own_lab.mailing(
        library, newsletter=False, message_class="service", legal_basis="contract", topics=[]
    )
    own_lab.queue(library, own_lab.people(library, 60), service)
    own_lab.open("one", "two", mutation="lease_ignored")
    own_lab.begin()
    own_lab.esp.mode("slow", seconds=0.3)
    until(lambda: own_lab.audit().double, seconds=20, every=0.5)

    assert own_lab.audit().double > 0


def test_without_its_key_a_second_try_is_a_second_mail(own_lab: Lab) -> None:
    own_lab.send("zottegem", 30)
    own_lab.open("one", mutation="key_dropped")
    own_lab.esp.hold_webhooks(held=True)
    own_lab.begin()
    own_lab.esp.hold_webhooks(held=True)
    own_lab.esp.mode("accept_500", times=1)
    until(lambda: own_lab.audit().double, seconds=20, every=0.5)

    assert own_lab.audit().double > 0


def test_who_records_before_it_sends_loses_mails(own_lab: Lab) -> None:
    own_lab.send("zottegem", 30)
    own_lab.arm("after_early_record")
    own_lab.open("one", mutation="recorded_before_sent")
    own_lab.begin()
    assert until(lambda: own_lab.standing("after_early_record"))
    own_lab.crew.kill("one")
    until(lambda: not own_lab.waiting(), seconds=10)

    assert own_lab.audit().lost == 30
