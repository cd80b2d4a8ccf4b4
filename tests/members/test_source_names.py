"""No page shows the raw code of a source."""

import pytest

from bibmail.api.actions import source_of
from bibmail.tenancy.models import Library
from consent import sources as consent_sources
from consent.models import SignupForm
from consent.sources import BY_ESP, BY_LINK
from members import inventory
from members.connectors import registry
from members.models.sourced import BY_COLLEAGUE, BY_THEMSELVES
from members.source_names import Names
from tests import factories

pytestmark = pytest.mark.django_db

CODES = [
    *(one.code for one in registry.in_order()),
    "upload", "bibmail", BY_COLLEAGUE, BY_THEMSELVES, BY_LINK, BY_ESP, "balie", "formulier", "mijn-bibliotheek",
    "formulier:weg", source_of("Balie Zuid"), "iets-nieuws",
]  # fmt: skip


@pytest.mark.parametrize("code", CODES)
def test_every_source_that_is_written_has_words(library: Library, code: str) -> None:
    for words in (Names().of(code), consent_sources.words(code), inventory._named([code])):
        assert words
        assert words != code
        assert "formulier:" not in words
        assert "api:" not in words


def test_a_form_is_called_by_its_name(library: Library) -> None:
    SignupForm.objects.create(name="Elke maand post", slug="post", topics=[], created_at=factories.NOON)

    assert Names().of("formulier:post") == "het formulier ‘Elke maand post’"
    assert consent_sources.words("formulier:post") == "via het formulier ‘Elke maand post’"
