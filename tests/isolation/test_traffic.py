"""Every task of sending, tracking and journeys: what it does for Zottegem leaves Aalst as it was."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from bibmail.tenancy import acting_for, clock
from campaigns import sweeping
from campaigns import tasks as campaigns
from campaigns.models import Campaign, Click, InboxEvent, Message, TrackedLink
from consent.models import Suppression
from journeys import tasks as journeys
from journeys.models import JourneyEntry, StepEvent
from members.models import Activity, ContactChange
from tests.campaigns.delivery import stage
from tests.isolation import probes, traffic
from tests.isolation.rows.campaigns import public_id
from tests.isolation.world import NOON, Tenant, World
from tests.sandbox import esp_stage

Bells = list[tuple[str, dict[str, Any]]]


@pytest.fixture
def busy(world: World) -> World:
    traffic.begin(world)
    return world


@pytest.fixture
def sandbox(tmp_path: Path, settings: LazySettings) -> Iterator[esp_stage.Sandbox]:
    with (
        esp_stage.application() as application,
        esp_stage.sandbox(stage.folder_of(tmp_path), application) as found,
        stage.pointed_at(found, settings),
    ):
        yield found


@pytest.fixture
def bells(monkeypatch: pytest.MonkeyPatch) -> Bells:
    return traffic.rung(monkeypatch)


def states(tenant: Tenant) -> list[str]:
    with acting_for(tenant.library.pk):
        return list(Message.objects.order_by("pk").values_list("state", flat=True))


def only_for_zottegem(world: World, do: Callable[[], object]) -> set[str]:
    """The tables of Zottegem that this changed; nothing of Aalst's did."""
    zottegem, aalst = probes.checksum(world.zottegem), probes.checksum(world.aalst)

    do()

    assert traffic.changed(world.aalst, aalst) == set()
    return traffic.changed(world.zottegem, zottegem)


def test_sending_takes_only_the_librarys_own_mail(busy: World, sandbox: esp_stage.Sandbox) -> None:
    changed = only_for_zottegem(busy, lambda: campaigns.send(library_id=busy.zottegem.library.pk))

    assert changed >= {"campaigns_message", "campaigns_submission"}
    assert (states(busy.zottegem), states(busy.aalst)) == (["accepted"], ["queued"])
    (mail,) = sandbox.book.mails()
    sent = str(mail) + str(sandbox.book.mail(mail.id))
    assert not [word for word in busy.aalst.canaries if word in sent]
    assert [word for word in busy.zottegem.canaries if word in sent]


def test_a_test_mail_is_of_ones_own_newsletter(busy: World, sandbox: esp_stage.Sandbox) -> None:
    theirs = busy.aalst.number

    with pytest.raises(Campaign.DoesNotExist):
        campaigns.send_test(
            library_id=busy.zottegem.library.pk, campaign_id=theirs, user_id=busy.zottegem.number
        )

    assert list(sandbox.book.mails()) == []


def test_the_sweep_rings_only_where_mail_waits(busy: World, bells: Bells) -> None:
    with acting_for(busy.aalst.library.pk):
        Message.objects.update(state=Message.State.ACCEPTED)
        # Its own figures, as an earlier sweep wrote them: they are written again only when they change.
        sweeping.tell(at=clock.now())
    with acting_for(busy.zottegem.library.pk):
        Message.objects.update(state=Message.State.CLAIMED, lease_until=NOON - timedelta(days=900))

    changed = only_for_zottegem(busy, campaigns.sweep)

    assert changed == {"campaigns_message", "network_libraryhealth"}
    assert bells == [("campaigns.tasks.send", {"library_id": busy.zottegem.library.pk})]


def test_clicks_are_added_up_at_the_library_whose_mail_it_was(busy: World) -> None:
    with acting_for(busy.aalst.library.pk):
        Click.objects.update(at=NOON)

    changed = only_for_zottegem(busy, campaigns.settle_clicks)

    assert changed == {"campaigns_click", "campaigns_trackedlink"}
    with acting_for(busy.zottegem.library.pk):
        assert TrackedLink.objects.get().human_clicks_count == 1


def test_a_tick_is_rung_only_where_something_is_due(busy: World, bells: Bells) -> None:
    with acting_for(busy.aalst.library.pk):
        JourneyEntry.objects.update(due_at=NOON + timedelta(days=9))
        ContactChange.objects.all().delete()

    assert only_for_zottegem(busy, journeys.ring) == set()

    assert bells == [("journeys.tasks.tick", {"library_id": busy.zottegem.library.pk})]


def test_a_tick_moves_only_its_own_people(busy: World, bells: Bells) -> None:
    with acting_for(busy.zottegem.library.pk):
        Activity.objects.update(is_pending=True)

    changed = only_for_zottegem(busy, lambda: journeys.tick(library_id=busy.zottegem.library.pk))

    assert changed >= {"journeys_journeyentry", "journeys_stepevent", "campaigns_message"}
    with acting_for(busy.zottegem.library.pk):
        assert StepEvent.objects.filter(kind="sent", entry_id=busy.zottegem.number).exists()
    assert bells == [("campaigns.tasks.send", {"library_id": busy.zottegem.library.pk})]


# --- What the ESP tells --------------------------------------------------------------------------------------


def test_news_reaches_the_library_whose_message_it_was(busy: World) -> None:
    traffic.tell(traffic.metadata(busy.zottegem))

    changed = only_for_zottegem(busy, campaigns.read_inbox)

    # The same person reads at Aalst: what happened at Zottegem says nothing there.
    assert changed >= {"campaigns_message", "campaigns_messageevent", "consent_suppression"}
    with acting_for(busy.aalst.library.pk):
        assert not Suppression.objects.filter(scope="address").exists()


def _crossed(name: str, world: World) -> dict[str, Any]:
    """Metadata of one library with a part of the other's."""
    zottegem, aalst = world.zottegem, world.aalst
    theirs = traffic.metadata(aalst)
    return {
        "the message of another library": traffic.metadata(zottegem, m=theirs["m"]),
        "the library of another message": traffic.metadata(zottegem, l=theirs["l"]),
        "the signature of another message": traffic.metadata(zottegem, s=theirs["s"]),
        "message and library without their signature": theirs | {"s": traffic.metadata(zottegem)["s"]},
        "no signature": traffic.metadata(zottegem, s=""),
        "a library in words": traffic.metadata(zottegem, l=str(zottegem.library.pk)),
        # Even with a signature of ours over the pair there is no such message at that library.
        "a signed pair that does not exist": {
            "m": str(public_id(zottegem)),
            "l": aalst.library.pk,
            "s": traffic.mac(aalst, public_id(zottegem)),
        },
    }[name]


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("the message of another library", "forged"),
        ("the library of another message", "forged"),
        ("the signature of another message", "forged"),
        ("message and library without their signature", "forged"),
        ("no signature", "forged"),
        ("a library in words", "no_metadata"),
        ("a signed pair that does not exist", "unknown_message"),
    ],
)
@pytest.mark.parametrize("event", ["hard_bounce", "spam", "unsubscribed", "delivered"])
def test_news_with_metadata_of_two_libraries_does_nothing(
    name: str, fault: str, event: str, busy: World
) -> None:
    traffic.tell(_crossed(name, busy), event)

    assert only_for_zottegem(busy, campaigns.read_inbox) == set()

    assert list(InboxEvent.objects.values_list("fault", flat=True)) == [fault]
