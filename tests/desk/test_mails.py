"""What Start tells of mails, and what about them waits for a colleague."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from bibmail.desk import figures, queries
from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library
from campaigns import sending_actions
from campaigns.models import Message
from journeys import actions
from journeys.models import Journey
from tests import factories, pages
from tests.factories import NOON, TODAY

State, Delivery = Message.State, Message.Delivery


def _left(at: datetime = NOON, **fields: Any) -> Message:
    return factories.a_message(factories.a_contact(), state=State.ACCEPTED, accepted_at=at, **fields)


def test_a_month_counts_mails_people_and_what_came(library: Library) -> None:
    first = _left(delivery=Delivery.DELIVERED)
    factories.a_message(first.recipient, state=State.ACCEPTED, accepted_at=NOON, unsubscribed_at=NOON)
    _left(delivery=Delivery.HARD_BOUNCE)
    _left(datetime(2026, 9, 30, 21, 59, tzinfo=UTC))

    month = queries.mailing(at=NOON)

    assert (month.mails_count, month.people_count, month.delivered_count) == (3, 2, 1)
    assert (month.unsubscribed_count, month.bounced_count) == (1, 1)


def test_the_month_begins_at_midnight_here(library: Library) -> None:
    _left(datetime(2026, 9, 30, 22, 0, tzinfo=UTC))

    assert queries.mailing(at=NOON).mails_count == 1


def test_what_bounced_last_month_is_still_to_be_looked_at(library: Library) -> None:
    _left(NOON - timedelta(days=29), delivery=Delivery.HARD_BOUNCE)
    _left(NOON - timedelta(days=31), delivery=Delivery.HARD_BOUNCE)

    assert queries.mailing(at=NOON).bounced_count == 1


def test_a_library_without_a_mail_is_in_its_trial_and_quiet(library: Library) -> None:
    assert queries.mailing(at=NOON)[:-1] == (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, True, True)


def test_mails_fall_on_their_day_here(library: Library) -> None:
    _left(datetime(2026, 10, 5, 21, 59, tzinfo=UTC))
    _left(datetime(2026, 10, 5, 22, 1, tzinfo=UTC))

    days = queries.mailing(at=NOON).by_day

    assert len(days) == 30
    assert days[-2:] == [(TODAY - timedelta(days=1), 1), (TODAY, 1)]


def test_the_plot_says_its_message(library: Library) -> None:
    _left()

    plot = figures.mails_by_day(queries.mailing(at=NOON).by_day)

    assert plot
    assert plot.plot.message == "1 mails in 30 dagen. De meeste op dinsdag 6 oktober: 1."


# --- On the page -----------------------------------------------------------------------------------


def _start(client: Client, library: Library) -> str:
    return client.get(pages.at(library, "start")).content.decode()


@pytest.fixture
def welcome(zottegem: Library) -> Journey:
    with acting_for(zottegem.pk):
        return actions.activate(code="welcome", settings={}, by=None, at=timezone.now())


def test_the_page_begins_with_the_month(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        _left(timezone.now())

    html = _start(pages.reader(zottegem), zottegem)

    assert "Deze maand stuurde je bib <b>1 mail</b>" in html
    assert "Mails per dag" in html


def test_a_trial_matters_once_a_journey_runs(zottegem: Library) -> None:
    client = pages.admin(zottegem)
    before = _start(client, zottegem)
    with acting_for(zottegem.pk):
        actions.activate(code="welcome", settings={}, by=None, at=timezone.now())

    assert "Jullie draaien in proef" not in before
    assert "Jullie draaien in proef" in _start(client, zottegem)


def test_a_stop_comes_first(zottegem: Library, welcome: Journey) -> None:
    with acting_for(zottegem.pk):
        sending_actions.stop_sending(by=None, at=timezone.now())

    html = _start(pages.reader(zottegem), zottegem)

    assert "Alles staat stil" in html
    assert "Jullie draaien in proef" not in html


def test_what_stands_still_what_nobody_knows_and_what_came_back_wait(
    zottegem: Library, welcome: Journey
) -> None:
    now = timezone.now()
    with acting_for(zottegem.pk):
        actions.pause(journey_id=welcome.pk, by=None, at=now)
        factories.a_message(factories.a_contact(), state=State.UNKNOWN)
        _left(now, delivery=Delivery.HARD_BOUNCE)

    html = _start(pages.reader(zottegem), zottegem)

    assert "1 klantreis staat stil" in html
    assert "Van 1 mail weten we nog niet of hij vertrok" in html
    assert "Kijk 1 e-mailadres na" in html


def test_the_last_step_of_the_list_is_a_journey(zottegem: Library) -> None:
    client = pages.admin(zottegem)
    before = _start(client, zottegem)
    with acting_for(zottegem.pk):
        actions.activate(code="welcome", settings={}, by=None, at=timezone.now())

    assert "Zet je eerste klantreis aan" in before
    assert "Zet je eerste klantreis aan<span" in _start(client, zottegem)


def test_start_asks_little(zottegem: Library, welcome: Journey) -> None:
    client = pages.admin(zottegem)

    with pages.at_most(12):
        _start(client, zottegem)
