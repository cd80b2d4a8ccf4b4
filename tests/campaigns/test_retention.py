from datetime import timedelta

from bibmail.tenancy.models import Library
from campaigns import retention
from campaigns.models import Message
from tests import factories
from tests.factories import NOON


def test_after_thirteen_months_nobody_knows_who_got_it_and_the_key_stays(library: Library) -> None:
    noor = factories.a_contact()
    old = factories.a_message(
        noor, queued_at=NOON - timedelta(days=397), slots={"contact.first_name": "Noor"}
    )
    young = factories.a_message(
        noor, queued_at=NOON - timedelta(days=395), slots={"contact.first_name": "Noor"}
    )

    forgotten = retention.forget_persons(at=NOON)

    old.refresh_from_db()
    young.refresh_from_db()
    assert forgotten == (1, 0)
    assert (old.recipient, old.contact, old.slots) == (None, None, {})
    assert (young.recipient, young.slots) == (noor, {"contact.first_name": "Noor"})


def test_after_two_years_the_row_goes(library: Library) -> None:
    factories.a_message(None, queued_at=NOON - timedelta(days=731))

    assert retention.forget_persons(at=NOON) == (0, 1)
    assert not Message.objects.exists()
