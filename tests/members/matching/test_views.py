from bibmail.tenancy import acting_for
from bibmail.tenancy.models import AuditEntry, Library, StaffRole
from members.matching import joining, pairs
from members.models import Contact, IdentityChange, NotSamePerson
from tests import factories, pages
from tests.factories import NOON


def a_double(**fields: object) -> tuple[Contact, Contact]:
    """Two records that are certainly one person."""
    first = factories.a_contact(**fields)
    second = factories.a_contact(external_id=f"visitor:{first.pk}", **fields)
    for contact in (first, second):
        factories.a_membership(contact, card_number=f"2023{first.pk}")
    return first, second


def test_a_pair_stands_side_by_side_with_why(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        a_double()
    client = pages.editor(zottegem)

    with pages.at_most(12):
        answer = client.get(pages.at(zottegem, "doubles"))

    assert "Ze hebben dezelfde lidkaart." in answer.content.decode()
    with acting_for(zottegem.pk):
        assert AuditEntry.objects.get(act="contact.doubles_viewed").detail == {"people": 2}


def test_joining_leads_to_who_stays_and_the_old_page_leads_there_too(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        kept, other = a_double()
    client = pages.editor(zottegem)

    joined = client.post(
        pages.at(zottegem, "doubles-join"), {"kept_id": kept.pk, "other_id": other.pk, "rule": "card"}
    )
    old = client.get(pages.at(zottegem, "contact", other.pk))

    assert joined.headers["Location"] == old.headers["Location"] == pages.at(zottegem, "contact", kept.pk)
    told = client.get(pages.at(zottegem, "contact-more", kept.pk))
    assert "Samengevoegd met" in told.content.decode()


def test_all_certain_ones_at_once_leave_the_doubtful(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        for _ in range(3):
            a_double()
        for _ in range(2):
            factories.a_contact(
                email_norm="n@example.be", recipient_hash=factories.a_hash("n@example.be"), date_of_birth=None
            )
    client = pages.editor(zottegem)

    client.post(pages.at(zottegem, "doubles-join-certain"))

    with acting_for(zottegem.pk):
        assert Contact.objects.filter(kind="merged").count() == 3
        [left] = pairs.to_look_at(on=NOON.date())
        assert not left.is_certain


def test_saying_that_they_are_two_is_kept(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        one, other = a_double()
    client = pages.editor(zottegem)

    client.post(pages.at(zottegem, "doubles-two"), {"kept_id": one.pk, "other_id": other.pk})

    assert "Niemand staat er twee keer in" in client.get(pages.at(zottegem, "doubles")).content.decode()
    with acting_for(zottegem.pk):
        assert NotSamePerson.objects.count() == 1


def test_a_joining_is_undone_from_the_page(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        kept, other = a_double()
        change = joining.join(kept_id=kept.pk, other_id=other.pk, by=None, at=NOON)
    client = pages.editor(zottegem)

    client.post(pages.at(zottegem, "doubles-undo", change.pk))

    with acting_for(zottegem.pk):
        assert IdentityChange.objects.get().undone_at is not None
        assert Contact.objects.people().count() == 2


def test_two_people_are_found_and_compared(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        person = factories.a_contact()
        factories.a_contact(
            first_name="Wout", first_name_folded="wout", last_name="Maes", last_name_folded="maes"
        )
    client = pages.editor(zottegem)

    with pages.at_most(12):
        answer = client.post(pages.at(zottegem, "contact-join", person.pk), {"q": "maes"})

    assert "Wout Maes" in answer.content.decode()


def test_a_split_needs_a_name_and_something_to_split_off(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        person = factories.a_contact()
        act = factories.an_activity(person)
    client = pages.editor(zottegem)
    address = pages.at(zottegem, "contact-split", person.pk)

    refused = client.post(address, {"first_name": "Wout", "last_name": "Maes"})
    done = client.post(address, {"first_name": "Wout", "last_name": "Maes", "parts": [f"activity:{act.pk}"]})

    assert "Kies minstens één ding" in refused.content.decode()
    assert done.status_code == 302
    with acting_for(zottegem.pk):
        act.refresh_from_db()
        assert act.contact.full_name == "Wout Maes"


def test_who_may_not_see_people_or_not_edit_stays_out(zottegem: Library) -> None:
    blind = pages.logged_in(factories.a_role(zottegem, role=StaffRole.Role.EDITOR, sees_people=False))

    assert pages.reader(zottegem).get(pages.at(zottegem, "doubles")).status_code == 403
    assert blind.get(pages.at(zottegem, "doubles")).status_code == 403


def test_people_of_another_library_cannot_be_joined(zottegem: Library, aalst: Library) -> None:
    with acting_for(aalst.pk):
        theirs, other = a_double()
    client = pages.editor(zottegem)

    client.post(pages.at(zottegem, "doubles-join"), {"kept_id": theirs.pk, "other_id": other.pk})
    two = client.post(pages.at(zottegem, "doubles-two"), {"kept_id": theirs.pk, "other_id": other.pk})

    assert two.status_code == 404
    with acting_for(aalst.pk):
        assert Contact.objects.people().count() == 2
