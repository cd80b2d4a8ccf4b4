"""Every address of the site, as anonymous visitors, strangers and colleagues without permission try it."""

from pathlib import Path

import pytest
from django.conf import LazySettings

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import StaffRole
from tests.isolation import makers, pages
from tests.isolation.makers import World
from tests.isolation.pages import Visitor
from tests.isolation.rows.campaigns import write_anew


@pytest.fixture(autouse=True)
def _uploads_stay_in_a_folder_of_the_test(settings: LazySettings, tmp_path: Path) -> None:
    settings.UPLOADS_DIR = tmp_path


@pytest.fixture
def world(world: World) -> World:
    """As ever, with a newsletter that is still being written: its pages do most."""
    for tenant in (world.zottegem, world.aalst):
        with acting_for(tenant.library.pk):
            write_anew()
    return world


@pytest.fixture
def world_of_sent_newsletters(db: None) -> World:
    return makers.build()


def test_every_address_has_a_probe() -> None:
    assert pages.without_probe() == []


def test_no_address_is_listed_that_is_gone() -> None:
    assert set(pages.routes()) >= pages.OUTSIDE


@pytest.mark.slow
@pytest.mark.parametrize("route", pages.library_routes())
def test_aalst_gets_nothing_of_zottegem(route: str, world: World) -> None:
    assert pages.route_leaks(route, world) == []


@pytest.mark.slow
@pytest.mark.parametrize("route", [route for route in pages.library_routes() if "campaign_id" in route])
def test_aalst_gets_nothing_of_what_zottegem_sent(route: str, world_of_sent_newsletters: World) -> None:
    assert pages.route_leaks(route, world_of_sent_newsletters) == []


@pytest.mark.slow
@pytest.mark.parametrize("route", pages.network_routes())
def test_the_network_shows_no_row_of_a_library(route: str, world: World) -> None:
    assert pages.network_leaks(route, world, makers.a_network_colleague()) == []


@pytest.mark.slow
@pytest.mark.parametrize("route", sorted(route for route in pages.OUTSIDE if "^" not in route))
def test_a_page_outside_the_libraries_shows_nothing_of_them(route: str, world: World) -> None:
    assert pages.open_leaks(route, world) == []


@pytest.mark.slow
@pytest.mark.parametrize("role", StaffRole.Role.values)
def test_who_may_not_see_people_reads_no_name(role: str, world: World) -> None:
    colleague = makers.a_colleague(world.zottegem.library, role=role, sees_people=False)
    owner, visitor = Visitor(world.zottegem.staff), Visitor(colleague)

    leaks = []
    for route in pages.library_routes():
        # First somebody who may, in case the answer is kept.
        owner.ask("GET", pages.address(route, slug="zottegem", number=world.zottegem.number))
        leaks += pages.words_without_permission(route, world.zottegem, visitor)

    assert leaks == []


@pytest.mark.slow
def test_zottegems_number_in_a_form_of_aalst_reaches_nothing(world: World) -> None:
    visitor = Visitor(world.aalst.staff, watching=world.zottegem)

    forms = pages.forms_of(world, visitor, pages.library_routes())
    leaks = [leak for form in forms for leak in pages.form_leaks(form, world, visitor)]

    assert len(forms) >= 5
    assert leaks == []


@pytest.mark.slow
def test_the_words_are_on_zottegems_own_pages(world: World) -> None:
    visitor = Visitor(world.zottegem.staff)

    seen = {
        word
        for route in pages.library_routes()
        for answer in [
            visitor.ask("GET", pages.address(route, slug="zottegem", number=world.zottegem.number))
        ]
        for word in world.zottegem.canaries
        if word in answer.body
    }

    # Otherwise their absence elsewhere would prove nothing.
    assert {
        "tenancy_branch.name",
        "tenancy_user.name",
        "tenancy_library.name",
        "members_contact.first_name",
    } <= {world.zottegem.canaries[word] for word in seen}
