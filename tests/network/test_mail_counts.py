"""Mails by day: each on the day it left, counted again while news of it comes in."""

from datetime import date, timedelta
from typing import Any

import pytest

from bibmail.network import mail_queries, queries
from bibmail.network.models import LibraryStatsDaily
from bibmail.tenancy import acting_for, acting_for_network
from bibmail.tenancy.models import Library
from campaigns.models import Mailing, Message, SendingSettings, TrackedLink
from journeys.models import Journey
from tests import factories
from tests.factories import NOON, TODAY

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def a_mail(*, days_ago: int = 0, mailing: Mailing | None = None, **fields: Any) -> Message:
    left = NOON - days_ago * DAY
    values: dict[str, Any] = {
        "state": "accepted",
        "submitted_at": left,
        "accepted_at": left,
        "queued_at": left,
    }
    return factories.a_message(factories.a_reader(), mailing=mailing, **(values | fields))


def day_of(day: date = TODAY) -> LibraryStatsDaily:
    return LibraryStatsDaily.objects.get(day=day)


def test_a_day_holds_its_mails_by_class_and_by_what_was_told(library: Library) -> None:
    service = factories.a_mailing(message_class="service", legal_basis="contract")
    a_mail(mailing=service, delivery=10)
    for delivery in (0, 10, 20, 30, 40):
        a_mail(delivery=delivery)
    a_mail(unsubscribed_at=NOON)
    a_mail(state="skipped", reason="trial", accepted_at=None, submitted_at=None, settled_at=NOON)
    a_mail(state="unknown", accepted_at=None)

    queries.count_library(at=NOON)

    row = day_of()
    assert (row.service_sent_count, row.marketing_sent_count) == (1, 6)
    assert (row.delivered_count, row.soft_bounced_count, row.hard_bounced_count) == (3, 1, 1)
    assert (row.complaints_count, row.unsubscribes_count, row.skipped_count, row.unknown_count) == (
        1,
        1,
        1,
        1,
    )


def test_news_of_a_mail_comes_to_the_day_it_left(library: Library) -> None:
    message = a_mail(days_ago=3)
    queries.count_library(at=NOON - 3 * DAY)
    Message.objects.filter(pk=message.pk).update(delivery=40)

    queries.count_library(at=NOON)

    assert day_of(TODAY - 3 * DAY).complaints_count == 1
    assert day_of().complaints_count == 0


def test_a_doubt_that_was_solved_is_counted_no_more(library: Library) -> None:
    message = a_mail(state="unknown", accepted_at=None)
    queries.count_library(at=NOON)
    Message.objects.filter(pk=message.pk).update(state="accepted", accepted_at=NOON)

    queries.count_library(at=NOON + timedelta(hours=1))

    assert (day_of().unknown_count, day_of().marketing_sent_count) == (0, 1)


def test_days_that_nobody_counted_are_made_up(library: Library) -> None:
    a_mail(days_ago=40)
    a_mail(days_ago=20)

    queries.count_library(at=NOON)

    counts = dict(LibraryStatsDaily.objects.values_list("day", "marketing_sent_count"))
    assert counts == {TODAY - 40 * DAY: 1, TODAY - 20 * DAY: 1, TODAY: 0}


def test_a_mail_late_at_night_is_of_the_day_in_brussels(library: Library) -> None:
    night = NOON.replace(hour=22, minute=30)
    a_mail(accepted_at=night)

    queries.count_library(at=night)

    # 22.30 in UTC is half past midnight here.
    assert day_of(TODAY + DAY).marketing_sent_count == 1


def test_clicks_are_of_the_day_on_which_they_were_added_up(library: Library) -> None:
    link = TrackedLink.objects.create(
        mailing=factories.a_mailing(), url="https://example.be/", human_clicks_count=7
    )
    queries.count_library(at=NOON - DAY)
    TrackedLink.objects.filter(pk=link.pk).update(human_clicks_count=10)

    for hours in (0, 1):
        queries.count_library(at=NOON + timedelta(hours=hours))

    assert (day_of(TODAY - DAY).human_clicks_count, day_of().human_clicks_count) == (7, 3)


def test_reach_is_who_could_get_a_marketing_mail(library: Library) -> None:
    factories.a_reader()
    factories.a_reader(date_of_birth=date(2020, 1, 1))
    factories.a_contact()

    queries.count_library(at=NOON)

    row = day_of()
    assert (row.consenting_count, row.reach_count) == (2, 1)


def test_a_library_counts_its_journeys_and_its_trial(library: Library) -> None:
    Journey.objects.create(code="welcome", changed_at=NOON)
    queries.count_library(at=NOON)
    before = day_of()
    SendingSettings.objects.create(is_trial=False)

    queries.count_library(at=NOON)

    assert (before.live_journeys_count, before.is_trial) == (0, True)
    assert not day_of().is_trial


def test_the_network_reads_thirty_days(zottegem: Library, aalst: Library) -> None:
    with acting_for(zottegem.pk):
        for days_ago, count in [(29, 5), (30, 7), (0, 6)]:
            LibraryStatsDaily.objects.create(day=TODAY - days_ago * DAY, service_sent_count=count)
    with acting_for(aalst.pk):
        LibraryStatsDaily.objects.create(day=TODAY, marketing_sent_count=4)

    with acting_for_network():
        by_name = {stand.slug: stand for stand in queries.stands(at=NOON)}
        days = mail_queries.days(at=NOON)

    assert (by_name["zottegem"].service_sent_count, by_name["aalst"].marketing_sent_count) == (11, 4)
    # A library's day of fewer than five is in no sum.
    assert len(days) == 30
    assert days[-1] == (TODAY, 6, 0)
