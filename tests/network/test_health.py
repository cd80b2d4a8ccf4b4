"""How sending stands, from what each library counted itself; and who may hold back an account."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from bibmail.network import measuring
from bibmail.network.models import LibraryHealth
from bibmail.tenancy import acting_for, acting_for_network, clock
from bibmail.tenancy.models import Library, NetworkRole
from campaigns import tasks
from campaigns.models import InboxEvent, SendingAccount, SendingLine
from tests import factories, pages
from tests.factories import NOON

pytestmark = pytest.mark.django_db

PAGE, LINE = "/netwerk/gezondheid/", "/netwerk/gezondheid/account/network/"


@pytest.fixture
def admin(db: None) -> Client:
    return pages.logged_in(factories.a_network_role())


def measured(library: Library) -> LibraryHealth:
    with acting_for(library.pk):
        measuring.measure(at=NOON)
        return LibraryHealth.objects.get()


def let_a_minute_pass(library: Library, **span: int) -> None:
    with acting_for(library.pk):
        row = LibraryHealth.objects.get()
        row.swept_at -= timedelta(**(span or {"minutes": 1}))
        row.save()


def test_a_library_counts_its_queue_its_doubts_and_its_age(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        reader = factories.a_reader()
        service = factories.a_mailing(message_class="service", legal_basis="contract", topics=[])
        factories.a_message(reader, mailing=service, queued_at=NOON - timedelta(hours=2), not_before=NOON)
        factories.a_message(reader, not_before=NOON + timedelta(days=1))
        factories.a_message(reader, state="unknown")
        factories.a_message(reader, state="unknown", resent_as="x")

    row = measured(zottegem)

    assert (row.service_waiting_count, row.marketing_waiting_count, row.unknown_count) == (1, 1, 1)
    assert (row.oldest_waiting_at, row.account) == (NOON, "network")


def test_it_is_written_only_when_something_changed_or_is_old(zottegem: Library) -> None:
    measured(zottegem)
    let_a_minute_pass(zottegem)
    before = measured(zottegem).swept_at

    let_a_minute_pass(zottegem)
    unchanged = measured(zottegem).swept_at
    with acting_for(zottegem.pk):
        factories.a_message(factories.a_reader(), state="unknown")
    changed = measured(zottegem)
    let_a_minute_pass(zottegem, minutes=6)
    written_again = measured(zottegem).swept_at

    assert unchanged == before - timedelta(minutes=1)
    assert changed.unknown_count == 1
    assert written_again > unchanged


def test_a_sweep_measures_every_library(zottegem: Library, aalst: Library) -> None:
    tasks.sweep()

    with acting_for_network():
        assert set(LibraryHealth.objects.values_list("library_id", flat=True)) >= {zottegem.pk, aalst.pk}


def test_keys_that_do_not_open_are_told(zottegem: Library, admin: Client) -> None:
    with acting_for(zottegem.pk):
        SendingAccount.objects.create(
            kind="mailgun", options={}, secrets={"secret": "s1.broken"}, created_at=NOON
        )
    measured(zottegem)

    assert "gaan de sleutels van het verzendaccount niet open" in admin.get(PAGE).content.decode()


def test_the_page_shows_lines_queues_and_faults(zottegem: Library, admin: Client) -> None:
    with acting_for(zottegem.pk):
        factories.a_message(factories.a_reader(), state="unknown")
    measured(zottegem)
    with acting_for_network():
        now = clock.database_now()
        SendingLine.objects.create(code="network", opened_at=now, opened_why="401", per_minute=600)
        SendingLine.objects.create(code="library-9-9", is_stopped=True, stop_reason="Gmail weigert ons")
    InboxEvent.objects.create(esp="brevo", body={}, received_at=NOON, fault="forged")

    html = admin.get(PAGE).content.decode()

    for words in (
        "Dicht",
        "401",
        "600 per minuut",
        "Gmail weigert ons",
        "het bewijs klopt niet",
        zottegem.name,
    ):
        assert words in html


def test_a_line_that_warms_up_says_which_day_it_is(admin: Client) -> None:
    with acting_for_network():
        SendingLine.objects.create(
            code="network", warm_up_from=timezone.localdate(clock.now()) - timedelta(days=2)
        )

    assert "dag 3 van 14" in admin.get(PAGE).content.decode()


def test_who_was_not_swept_for_ten_minutes_is_missed(zottegem: Library, admin: Client) -> None:
    measured(zottegem)
    let_a_minute_pass(zottegem, minutes=11)

    assert "Kijk of de werkers nog draaien" in admin.get(PAGE).content.decode()


def test_an_admin_stops_a_line_and_sets_its_pace(admin: Client, caplog: pytest.LogCaptureFixture) -> None:
    values = {
        "state": "stopped",
        "per_minute": "60",
        "warm_up_from": "2026-10-01",
        "reason": "te veel klachten",
    }

    assert admin.post(LINE, values).status_code == 302

    with acting_for_network():
        line = SendingLine.objects.get(code="network")
    assert (line.is_stopped, line.stop_reason, line.per_minute) == (True, "te veel klachten", 60)
    assert "line network: stopped=True" in caplog.text
    admin.post(LINE, {"state": "goes", "reason": "opgelost"})
    with acting_for_network():
        line.refresh_from_db()
    assert (line.is_stopped, line.stop_reason, line.per_minute, line.warm_up_from) == (False, "", None, None)


@pytest.mark.parametrize("wrong", [{"reason": " "}, {"per_minute": "0"}, {"warm_up_from": "gisteren"}])
def test_what_is_not_right_changes_nothing(admin: Client, wrong: dict[str, str]) -> None:
    assert admin.post(LINE, {"state": "stopped", "reason": "x"} | wrong).status_code == 422
    with acting_for_network():
        assert not SendingLine.objects.exists()


def test_a_line_of_nobody_is_not_made(admin: Client) -> None:
    address = "/netwerk/gezondheid/account/library-1-999/"

    assert admin.post(address, {"state": "stopped", "reason": "x"}).status_code == 302
    with acting_for_network():
        assert not SendingLine.objects.exists()


def test_support_looks_and_a_library_does_not(zottegem: Library) -> None:
    support = pages.logged_in(
        NetworkRole.objects.create(user=factories.a_user(), role=NetworkRole.Role.SUPPORT)
    )

    assert "gezondheid/account/" not in support.get(PAGE).content.decode()
    assert support.get(LINE).status_code == 403
    assert pages.admin(zottegem).get(PAGE).status_code == 404


def test_the_page_asks_little(zottegem: Library, aalst: Library, admin: Client) -> None:
    measured(zottegem)
    measured(aalst)

    with pages.at_most(12):
        admin.get(PAGE)
