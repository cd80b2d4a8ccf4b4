"""The settings pages answer the same questions: works, stranger, wrong role, wrong method, few queries."""

from typing import Any

import pytest

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library
from tests import factories, pages

READ = ["start", "settings", "branches", "staff", "topics"]
FOR_ADMINS = ["branch-add", "staff-invite", "audit"]


@pytest.mark.parametrize("name", READ)
def test_every_colleague_reads(zottegem: Library, name: str) -> None:
    answer = pages.reader(zottegem).get(pages.at(zottegem, name))

    assert answer.status_code == 200


@pytest.mark.parametrize("name", [*READ, *FOR_ADMINS])
def test_a_stranger_finds_nothing(zottegem: Library, aalst: Library, name: str) -> None:
    answer = pages.admin(aalst).get(pages.at(zottegem, name))

    assert answer.status_code == 404


@pytest.mark.parametrize("name", FOR_ADMINS)
def test_pages_for_admins_refuse_an_editor_in_dutch(zottegem: Library, name: str) -> None:
    answer = pages.editor(zottegem).get(pages.at(zottegem, name))

    assert answer.status_code == 403
    assert "Dit mag je niet met jouw rol" in answer.content.decode()


@pytest.mark.parametrize("name", [*READ, "audit"])
def test_pages_that_only_show_refuse_a_post(zottegem: Library, name: str) -> None:
    answer = pages.admin(zottegem).post(pages.at(zottegem, name))

    assert answer.status_code == 405


@pytest.mark.parametrize("name", [*READ, *FOR_ADMINS])
def test_pages_ask_little(zottegem: Library, name: str, django_assert_max_num_queries: Any) -> None:
    with acting_for(zottegem.pk):
        for number in range(4):
            factories.some_hours(factories.a_branch(code=f"{number}", name=f"Branch {number}"))
    client = pages.admin(zottegem)

    with django_assert_max_num_queries(12):
        client.get(pages.at(zottegem, name))


@pytest.mark.parametrize("name", [*READ, *FOR_ADMINS])
def test_every_page_has_help_and_no_inline_style(zottegem: Library, name: str) -> None:
    html = pages.admin(zottegem).get(pages.at(zottegem, name)).content.decode()

    assert "Hulp bij deze pagina" in html
    assert "<p>" in html.split("Hulp bij deze pagina")[1]
    assert " style=" not in html
    assert "<style" not in html
