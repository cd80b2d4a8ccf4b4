"""A newsletter from approval to the end; a second click, a second worker and a withdrawal change nothing twice."""

from datetime import datetime, timedelta

import pytest

from bibmail.tenancy import acting_for, acting_for_network
from bibmail.tenancy.models import AuditEntry, Library, User
from campaigns import newsletters
from campaigns.content.merge import SLOT, fill
from campaigns.content.press import Press
from campaigns.models import Campaign, Mailing, Message, NetworkSwitch, SendingSettings
from consent.models import Consent, Subject
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(days=1)


@pytest.fixture
def editor(library: Library) -> User:
    return factories.a_role(library).user


def launched(campaign: Campaign, by: User, *, approved: int = 1) -> Campaign:
    return newsletters.launch(campaign_id=campaign.pk, approved=approved, by=by, at=NOON)


def planned(campaign: Campaign, by: User, *, send_at: datetime = LATER) -> Campaign:
    return newsletters.plan(campaign_id=campaign.pk, send_at=send_at, approved=1, by=by, at=NOON)


def test_a_launch_makes_one_mailing_and_a_message_for_each(library: Library, editor: User) -> None:
    factories.a_reader()
    campaign = launched(factories.a_campaign(), editor)

    mailing = Mailing.objects.get(campaign=campaign)
    assert (campaign.state, campaign.frozen_at, campaign.reach["will_get"]) == ("sending", NOON, 1)
    assert (mailing.message_class, mailing.legal_basis, mailing.topics) == (
        "marketing",
        "consent",
        ["newsletter"],
    )
    assert mailing.content["subject"] == "Nieuw in oktober"
    assert Message.objects.filter(mailing=mailing).count() == 1
    assert AuditEntry.objects.get(act="newsletter.sent").detail == {"people": 1}


def test_the_mail_says_which_choice_carries_it(library: Library, editor: User) -> None:
    factories.a_reader()
    mailing = Mailing.objects.get(campaign=launched(factories.a_campaign(), editor))
    press = Press(at=NOON)
    (reader,) = press.readers([Message.objects.get(mailing=mailing).pk]).values()

    composed = press.compose(mailing, reader)

    assert composed is not None
    reason = fill(composed.text_template, composed.slots | dict.fromkeys(_slots(composed.text_template), "#"))
    assert "omdat je op 6 oktober 2025 koos voor ‘Nieuwsbrief van je bibliotheek’" in reason


def _slots(text: str) -> list[str]:
    return [name for name in SLOT.findall(text) if name.startswith("link")]


def test_the_gate_asks_again_for_the_data_uses_of_the_rule(library: Library, editor: User) -> None:
    reader = factories.a_reader()
    factories.a_consent(reader, code="use_loan_history", subject=Subject.DATA_USE)
    rule = {"all": [{"field": "loans_count", "op": "lte", "value": 10}]}
    campaign = launched(factories.a_campaign(rule=rule), editor)

    assert Mailing.objects.get(campaign=campaign).data_uses == ["use_loan_history"]


def test_a_second_click_finds_it_sent(library: Library, editor: User) -> None:
    factories.a_reader()
    campaign = launched(factories.a_campaign(), editor)

    with pytest.raises(newsletters.NotADraft):
        launched(campaign, editor)
    assert Message.objects.count() == 1


def test_another_number_than_was_approved_sends_nothing(library: Library, editor: User) -> None:
    factories.a_reader()
    campaign = factories.a_campaign()

    with pytest.raises(newsletters.OtherCount) as refusal:
        launched(campaign, editor, approved=2)

    campaign.refresh_from_db()
    assert refusal.value.reach.will_get == 1
    assert (campaign.state, Mailing.objects.count(), Message.objects.count()) == ("draft", 0, 0)


def test_nobody_is_no_audience(library: Library, editor: User) -> None:
    with pytest.raises(newsletters.NobodyLeft):
        launched(factories.a_campaign(), editor, approved=0)


def test_while_the_library_is_off_nothing_is_launched(library: Library, editor: User) -> None:
    factories.a_reader()
    SendingSettings.objects.create(is_on=False)

    with pytest.raises(newsletters.SendingIsOff):
        launched(factories.a_campaign(), editor)


def test_cultuurconnect_can_hold_back_all_newsletters(zottegem: Library) -> None:
    with acting_for_network():
        NetworkSwitch.objects.update(marketing_is_on=False)
    with acting_for(zottegem.pk):
        assert not newsletters.may_send()


# --- Later -----------------------------------------------------------------------------------------


def test_a_plan_freezes_nobody_until_its_moment(library: Library, editor: User) -> None:
    factories.a_reader()
    campaign = planned(factories.a_campaign(), editor)
    joined = factories.a_reader()

    assert newsletters.launch_due(at=LATER - timedelta(seconds=1)) == 0
    assert newsletters.launch_due(at=LATER) == 1

    campaign.refresh_from_db()
    assert (campaign.state, campaign.reach["will_get"]) == ("sending", 2)
    assert Message.objects.filter(recipient=joined).exists()


