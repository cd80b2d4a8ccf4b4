"""The door of the pages: whose library, whose role, and what is left behind (D3)."""

from collections.abc import Callable

import pytest
from django.conf import LazySettings
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.template import engines
from django.template.response import TemplateResponse
from django.test import Client
from django.urls import include, path

from bibmail import urls
from bibmail.tenancy import NoLibrary, acting_for, current_library_id
from bibmail.tenancy.middleware import LibraryRequest
from bibmail.tenancy.models import Branch, Library, StaffRole
from tests import factories

View = Callable[..., HttpResponseBase]


def _setting() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('app.library_id', true), '')")
        return str(cursor.fetchone()[0])


@pytest.fixture
def page(settings: LazySettings) -> Callable[[View], str]:
    """Put a view at an address inside every library and inside the network."""

    def put(view: View) -> str:
        own = [path("deur/", view)]
        added = [
            path("b/<slug:library>/", include((own, "library"))),
            path("netwerk/", include((own, "network"))),
        ]
        settings.ROOT_URLCONF = type("Planted", (), {"urlpatterns": [*urls.urlpatterns, *added]})
        return "/b/zottegem/deur/"

    return put


@pytest.fixture
def colleague(zottegem: Library, client: Client) -> Client:
    client.force_login(factories.a_role(zottegem).user)
    client.raise_request_exception = False
    return client


def _says_library(request: LibraryRequest) -> HttpResponse:
    return HttpResponse(f"{current_library_id()} {_setting()} {request.library.pk} {request.staff_role.role}")


def test_a_page_runs_in_its_library_and_leaves_nothing(
    page: Callable[[View], str], colleague: Client, zottegem: Library
) -> None:
    answer = colleague.get(page(_says_library))

    assert answer.content.decode() == f"{zottegem.pk} {zottegem.pk} {zottegem.pk} admin"
    assert _setting() == ""
    with pytest.raises(NoLibrary):
        current_library_id()


def test_a_library_that_is_not_yours_is_one_that_does_not_exist(
    page: Callable[[View], str], colleague: Client, aalst: Library
) -> None:
    page(_says_library)

    not_mine, nowhere = colleague.get("/b/aalst/deur/"), colleague.get("/b/nergs/deur/")

    assert (not_mine.status_code, nowhere.status_code) == (404, 404)
    assert not_mine.content.replace(b"aalst", b"nergs") == nowhere.content


def test_a_role_that_is_taken_away_closes_the_door_at_once(
    page: Callable[[View], str], colleague: Client
) -> None:
    address = page(_says_library)
    before = colleague.get(address)
    StaffRole.objects.all().delete()

    assert (before.status_code, colleague.get(address).status_code) == (200, 404)


def test_who_is_not_logged_in_is_sent_to_the_login(page: Callable[[View], str], client: Client) -> None:
    answer = client.get(page(_says_library))

    assert answer.headers["Location"] == "/account/login/?next=/b/zottegem/deur/"


def test_a_template_is_rendered_inside_the_library(
    page: Callable[[View], str], colleague: Client, zottegem: Library
) -> None:
    with acting_for(zottegem.pk):
        factories.a_branch(name="Velzeke")
    template = engines["django"].from_string("{% for branch in branches %}{{ branch.name }}{% endfor %}")

    answer = colleague.get(
        page(lambda request: TemplateResponse(request, template, {"branches": Branch.objects.all()}))
    )

    assert answer.content.decode() == "Velzeke"


@pytest.mark.parametrize("status", [500, 503])
def test_a_page_that_fails_writes_nothing(
    status: int, page: Callable[[View], str], colleague: Client, zottegem: Library
) -> None:
    def fails(request: HttpRequest) -> HttpResponse:
        factories.a_branch()
        return HttpResponse("spijtig", status=status)

    answer = colleague.get(page(fails))

    assert (answer.status_code, answer.content, _setting()) == (status, b"spijtig", "")
    with acting_for(zottegem.pk):
        assert not Branch.objects.exists()


def test_a_page_that_raises_writes_nothing_and_leaves_no_library(
    page: Callable[[View], str], colleague: Client, zottegem: Library
) -> None:
    def raises(request: HttpRequest) -> HttpResponse:
        factories.a_branch()
        raise RuntimeError("spijtig")

    answer = colleague.get(page(raises))

    assert (answer.status_code, _setting()) == (500, "")
    with pytest.raises(NoLibrary):
        current_library_id()
    with acting_for(zottegem.pk):
        assert not Branch.objects.exists()


def test_an_answer_that_streams_is_refused(page: Callable[[View], str], colleague: Client) -> None:
    answer = colleague.get(page(lambda request: StreamingHttpResponse(iter(["rijen"]))))

    assert answer.status_code == 500


def test_pages_of_a_library_are_not_kept_by_browsers_or_proxies(
    page: Callable[[View], str], colleague: Client
) -> None:
    assert colleague.get(page(_says_library)).headers["Cache-Control"] == "private, no-store"


def test_the_network_has_no_library_and_a_library_no_network(
    page: Callable[[View], str], colleague: Client, zottegem: Library
) -> None:
    with acting_for(zottegem.pk):
        factories.a_branch()
    page(lambda request: HttpResponse(str(Branch.objects.count())))
    network = Client(raise_request_exception=False)
    network.force_login(factories.a_network_role().user)

    assert network.get("/netwerk/deur/").status_code == 500
    assert network.get("/b/zottegem/deur/").status_code == 404
    assert colleague.get("/netwerk/deur/").status_code == 404
