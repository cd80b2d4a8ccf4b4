from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from bibmail.network import mail_figures, stand
from bibmail.network.models import LibraryStatsDaily
from bibmail.network.queries import LibraryStand
from bibmail.network.stand import Stand
from bibmail.tenancy import acting_for, acting_for_network
from bibmail.tenancy.models import Library
from campaigns.models import NetworkSwitch
from tests import factories, pages
from tests.factories import NOON, TODAY


def _library(**fields: Any) -> LibraryStand:
    values: dict[str, Any] = {
        "slug": "zottegem",
        "name": "Bib Zottegem",
        "province": "Oost-Vlaanderen",
        "state": Library.State.LIVE,
        "day": TODAY,
        "inhabitants_count": 4000,
        "people_count": 1000,
        "members_count": 800,
        "with_address_count": 700,
        "consenting_count": 200,
        "last_import_at": NOON - timedelta(days=1),
        "refused_rows_count": 0,
        "reach_count": 180,
        "live_journeys_count": 5,
        "is_trial": False,
        "service_sent_count": 4000,
        "marketing_sent_count": 6000,
        "delivered_count": 9900,
        "soft_bounced_count": 20,
        "hard_bounced_count": 40,
        "complaints_count": 0,
        "unsubscribes_count": 12,
        "skipped_count": 30,
        "unknown_count": 0,
        "human_clicks_count": 700,
    }
    return LibraryStand(**(values | fields))


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, Stand.LIVE),
        ({"state": Library.State.TRIAL}, Stand.TRIAL),
        ({"state": Library.State.NOT_STARTED, "last_import_at": None}, Stand.NOT_STARTED),
        ({"last_import_at": NOON - timedelta(days=8)}, Stand.ATTENTION),
        ({"last_import_at": NOON - timedelta(days=15)}, Stand.PROBLEM),
        ({"last_import_at": None}, Stand.PROBLEM),
        ({"state": Library.State.TRIAL, "last_import_at": None}, Stand.TRIAL),
        ({"refused_rows_count": 50}, Stand.LIVE),
        ({"refused_rows_count": 51}, Stand.ATTENTION),
        # Gmail's bounds: below 1 of 1,000, never 3.
        ({"complaints_count": 9}, Stand.LIVE),
        ({"complaints_count": 10}, Stand.ATTENTION),
        ({"complaints_count": 30}, Stand.PROBLEM),
        ({"complaints_count": 4, "delivered_count": 100}, Stand.LIVE),
        ({"hard_bounced_count": 500}, Stand.LIVE),
        ({"hard_bounced_count": 501}, Stand.ATTENTION),
        ({"unknown_count": 4}, Stand.LIVE),
        ({"unknown_count": 5}, Stand.ATTENTION),
    ],
)
def test_a_library_stands_by_its_data(fields: dict[str, Any], expected: Stand) -> None:
    (row,) = stand.judge([_library(**fields)], at=NOON)

    assert row.stand is expected


@pytest.mark.parametrize(
    ("consenting", "with_address", "share"),
    [(200, 700, 29), (0, 700, 0), (4, 700, None), (2, 4, None), (0, 0, None)],
)
def test_a_share_never_tells_of_single_persons(consenting: int, with_address: int, share: int | None) -> None:
    (row,) = stand.judge([_library(consenting_count=consenting, with_address_count=with_address)], at=NOON)

    assert row.share == share


@pytest.mark.parametrize(
    ("consenting", "inhabitants", "reach"),
    [(200, 4000, 50), (4, 4000, None), (200, 0, None), (None, 4000, None)],
)
def test_reach_of_a_thousand_inhabitants_never_tells_of_single_persons(
    consenting: int | None, inhabitants: int, reach: int | None
) -> None:
    (row,) = stand.judge([_library(consenting_count=consenting, inhabitants_count=inhabitants)], at=NOON)

    assert row.reach_per_thousand == reach


def test_sums_leave_out_what_is_not_shown() -> None:
    rows = stand.judge([_library(), _library(people_count=4)], at=NOON)

    assert stand.totals(rows).people == 1000


def test_the_largest_comes_first_and_names_go_from_a() -> None:
    rows = stand.judge([_library(name="B", people_count=1), _library(name="A", people_count=2)], at=NOON)

    assert [row.library.name for row in stand.sort(rows, "naam")[1]] == ["A", "B"]
    assert [row.library.name for row in stand.sort(rows, "mensen")[1]] == ["A", "B"]
    assert stand.sort(rows, "; drop table")[0].code == "naam"