def test_who_withdraws_before_the_moment_is_not_in_it(library: Library, editor: User) -> None:
    reader = factories.a_reader()
    planned(factories.a_campaign(), editor)
    Consent.objects.filter(contact=reader).update(closed_at=NOON, closed_source="mail")

    newsletters.launch_due(at=LATER)

    assert Message.objects.count() == 0


def test_a_moment_in_the_past_is_no_plan(library: Library, editor: User) -> None:
    factories.a_reader()

    with pytest.raises(newsletters.InThePast):
        planned(factories.a_campaign(), editor, send_at=NOON)


def test_a_plan_can_be_taken_back(library: Library, editor: User) -> None:
    factories.a_reader()
    campaign = planned(factories.a_campaign(), editor)

    newsletters.back_to_draft(campaign_id=campaign.pk, by=editor, at=NOON)

    assert newsletters.launch_due(at=LATER) == 0
    assert Campaign.objects.get().state == "draft"


def test_a_plan_waits_while_sending_is_off(library: Library, editor: User) -> None:
    factories.a_reader()
    planned(factories.a_campaign(), editor)
    switch = SendingSettings.objects.create(is_on=False)

    assert newsletters.launch_due(at=LATER) == 0
    SendingSettings.objects.filter(pk=switch.pk).update(is_on=True)
    assert newsletters.launch_due(at=LATER + timedelta(hours=2)) == 1


def test_a_plan_that_missed_its_day_goes_back_to_its_writer(library: Library, editor: User) -> None:
    factories.a_reader()
    planned(factories.a_campaign(), editor)

    assert newsletters.launch_due(at=LATER + timedelta(days=1, minutes=1)) == 0
    assert Campaign.objects.get().state == "draft"


def test_one_that_cannot_be_launched_does_not_hold_up_the_next(library: Library, editor: User) -> None:
    factories.a_reader()
    broken, good = (planned(factories.a_campaign(), editor) for _ in range(2))
    Campaign.objects.filter(pk=broken.pk).update(rule={"field": "shoe_size", "op": "eq", "value": 43})

    assert newsletters.launch_due(at=LATER) == 1
    assert Campaign.objects.get(pk=good.pk).state == "sending"


# --- Stopping and closing --------------------------------------------------------------------------


def test_stopping_cancels_what_waits_and_leaves_what_is_out_of_hand(library: Library, editor: User) -> None:
    for _ in range(3):
        factories.a_reader()
    campaign = launched(factories.a_campaign(), editor, approved=3)
    sent, held, _waiting = Message.objects.order_by("pk")
    Message.objects.filter(pk=sent.pk).update(state="accepted")
    Message.objects.filter(pk=held.pk).update(state="claimed")

    cancelled = newsletters.stop(campaign_id=campaign.pk, by=editor, at=NOON)

    assert cancelled == 1
    assert sorted(Message.objects.values_list("state", "reason")) == [
        ("accepted", ""), ("cancelled", "stopped"), ("claimed", ""),
    ]  # fmt: skip
    # The gate refuses what a worker holds.
    assert Mailing.objects.get(campaign=campaign).is_stopped


def test_what_is_stopped_cannot_be_stopped_again(library: Library, editor: User) -> None:
    factories.a_reader()
    campaign = launched(factories.a_campaign(), editor)
    newsletters.stop(campaign_id=campaign.pk, by=editor, at=NOON)

    with pytest.raises(newsletters.NotUnderWay):
        newsletters.stop(campaign_id=campaign.pk, by=editor, at=NOON)


@pytest.mark.parametrize(
    ("state", "closed"),
    [("queued", 0), ("claimed", 0), ("submitting", 0), ("unknown", 0), ("accepted", 1)],
)
def test_it_is_done_when_no_mail_waits_or_is_in_doubt(
    library: Library, editor: User, state: str, closed: int
) -> None:
    factories.a_reader()
    launched(factories.a_campaign(), editor)
    Message.objects.update(state=state)

    assert newsletters.close_finished(at=LATER) == closed


def test_the_end_is_noted_once(library: Library, editor: User) -> None:
    factories.a_reader()
    launched(factories.a_campaign(), editor)
    Message.objects.update(state="skipped", reason="trial")
    newsletters.close_finished(at=LATER)

    assert newsletters.close_finished(at=LATER + timedelta(days=1)) == 0
    assert Campaign.objects.get().ended_at == LATER


def test_every_minute_asks_its_own_library_only(zottegem: Library, aalst: Library) -> None:
    with acting_for(aalst.pk):
        factories.a_reader()
        planned(factories.a_campaign(), factories.a_role(aalst).user)

    with acting_for(zottegem.pk):
        assert newsletters.launch_due(at=LATER) == 0
