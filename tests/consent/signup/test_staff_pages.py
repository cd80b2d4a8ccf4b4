"""Colleagues make the forms; who may not edit sees the figures."""

from typing import Any

import pytest

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import AuditEntry, Library
from consent.models import SignupForm
from tests import factories, pages

pytestmark = pytest.mark.django_db

VALUES: dict[str, Any] = {
    "name": "Blijf op de hoogte",
    "slug": "op-de-hoogte",
    "topics": ["newsletter"],
    "asks": ["first_name"],
    "relation": "inhabitant",
    "allowed_origins": "https://bib.example.be/nieuws",
    "is_active": "on",
}


def test_an_editor_makes_a_form_with_code_to_paste(zottegem: Library) -> None:
    client = pages.editor(zottegem)

    answer = client.post(pages.at(zottegem, "signup-form-add"), VALUES, follow=True)

    page = answer.content.decode()
    assert "/aanmelden/zottegem/op-de-hoogte/" in page
    assert "&lt;iframe" in page
    with acting_for(zottegem.pk):
        assert SignupForm.objects.get().allowed_origins == ["https://bib.example.be"]
        assert AuditEntry.objects.get().act == "signup_form.added"


@pytest.mark.parametrize(
    "origin",
    ["http://bib.example.be", "javascript:alert(1)", "https://a.be;script-src *", "*", "https://[", "bib.be"],
)
def test_what_is_no_safe_site_is_refused_with_the_mend(zottegem: Library, origin: str) -> None:
    answer = pages.editor(zottegem).post(
        pages.at(zottegem, "signup-form-add"), VALUES | {"allowed_origins": origin}
    )

    assert "https://bib.example.be" in answer.content.decode()
    with acting_for(zottegem.pk):
        assert not SignupForm.objects.exists()


def test_two_forms_cannot_have_one_address(zottegem: Library) -> None:
    client = pages.editor(zottegem)
    client.post(pages.at(zottegem, "signup-form-add"), VALUES)

    answer = client.post(pages.at(zottegem, "signup-form-add"), VALUES)

    assert "Er is al een formulier met dit webadres" in answer.content.decode()


def test_a_reader_sees_the_figures_and_changes_nothing(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        form = SignupForm.objects.create(
            name="X", slug="x", topics=["newsletter"], created_at=factories.NOON, asked_count=1_234
        )
    client = pages.reader(zottegem)

    assert "1.234" in client.get(pages.at(zottegem, "signup-forms")).content.decode()
    assert client.get(pages.at(zottegem, "signup-form", form.pk)).status_code == 403
    assert client.post(pages.at(zottegem, "signup-form-add"), VALUES).status_code == 403


def test_the_pages_are_quick_and_no_strangers(zottegem: Library, aalst: Library) -> None:
    with acting_for(zottegem.pk):
        form = SignupForm.objects.create(name="X", slug="x", topics=["newsletter"], created_at=factories.NOON)
    client = pages.editor(zottegem)

    for address in (pages.at(zottegem, "signup-forms"), pages.at(zottegem, "signup-form", form.pk)):
        with pages.at_most(12):
            assert client.get(address).status_code == 200
        assert pages.editor(aalst).get(address).status_code == 404
        assert client.delete(address).status_code == 405
