"""A newsletter that stands still loses nobody, and one of which too much comes back stands still by itself."""

from datetime import timedelta

import pytest

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import AuditEntry, Library
from campaigns import audience, newsletters, pausing
from campaigns.delivery import claim, verdict
from campaigns.models import Campaign, Mailing, Message, SendingSettings
from tests import factories, pages
from tests.factories import NOON

pytestmark = pytest.mark.django_db

Delivery = Message.Delivery
State = Campaign.State


def launched(library: Library, people: int) -> Campaign:
    """A newsletter to so many; within acting_for(library)."""
    SendingSettings.objects.create(is_trial=False)
    for _ in range(people):
        factories.a_reader()
    campaign = factories.a_campaign()
    reach = audience.reach(campaign.rule, topic=campaign.topic, at=NOON)
    newsletters.launch(campaign_id=campaign.pk, approved=reach.will_get, by=factories.a_user(), at=NOON)
    campaign.refresh_from_db()
    return campaign


def arrived(delivery: int, count: int) -> None:
    """So many more of the mails left, with this fate."""
    ids = Message.objects.filter(state="queued").order_by("pk").values_list("pk", flat=True)[:count]
    Message.objects.filter(pk__in=list(ids)).update(state="accepted", accepted_at=NOON, delivery=delivery)


def state() -> tuple[str, str]:
    campaign = Campaign.objects.get()
    return campaign.state, campaign.paused_why


def test_what_stands_still_is_not_claimed_and_goes_on_later(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        campaign = launched(zottegem, 3)
        pausing.pause(campaign_id=campaign.pk, by=None, why="by_hand", at=NOON)

        still = (claim.anything_waits(at=NOON), claim.take(10, at=NOON).messages)
        pausing.go_on(campaign_id=campaign.pk, by=factories.a_user(), at=NOON)

        assert still == (False, [])
        assert len(claim.take(10, at=NOON).messages) == 3
        assert list(AuditEntry.objects.order_by("pk").values_list("act", flat=True))[-2:] == [
            "newsletter.paused",
            "newsletter.goes_on",
        ]


def test_what_a_worker_holds_already_waits_too(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        campaign = launched(zottegem, 1)
        taken = claim.take(10, at=NOON)
        pausing.pause(campaign_id=campaign.pk, by=None, why="by_hand", at=NOON)

        from campaigns.delivery import standing, windows

        found = standing.of([taken.messages[0].id], token=taken.token, state="claimed", at=NOON)[0]

        assert verdict.of(found, windows.settings_of_library(), at=NOON) == verdict.Postpone(NOON)


def test_a_paused_newsletter_is_not_closed_and_can_be_stopped(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        campaign = launched(zottegem, 2)
        arrived(Delivery.DELIVERED, 2)
        pausing.pause(campaign_id=campaign.pk, by=None, why="by_hand", at=NOON)

        assert newsletters.close_finished(at=NOON) == 0
        newsletters.stop(campaign_id=campaign.pk, by=factories.a_user(), at=NOON)

        assert state()[0] == State.STOPPED


@pytest.mark.parametrize(
    ("bounces", "complaints", "well", "ends"),
    [
        (4, 0, 6, (State.SENDING, "")),
        (5, 0, 5, (State.PAUSED, "bounces")),
        (5, 0, 95, (State.SENDING, "")),
        (0, 1, 9, (State.SENDING, "")),
        (0, 2, 8, (State.PAUSED, "complaints")),
    ],
)
def test_too_much_that_comes_back_stops_it(
    zottegem: Library, bounces: int, complaints: int, well: int, ends: tuple[str, str]
) -> None:
    with acting_for(zottegem.pk):
        launched(zottegem, bounces + complaints + well + 1)
        arrived(Delivery.HARD_BOUNCE, bounces)
        arrived(Delivery.COMPLAINED, complaints)
        arrived(Delivery.DELIVERED, well)

        paused = pausing.watch(at=NOON)

        assert state() == ends
        assert paused == (ends[0] == State.PAUSED)
        assert Message.objects.filter(state="queued").count() == 1


def test_who_looked_and_went_on_is_not_stopped_again_for_the_same(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        campaign = launched(zottegem, 20)
        arrived(Delivery.HARD_BOUNCE, 10)
        pausing.watch(at=NOON)
        pausing.go_on(campaign_id=campaign.pk, by=factories.a_user(), at=NOON)

        assert pausing.watch(at=NOON) == 0

        arrived(Delivery.COMPLAINED, 3)
        assert pausing.watch(at=NOON) == 1
        assert state() == (State.PAUSED, "complaints")


def test_a_newsletter_to_many_goes_to_a_few_first(zottegem: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audience, "AS_FROM", 10)
    monkeypatch.setattr(audience, "FIRST_FEW", 3)
    with acting_for(zottegem.pk):
        launched(zottegem, 10)

        first = Message.objects.filter(not_before=NOON).count()
        later = Message.objects.filter(not_before=NOON + timedelta(minutes=10)).count()

        assert (first, later) == (3, 7)


def test_a_newsletter_to_few_goes_at_once(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        launched(zottegem, 10)

        assert Message.objects.filter(not_before=NOON).count() == 10


def test_the_page_says_why_and_lets_it_go_on(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        campaign = launched(zottegem, 12)
        arrived(Delivery.HARD_BOUNCE, 6)
        pausing.watch(at=NOON)
    client = pages.editor(zottegem)

    shown = client.get(pages.at(zottegem, "newsletter", campaign.pk)).content.decode()
    start = client.get(pages.at(zottegem, "start")).content.decode()
    client.post(pages.at(zottegem, "newsletter-go-on", campaign.pk))
    again = client.post(pages.at(zottegem, "newsletter-go-on", campaign.pk), follow=True).content.decode()
    client.post(pages.at(zottegem, "newsletter-pause", campaign.pk))

    assert "Te veel mails kwamen niet aan" in shown
    assert "1 nieuwsbrief staat stil" in start
    assert "stond niet stil" in again
    with acting_for(zottegem.pk):
        assert state() == (State.PAUSED, "by_hand")
        assert Mailing.objects.get().is_paused


def test_a_reader_pauses_nothing(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        campaign = launched(zottegem, 1)

    assert pages.reader(zottegem).post(pages.at(zottegem, "newsletter-pause", campaign.pk)).status_code == 403
