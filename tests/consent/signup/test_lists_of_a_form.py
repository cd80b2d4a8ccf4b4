"""A form names the lists it puts people on; where the library lets them choose, they tick."""

from typing import Any

import pytest
from django.test import Client

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library
from consent.models import SignupForm, SignupRequest
from consent.signup import form_lists
from members.models import ContactList, ListMember
from tests import factories, pages
from tests.consent.signup.stage import a_form
from tests.consent.signup.test_signup import ADDRESS, post, stamp, the_link

pytestmark = pytest.mark.django_db


@pytest.fixture
def lists(zottegem: Library) -> list[ContactList]:
    with acting_for(zottegem.pk):
        form = a_form()
        made = [
            ContactList.objects.create(name=name, purpose="x", created_at=factories.NOON)
            for name in ("Partners van de bib", "Vrijwilligers")
        ]
        form_lists.put(form, made)
        return made


def on(library: Library) -> list[str]:
    with acting_for(library.pk):
        return sorted(ListMember.objects.values_list("contact_list__name", flat=True))


def let_them_choose(library: Library) -> None:
    with acting_for(library.pk):
        SignupForm.objects.update(visitors_choose_lists=True)


def test_everybody_comes_on_every_list_that_was_named(zottegem: Library, lists: list[ContactList]) -> None:
    page = Client().get(ADDRESS).content.decode()
    post()
    asked = Client().get(the_link(zottegem)).content.decode()
    Client().post(the_link(zottegem))

    assert "komt op deze lijsten van de bib: Partners van de bib, Vrijwilligers." in page
    assert "Je komt ook op deze lijsten van de bib:" in asked
    assert on(zottegem) == ["Partners van de bib", "Vrijwilligers"]


def test_who_may_choose_comes_on_what_they_ticked(zottegem: Library, lists: list[ContactList]) -> None:
    let_them_choose(zottegem)

    page = Client().get(ADDRESS).content.decode()
    post(lists=[str(lists[1].pk)])
    Client().post(the_link(zottegem))

    assert "Op welke lijst van de bib wil je staan?" in page
    assert "checked" not in page
    assert on(zottegem) == ["Vrijwilligers"]


@pytest.mark.parametrize("chosen", [[], ["0"], ["x"]])
def test_no_list_is_chosen_for_anybody(
    zottegem: Library, lists: list[ContactList], chosen: list[str]
) -> None:
    let_them_choose(zottegem)

    post(lists=chosen)

    with acting_for(zottegem.pk):
        kept = list(SignupRequest.objects.values_list("list_ids", flat=True))
    assert kept == ([] if chosen else [[]])


def test_a_list_that_was_put_away_is_not_named_and_gets_nobody(
    zottegem: Library, lists: list[ContactList]
) -> None:
    post()
    with acting_for(zottegem.pk):
        ContactList.objects.filter(name="Vrijwilligers").update(is_archived=True)
    Client().post(the_link(zottegem))

    assert "komt op deze lijst van de bib: Partners van de bib." in Client().get(ADDRESS).content.decode()
    assert on(zottegem) == ["Partners van de bib"]


def test_a_page_that_named_other_lists_is_shown_again(zottegem: Library, lists: list[ContactList]) -> None:
    old = stamp()
    with acting_for(zottegem.pk):
        form_lists.put(SignupForm.objects.get(), lists[:1])

    answer = post(stamp=old)

    assert "de tekst is veranderd" in answer.content.decode()


def test_a_colleague_ticks_the_lists(zottegem: Library, lists: list[ContactList]) -> None:
    client = pages.editor(zottegem)
    with acting_for(zottegem.pk):
        form = SignupForm.objects.get()
        ContactList.objects.filter(pk=lists[0].pk).update(is_archived=True)
    values: dict[str, Any] = {
        "name": form.name,
        "slug": form.slug,
        "topics": form.topics,
        "relation": "inhabitant",
        "is_active": "on",
        "visitors_choose_lists": "on",
    }
    here = pages.at(zottegem, "signup-form", form.pk)

    page = client.get(here).content.decode()
    client.post(here, values)

    assert f'value="{lists[1].pk}"' in page
    assert f'value="{lists[0].pk}"' not in page
    with acting_for(zottegem.pk):
        form.refresh_from_db()
        assert form.visitors_choose_lists
        assert form_lists.of(form) == []
        ContactList.objects.update(is_archived=False)
        assert form_lists.of(form) == lists[:1]
