from datetime import date

import pytest

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import AuditEntry, Library
from members import corrections, queries
from members.identity import NoAddress
from members.models import Contact, ContactChange
from tests import factories, pages
from tests.factories import NOON
from tests.members.delivery import Deliver

HEAD = "externalId;firstName;lastName;email;dateOfBirth;postalCode;language\n"
ROW = "1;Noor;Lemens;noor@exampel.be;1989-03-12;9620;nl\n"


def correct(contact: Contact, **said: object) -> list[str]:
    return corrections.correct(contact_id=contact.pk, said=said, by=None, at=NOON)


def test_a_correction_follows_through_and_tells_who_said_it(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        person = factories.a_contact(last_name="Lemens", last_name_folded="lemens")

        changed = correct(person, last_name="Lemmens", email="Noor@example.be", first_name="Noor")

        person.refresh_from_db()
        assert changed == ["last_name", "email"]
        assert (person.email_norm, str(person.recipient_hash).replace("-", "")) == (
            "noor@example.be",
            factories.a_hash("noor@example.be"),
        )
        assert person.source_of("email")[0] == "colleague"
        assert [found.pk for found in queries.find("lemm")] == [person.pk]
        assert ContactChange.objects.get().contact_id == person.pk
        assert AuditEntry.objects.get(act="contact.corrected").detail == {"fields": "last_name, email"}


def test_the_next_file_that_says_the_same_does_not_undo_it(zottegem: Library, bring: Deliver) -> None:
    bring(sink="members", content=HEAD + ROW)
    with acting_for(zottegem.pk):
        person = Contact.objects.get()
        correct(
            person,
            last_name="Lemmens",
            email="noor@example.be",
            date_of_birth=date(1990, 3, 12),
            postal_code="9630",
        )

    again = bring(sink="members", content=HEAD + ROW)

    with acting_for(zottegem.pk):
        person.refresh_from_db()
        assert (person.last_name, person.last_name_folded, person.email_norm) == (
            "Lemmens",
            "lemmens",
            "noor@example.be",
        )
        assert (person.date_of_birth, person.postal_code) == (date(1990, 3, 12), "9630")
        assert (again.changed_count, again.unchanged_count) == (0, 1)


def test_a_source_that_says_something_else_is_heard_again(zottegem: Library, bring: Deliver) -> None:
    bring(sink="members", content=HEAD + ROW)
    with acting_for(zottegem.pk):
        person = Contact.objects.get()
        correct(person, last_name="Lemmens", email="noor@example.be")

    bring(sink="members", content=HEAD + ROW.replace("noor@exampel.be", "nieuw@example.be"))

    with acting_for(zottegem.pk):
        person.refresh_from_db()
        assert (person.last_name, person.email, person.source_of("email")[0]) == (
            "Lemmens",
            "nieuw@example.be",
            "wise",
        )


def test_a_second_correction_remembers_what_the_source_said_first(zottegem: Library, bring: Deliver) -> None:
    bring(sink="members", content=HEAD + ROW)
    with acting_for(zottegem.pk):
        person = Contact.objects.get()
        correct(person, email="fout@example.be")
        correct(person, email="noor@example.be")

    bring(sink="members", content=HEAD + ROW)

    with acting_for(zottegem.pk):
        person.refresh_from_db()
        assert person.email == "noor@example.be"


def test_no_address_is_refused_and_an_empty_one_is_none(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        person = factories.a_contact(
            email="n@example.be", email_norm="n@example.be", recipient_hash=factories.a_hash("n@example.be")
        )
        with pytest.raises(NoAddress):
            correct(person, email="geen adres")

        correct(person, email="")

        person.refresh_from_db()
        assert (person.email_norm, person.recipient_hash) == ("", None)


def test_an_editor_corrects_from_the_page(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        person = factories.a_contact()
    client = pages.editor(zottegem)
    address = pages.at(zottegem, "contact-edit", person.pk)
    good = {"first_name": "Nora", "last_name": "Lemmens", "date_of_birth": "1989-03-12", "language": "nl"}

    with pages.at_most(12):
        assert "1989-03-12" in client.get(address).content.decode()
    wrong = client.post(address, good | {"email": "noor@", "date_of_birth": "2099-01-01"})
    client.post(address, good)

    assert "Dit e-mailadres kan niet bestaan." in wrong.content.decode()
    assert "Dit jaar kan niet kloppen." in wrong.content.decode()
    assert "Nora Lemmens" in client.get(pages.at(zottegem, "contact", person.pk)).content.decode()
    assert pages.reader(zottegem).get(address).status_code == 403
