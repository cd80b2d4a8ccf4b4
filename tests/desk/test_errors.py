"""Error pages say what went wrong and what to do; the last needs neither database nor context."""

import pytest
from django.template.loader import get_template
from django.test import Client, RequestFactory
from django.views.defaults import server_error

from bibmail.tenancy.models import Library
from tests import factories, pages


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "500"])
def test_an_error_page_stands_on_its_own(name: str) -> None:
    html = get_template(f"{name}.html").render({})

    assert "Fout" in html
    assert 'href="/"' in html


def test_a_page_that_is_not_there_says_so_in_dutch(db: None) -> None:
    answer = Client().get("/bestaat-niet/")

    assert answer.status_code == 404
    assert "Deze pagina vinden we niet" in answer.content.decode()


def test_a_form_without_its_token_says_what_to_do(zottegem: Library) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(factories.a_role(zottegem).user)

    answer = client.post(pages.at(zottegem, "branch-add"))

    assert answer.status_code == 403
    assert "Je formulier is te oud" in answer.content.decode()


def test_our_own_failure_needs_no_database(rf: RequestFactory) -> None:
    assert "Er ging iets mis bij ons" in server_error(rf.get("/")).content.decode()
