"""Cultuurconnect holds back mail of all libraries: only its admins, only with a reason, and at once."""

import pytest
from django.test import Client

from bibmail.tenancy import acting_for, acting_for_network
from bibmail.tenancy.models import Library, NetworkRole
from campaigns import newsletters
from campaigns.models import NetworkSwitch
from tests import factories, pages

pytestmark = pytest.mark.django_db

PAGE = "/netwerk/verzending/"


def stored() -> NetworkSwitch:
    with acting_for_network():
        return NetworkSwitch.objects.get()


@pytest.fixture
def admin(db: None) -> Client:
    return pages.logged_in(factories.a_network_role())


@pytest.mark.parametrize(
    ("what", "expected"), [("nothing", (False, False)), ("service", (True, False)), ("all", (True, True))]
)
def test_an_admin_turns_the_switch_and_says_why(
    admin: Client, what: str, expected: tuple[bool, bool], caplog: pytest.LogCaptureFixture
) -> None:
    answer = admin.post(PAGE, {"what": what, "reason": "storing"})

    assert answer.status_code == 302
    assert (stored().is_on, stored().marketing_is_on, stored().reason) == (*expected, "storing")
    assert "network switch" in caplog.text


def test_without_a_reason_nothing_is_turned(admin: Client) -> None:
    assert admin.post(PAGE, {"what": "nothing", "reason": " "}).status_code == 422
    assert stored().is_on


def test_it_holds_back_newsletters_of_every_library(admin: Client, zottegem: Library) -> None:
    admin.post(PAGE, {"what": "service", "reason": "storing"})

    with acting_for(zottegem.pk):
        assert not newsletters.may_send()


def test_a_colleague_without_that_role_only_looks(db: None) -> None:
    role = NetworkRole.objects.create(user=factories.a_user(), role=NetworkRole.Role.SUPPORT)
    client = pages.logged_in(role)

    html = client.get(PAGE).content.decode()

    assert "Alleen een netwerkbeheerder" in html
    assert "Bewaar voor alle bibliotheken" not in html
    assert client.post(PAGE, {"what": "nothing", "reason": "x"}).status_code == 403


def test_a_library_finds_no_such_page(zottegem: Library) -> None:
    assert pages.admin(zottegem).get(PAGE).status_code == 404
    assert pages.admin(zottegem).post(PAGE, {"what": "nothing", "reason": "x"}).status_code == 404


def test_the_page_says_how_it_stands(admin: Client) -> None:
    admin.post(PAGE, {"what": "service", "reason": "Gmail weigert ons"})

    html = admin.get(PAGE).content.decode()

    assert "Alleen servicemails vertrekken" in html
    assert "Gmail weigert ons" in html
