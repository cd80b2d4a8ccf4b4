"""Many requests at once, of two libraries, some of which fail: nobody reads the other's, nothing stays set."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import LazySettings
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import include, path

from bibmail import urls
from bibmail.tenancy import NoLibrary, current_library_id
from bibmail.tenancy.middleware import LibraryRequest
from bibmail.tenancy.models import Branch
from tests.isolation import makers, probes
from tests.isolation.makers import Tenant

THREADS, REQUESTS = 8, 30


def _unsteady(request: LibraryRequest) -> HttpResponse:
    """The names of all branches, or one of the ways a page can go wrong."""
    names = ",".join(Branch.objects.values_list("name", flat=True))
    mood = request.GET["mood"]
    if mood == "raises":
        raise RuntimeError(names)
    if mood == "breaks":
        probes.run("SELECT 1 / 0")
    return HttpResponse(names, status=500 if mood == "fails" else 200)


def _still_set() -> bool:
    """Whether anything is left of a scope on this thread's connection."""
    left = probes.rows(
        "SELECT coalesce(current_setting('app.library_id', true), '')"
        " || coalesce(current_setting('app.scope', true), '')"
    )[0][0]
    try:
        current_library_id()
    except NoLibrary:
        return bool(left)
    return True


def _visit(
    tenants: list[Tenant], sessions: dict[str, str], seed: int, barrier: threading.Barrier
) -> list[str]:
    """One thread's requests, by turns at both libraries; what was wrong about them."""
    wrong, chance = [], random.Random(seed)  # noqa: S311  # a choice of pages, no secret
    client = Client(raise_request_exception=False)
    barrier.wait()
    try:
        for _ in range(REQUESTS):
            tenant = chance.choice(tenants)
            mood = chance.choice(["calm", "calm", "fails", "raises", "breaks"])
            client.cookies["sessionid"] = sessions[tenant.library.slug]
            answer = client.get(f"/b/{tenant.library.slug}/wispelturig/?mood={mood}")
            expected = {"calm": 200}.get(mood, 500)
            own = tenant.of(Branch).name
            if answer.status_code != expected:
                wrong.append(f"{mood}: {answer.status_code}")
            if mood in {"calm", "fails"} and answer.content.decode() != own:
                wrong.append(f"{tenant.library.slug} reads {answer.content.decode()[:60]!r}")
            if _still_set():
                wrong.append(f"{mood}: the scope is still set")
    finally:
        connection.close()
    return wrong


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_eight_threads_at_two_libraries_never_mix(settings: LazySettings) -> None:
    added = path("b/<slug:library>/", include(([path("wispelturig/", _unsteady)], "library")))
    settings.ROOT_URLCONF = type("Planted", (), {"urlpatterns": [*urls.urlpatterns, added]})
    world = makers.build()
    tenants, sessions = [world.zottegem, world.aalst], {}
    for tenant in tenants:
        client = Client()
        client.force_login(tenant.staff)
        sessions[tenant.library.slug] = client.cookies["sessionid"].value

    barrier = threading.Barrier(THREADS)
    with ThreadPoolExecutor(THREADS) as threads:
        wrong = list(threads.map(lambda seed: _visit(tenants, sessions, seed, barrier), range(THREADS)))

    assert wrong == [[] for _ in range(THREADS)]
