"""Who gets a newsletter: every step of the bridge, and the frozen rows that are exactly its last step."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library
from campaigns import audience, drafts
from campaigns.models import Mailing, Message
from consent.models import LibraryTopic, MailPreference, Subject, Suppression, Topic
from members.models import Contact
from tests import factories
from tests.factories import NOON, TODAY

pytestmark = pytest.mark.django_db

ADULTS = {"field": "age", "op": "gte", "value": 18}
LOANS = {"field": "loans_count", "op": "lte", "value": 100}


def reach(rule: Any = drafts.EVERYONE, *, topic: str = "newsletter") -> audience.Reach:
    return audience.reach(rule, topic=topic, at=NOON)


def frozen(rule: Any = drafts.EVERYONE) -> tuple[Mailing, audience.Reach]:
    mailing = factories.a_mailing(campaign=factories.a_campaign(), topics=["newsletter"], priority=60)
    return mailing, audience.freeze(mailing, rule, topic="newsletter", at=NOON)


def stopped(contact: Contact | None, **fields: Any) -> None:
    values: dict[str, Any] = {
        "scope": "contact", "reach": "marketing", "reason": "unsubscribed", "contact": contact, "since": NOON,
        "source": "test",
    }  # fmt: skip
    Suppression.objects.create(**(values | fields))


def test_the_bridge_loses_people_step_by_step(library: Library) -> None:
    factories.a_reader()
    factories.a_contact()
    factories.a_contact(
        email="x@example.be", email_norm="x@example.be", recipient_hash=factories.a_hash("x@example.be")
    )
    stopped(factories.a_reader())

    found = reach()

    assert (found.meant, found.with_address, found.wanting, found.sharing) == (4, 3, 2, 2)
    assert (found.free, found.will_get) == (1, 1)


def test_the_rule_says_who_is_meant(library: Library) -> None:
    factories.a_reader(date_of_birth=date(2010, 1, 1))
    factories.a_reader(date_of_birth=date(1980, 1, 1))

    assert reach({"all": [ADULTS]})[:1] == (1,)


def test_an_empty_rule_means_nobody(library: Library) -> None:
    factories.a_reader()

    assert reach({}) == (0, 0, 0, 0, 0, 0, 0)


def test_everyone_is_with_and_without_a_membership(library: Library) -> None:
    factories.a_membership(factories.a_reader())
    factories.a_reader()

    assert reach().will_get == 2


def test_a_rule_on_loans_counts_all_and_mails_only_who_shares_them(library: Library) -> None:
    sharing, _silent = factories.a_reader(), factories.a_reader()
    factories.a_consent(sharing, code="use_loan_history", subject=Subject.DATA_USE)

    found = reach({"all": [LOANS]})

    assert (found.meant, found.wanting, found.sharing, found.will_get) == (2, 2, 1, 1)


def test_one_of_two_rules_is_no_way_around_a_data_use(library: Library) -> None:
    """The gate asks for every data use of the mailing, so the freeze does too."""
    factories.a_reader()

    assert reach({"any": [ADULTS, LOANS]}).sharing == 0


def test_neither_a_rule_nor_its_opposite_tells_of_who_shares_nothing(library: Library) -> None:
    factories.a_reader()

    assert reach({"not": LOANS}).will_get == 0


@pytest.mark.parametrize("born", [date(2013, 10, 7), date(2020, 1, 1)])
def test_a_child_under_13_is_never_mailed(library: Library, born: date) -> None:
    factories.a_reader(date_of_birth=born)

    assert (reach().wanting, reach().will_get) == (1, 0)


def test_somebody_who_turns_13_today_is(library: Library) -> None:
    factories.a_reader(date_of_birth=date(2013, 10, 6))

    assert reach().will_get == 1


def test_one_address_gets_one_mail(library: Library) -> None:
    factories.a_reader(email="samen@example.be")
    factories.a_reader(email="samen@example.be")

    assert (reach().free, reach().will_get) == (2, 1)


@pytest.mark.parametrize("reason", ["hard_bounce", "complaint"])
def test_an_address_that_may_not_be_mailed_is_left_out(library: Library, reason: str) -> None:
    reader = factories.a_reader()
    stopped(None, scope="address", reason=reason, fingerprint=reader.recipient_hash)

    assert reach().free == 0


def test_a_stop_that_was_lifted_stops_nobody(library: Library) -> None:
    stopped(factories.a_reader(), since=NOON - timedelta(days=9), lifted_at=NOON)

    assert reach().will_get == 1


@pytest.mark.parametrize(("days", "will_get"), [(6, 1), (7, 0)])
def test_a_pause_keeps_somebody_out_when_it_outlasts_the_news(
    library: Library, days: int, will_get: int
) -> None:
    MailPreference.objects.create(
        contact=factories.a_reader(), paused_until=TODAY + timedelta(days=days), changed_at=NOON
    )

    assert reach().will_get == will_get


def test_a_topic_that_the_library_no_longer_offers_reaches_nobody(library: Library) -> None:
    factories.a_reader()
    LibraryTopic.objects.create(topic=Topic.objects.get(code="newsletter"), is_offered=False)

    assert reach().wanting == 0


def test_institutions_and_the_dead_are_not_meant(library: Library) -> None:
    factories.a_reader(kind="institution")
    factories.a_reader(is_deceased=True)

    assert reach().meant == 0


def test_who_just_had_a_mail_is_counted_as_late(library: Library) -> None:
    reader = factories.a_reader()
    factories.a_message(reader, state="accepted", accepted_at=NOON - timedelta(days=2))

    assert (reach().will_get, reach().late) == (1, 1)


def test_a_service_mail_makes_nobody_late(library: Library) -> None:
    mailing = factories.a_mailing(message_class="service", legal_basis="contract")
    factories.a_message(factories.a_reader(), mailing=mailing, state="accepted", accepted_at=NOON)

    assert reach().late == 0


# --- Freezing --------------------------------------------------------------------------------------


def test_the_frozen_rows_are_who_will_get_it(library: Library) -> None:
    reader, _other = factories.a_reader(), factories.a_contact()

    mailing, found = frozen()

    (message,) = Message.objects.filter(mailing=mailing)
    assert found.will_get == 1
    assert (message.key, message.recipient, message.contact) == (
        f"c:{mailing.campaign_id}:{reader.pk}", reader, reader,
    )  # fmt: skip
    assert (message.state, message.priority, message.topic) == ("queued", 60, "newsletter")
    assert message.recipient_hash == UUID(factories.a_hash(reader.email_norm))


def test_freezing_twice_adds_nobody(library: Library) -> None:
    factories.a_reader()
    mailing, _found = frozen()

    audience.freeze(mailing, drafts.EVERYONE, topic="newsletter", at=NOON + timedelta(hours=1))

    assert Message.objects.filter(mailing=mailing).count() == 1


def test_what_is_frozen_at_night_waits_for_the_morning(library: Library) -> None:
    factories.a_reader()
    mailing = factories.a_mailing(campaign=factories.a_campaign())
    night = NOON.replace(hour=21)

    audience.freeze(mailing, drafts.EVERYONE, topic="newsletter", at=night)

    message = Message.objects.get(mailing=mailing)
    assert message.not_before == NOON.replace(hour=6) + timedelta(days=1)
    assert message.not_after - message.not_before == audience.STAYS_NEWS


def test_the_example_of_a_few_is_among_those_who_get_it(library: Library) -> None:
    reader = factories.a_reader()
    factories.a_contact()

    assert audience.some(drafts.EVERYONE, topic="newsletter", at=NOON) == [reader.pk]


def test_a_library_reaches_its_own_people_only(zottegem: Library, aalst: Library) -> None:
    with acting_for(aalst.pk):
        factories.a_reader()

    with acting_for(zottegem.pk):
        assert reach().meant == 0
