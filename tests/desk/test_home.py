import pytest
from django.test import Client

from bibmail.tenancy.models import Library
from tests import factories, pages


def test_with_one_library_you_are_there_at_once(zottegem: Library) -> None:
    assert pages.reader(zottegem).get("/").headers["Location"] == "/b/zottegem/"


def test_with_two_libraries_you_choose(zottegem: Library, aalst: Library) -> None:
    role = factories.a_role(zottegem)
    factories.a_role(aalst, user=role.user)

    html = pages.logged_in(role).get("/").content.decode()

    assert "Bib Zottegem" in html
    assert "Bib Aalst" in html


def test_with_only_a_network_role_you_see_the_network(db: None) -> None:
    assert pages.logged_in(factories.a_network_role()).get("/").headers["Location"] == "/netwerk/"


def test_without_any_role_you_read_what_to_do(db: None) -> None:
    client = Client()
    client.force_login(factories.a_user())

    assert "Nog geen bibliotheek" in client.get("/").content.decode()


def test_a_visitor_logs_in_first(db: None) -> None:
    assert Client().get("/").headers["Location"].startswith("/account/login/")


def test_the_frame_offers_to_go_elsewhere_only_where_there_is_an_elsewhere(
    zottegem: Library, aalst: Library
) -> None:
    role = factories.a_role(zottegem)
    client = pages.logged_in(role)
    assert "Wissel van bibliotheek" not in client.get("/b/zottegem/").content.decode()

    factories.a_role(aalst, user=role.user)

    assert "Wissel van bibliotheek" in client.get("/b/zottegem/").content.decode()


def test_a_theme_is_kept_and_shown(zottegem: Library) -> None:
    client = pages.reader(zottegem)

    answer = client.post("/weergave/", {"theme": "dark", "next": "/b/zottegem/"})

    assert answer.headers["Location"] == "/b/zottegem/"
    assert 'data-bs-theme="dark"' in client.get("/b/zottegem/").content.decode()


def test_automatic_leaves_the_choice_to_the_device(zottegem: Library) -> None:
    client = pages.reader(zottegem)
    client.post("/weergave/", {"theme": "dark", "next": "/"})

    client.post("/weergave/", {"theme": "auto", "next": "/"})

    assert "data-bs-theme" not in client.get("/b/zottegem/").content.decode()


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org/", "javascript:alert(1)", ""])
def test_nobody_is_sent_to_another_site(db: None, elsewhere: str) -> None:
    answer = Client().post("/weergave/", {"theme": "dark", "next": elsewhere})

    assert answer.headers["Location"] == "/"


def test_a_theme_takes_a_post(db: None) -> None:
    assert Client().get("/weergave/").status_code == 405


def test_the_language_is_kept(zottegem: Library) -> None:
    client = pages.reader(zottegem)

    client.post("/taal/", {"language": "en", "next": "/b/zottegem/"})

    assert '<html lang="en"' in client.get("/b/zottegem/").content.decode()


def test_search_engines_are_asked_to_stay_out(db: None) -> None:
    assert "Disallow: /" in Client().get("/robots.txt").content.decode()
