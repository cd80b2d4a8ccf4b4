"""Somebody confirmed: is it a person we know, or a new one?"""

from datetime import date
from typing import Any

import pytest

from bibmail.tenancy.models import Library
from consent.models import SignupForm, SignupRequest
from consent.signup import asking, confirming
from members.models import Contact, ContactRelation
from tests import factories
from tests.consent.signup.stage import a_form
from tests.factories import a_contact, a_hash

pytestmark = pytest.mark.django_db


def _ask(**fields: Any) -> Contact | None:
    """Ask and confirm, without the pages; who it was."""
    request = SignupRequest.objects.create(
        form=SignupForm.objects.get(),
        email="gezin@example.be",
        address_hash=a_hash("gezin@example.be"),
        wording_ids=[],
        asked_at=factories.NOON,
        expires_at=factories.NOON + asking.KEPT,
        **fields,
    )
    return confirming.confirm(request_id=request.pk, at=factories.NOON).contact


def _on_the_address(**fields: Any) -> Contact:
    return a_contact(
        email="gezin@example.be",
        email_norm="gezin@example.be",
        recipient_hash=a_hash("gezin@example.be"),
        **fields,
    )


def test_who_we_know_by_address_and_name_is_not_made_twice(library: Library) -> None:
    a_form()
    noor = _on_the_address(first_name="Noor", first_name_folded="noor", date_of_birth=date(1989, 3, 12))
    _on_the_address(first_name="Jan", first_name_folded="jan", date_of_birth=date(1985, 1, 1))

    assert _ask(first_name="noor", last_name="Lemmens") == noor
    assert ContactRelation.objects.get(contact=noor).relation == "inhabitant"


def test_who_shares_an_address_with_others_never_gets_their_consents(library: Library) -> None:
    a_form()
    both = [_on_the_address(first_name=name, first_name_folded=name.lower()) for name in ("Noor", "Jan")]

    found = _ask()

    assert found is not None
    assert found not in both


def test_the_only_one_on_an_address_is_that_one_unless_the_name_differs(library: Library) -> None:
    a_form()
    noor = _on_the_address(first_name="Noor", first_name_folded="noor")

    assert _ask() == noor
    SignupRequest.objects.all().delete()
    assert _ask(first_name="Jan") != noor
