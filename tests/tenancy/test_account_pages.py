"""Logging in with django-allauth, in our words."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.test import Client
from django.urls import NoReverseMatch, reverse

from bibmail.tenancy.models import Library
from tests import factories

PASSWORD = "vier gewone woorden samen"


def _client(library: Library) -> Client:
    factories.a_role(library, user=factories.a_user(email="els@example.be", password=PASSWORD))
    return Client()


def _log_in(client: Client, password: str = PASSWORD) -> str:
    answer = client.post(
        reverse("account_login"), {"login": "els@example.be", "password": password}, follow=True
    )
    return answer.content.decode()


def _prove_it_is_me(client: Client) -> None:
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})


def test_a_colleague_logs_in_and_stands_at_start(zottegem: Library) -> None:
    assert "Dag Sofie" in _log_in(_client(zottegem))


def test_a_wrong_password_says_what_to_do(zottegem: Library) -> None:
    assert "kies een nieuw wachtwoord" in _log_in(_client(zottegem), "iets anders")


def test_a_page_asked_for_comes_after_logging_in(zottegem: Library) -> None:
    client = _client(zottegem)
    asked = client.get("/b/zottegem/instellingen/")

    answer = client.post(asked.headers["Location"], {"login": "els@example.be", "password": PASSWORD})

    assert answer.headers["Location"] == "/b/zottegem/instellingen/"


def test_logging_out_takes_a_post(zottegem: Library) -> None:
    client = _client(zottegem)
    _log_in(client)

    assert "Wil je je afmelden?" in client.get(reverse("account_logout")).content.decode()
    client.post(reverse("account_logout"))
    assert client.get("/b/zottegem/").status_code == 302


def test_the_code_on_the_telephone_can_be_switched_on_and_is_then_asked(zottegem: Library) -> None:
    client = _client(zottegem)
    _log_in(client)
    _prove_it_is_me(client)
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    code = totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time())))

    done = client.post(reverse("mfa_activate_totp"), {"code": code}, follow=True)

    assert Authenticator.objects.filter(type=Authenticator.Type.TOTP).exists()
    assert "Reservecodes" in done.content.decode()
    assert "Geef je code" in _log_in(Client())


def test_a_wrong_code_says_what_to_do(zottegem: Library) -> None:
    client = _client(zottegem)
    _log_in(client)
    _prove_it_is_me(client)
    client.get(reverse("mfa_activate_totp"))

    answer = client.post(reverse("mfa_activate_totp"), {"code": "000000"})

    assert "Deze code klopt niet" in answer.content.decode()


@pytest.mark.django_db
def test_nobody_signs_up() -> None:
    answer = Client().get(reverse("account_signup"))

    assert "Bibmail werkt op uitnodiging" in answer.content.decode()


@pytest.mark.parametrize("name", ["account_email", "account_request_login_code", "account_confirm_email"])
def test_pages_we_do_not_use_have_no_address(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)


@pytest.mark.django_db
def test_asking_for_a_new_password_tells_nobody_who_works_here(zottegem: Library) -> None:
    _client(zottegem)
    answers = [
        Client().post(reverse("account_reset_password"), {"email": address}, follow=True).content
        for address in ("els@example.be", "niemand@example.be")
    ]

    assert b"Kijk in je mailbox" in answers[0]
    assert b"Kijk in je mailbox" in answers[1]