@pytest.mark.parametrize(
    ("delivered", "sent", "share"), [(98, 100, 98), (3, 100, None), (0, 4, None), (0, 100, 0)]
)
def test_how_many_arrive_never_tells_of_single_persons(delivered: int, sent: int, share: int | None) -> None:
    (row,) = stand.judge(
        [_library(delivered_count=delivered, service_sent_count=sent, marketing_sent_count=0)], at=NOON
    )

    assert row.arrived_share == share


def test_mails_of_a_library_with_few_are_in_no_sum() -> None:
    rows = stand.judge([_library(), _library(service_sent_count=4, complaints_count=4)], at=NOON)

    mails = mail_figures.of(rows, [])

    assert (mails.service, mails.complaints, mails.libraries_count) == (4000, 0, 2)


@pytest.mark.parametrize(
    ("complaints", "kind", "words"),
    [(0, "", "Te weinig"), (5, "good", "0,5"), (10, "warn", "onder de 1"), (30, "bad", "boven de 3")],
)
def test_the_spam_figure_says_how_it_stands(complaints: int, kind: str, words: str) -> None:
    rows = stand.judge([_library(complaints_count=complaints, delivered_count=10_000)], at=NOON)

    mails = mail_figures.of(rows, [])

    assert mails.complaints_kind == kind
    assert words in mails.complaints_words


def _counted(library: Library, **fields: Any) -> None:
    with acting_for(library.pk):
        LibraryStatsDaily.objects.create(
            library=library, day=timezone.localdate(), last_import_at=timezone.now(), **fields
        )


def test_the_network_sees_counts_of_every_library(zottegem: Library, aalst: Library) -> None:
    _counted(zottegem, people_count=12_345)
    _counted(aalst, people_count=3)

    html = pages.logged_in(factories.a_network_role()).get("/netwerk/").content.decode()

    assert "12.345" in html
    assert "minder dan 5" in html


def test_a_province_narrows_the_list(db: None) -> None:
    factories.a_library(name="Bib Zottegem", province="Oost-Vlaanderen")
    factories.a_library(name="Bib Brugge", province="West-Vlaanderen")

    client = pages.logged_in(factories.a_network_role())
    table = client.get("/netwerk/?provincie=West-Vlaanderen").content.decode().split("<tbody>")[1]

    assert "Bib Brugge" in table
    assert "Bib Zottegem" not in table


def test_the_list_turns_to_mails(zottegem: Library, aalst: Library) -> None:
    _counted(zottegem, service_sent_count=1234, delivered_count=1200, complaints_count=2)
    _counted(aalst, marketing_sent_count=3)

    client = pages.logged_in(factories.a_network_role())
    html = client.get("/netwerk/?toon=mails&sorteer=service").content.decode()

    assert "1.234" in html
    assert html.index("Bib Zottegem</td>") < html.index("Bib Aalst</td>")
    assert ">3<" not in html.split("<tbody>")[-1]


def test_the_page_says_when_mails_are_held_back(zottegem: Library) -> None:
    with acting_for_network():
        NetworkSwitch.objects.update(marketing_is_on=False, reason="storing bij de mailprovider")

    html = pages.logged_in(factories.a_network_role()).get("/netwerk/").content.decode()

    assert "Marketingmails staan stil." in html
    assert "storing bij de mailprovider" in html


def test_staff_of_a_library_find_no_network(zottegem: Library) -> None:
    assert pages.admin(zottegem).get("/netwerk/").status_code == 404


def test_the_network_finds_no_library(zottegem: Library) -> None:
    assert pages.logged_in(factories.a_network_role()).get(pages.at(zottegem, "start")).status_code == 404


def test_the_overview_only_shows(db: None) -> None:
    assert pages.logged_in(factories.a_network_role()).post("/netwerk/").status_code == 405


def test_a_visitor_logs_in_first(db: None) -> None:
    assert Client().get("/netwerk/").status_code == 302


def test_the_overview_asks_little(db: None, django_assert_max_num_queries: Any) -> None:
    for number in range(20):
        _counted(factories.a_library(name=f"Bib {number}"), people_count=100)
    client = pages.logged_in(factories.a_network_role())

    with django_assert_max_num_queries(12):
        client.get("/netwerk/")
