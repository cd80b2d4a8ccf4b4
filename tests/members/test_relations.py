from collections.abc import Iterator
from datetime import timedelta

import pytest

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import AuditEntry, Library
from members import profile, relations
from members.models import Contact, ContactChange, ContactRelation
from members.segments import people
from tests import factories, pages
from tests.factories import NOON

VOLUNTEERS = {"field": "relation", "op": "in", "value": ["volunteer"]}


@pytest.fixture
def noor(zottegem: Library) -> Iterator[Contact]:
    with acting_for(zottegem.pk):
        yield factories.a_contact(first_name="Noor", last_name="Lemmens")


def test_a_relation_by_hand_says_so_and_is_written_down(noor: Contact) -> None:
    relations.add_by_hand(noor, "volunteer", last_day=None, by=factories.a_user(), at=NOON)

    held = profile.held_relations(noor, at=NOON)
    assert [(one.label, one.source) for one in held] == [("Vrijwilliger", "met de hand, 6 oktober 2026")]
    entry = AuditEntry.objects.get(act="contact.relation_added")
    assert (entry.subject_id, entry.detail) == (noor.pk, {})
    assert ContactChange.objects.get().contact_id == noor.pk


def test_what_somebody_is_already_is_refused(noor: Contact) -> None:
    els = factories.a_user()
    relations.add_by_hand(noor, "volunteer", last_day=NOON.date(), by=els, at=NOON)

    for known in ("volunteer", noor.relation):
        with pytest.raises(relations.AlreadyKnown):
            relations.add_by_hand(noor, known, last_day=None, by=els, at=NOON)
    with pytest.raises(relations.AlreadyOver):
        relations.add_by_hand(noor, "partner", last_day=NOON.date() - timedelta(days=1), by=els, at=NOON)
    assert not relations.add(noor, "volunteer", source="bibmail", at=NOON)
    assert ContactRelation.objects.count() == 1


def test_a_relation_holds_up_to_and_with_its_last_day(noor: Contact) -> None:
    relations.add_by_hand(noor, "volunteer", last_day=NOON.date(), by=factories.a_user(), at=NOON)

    found = [
        people.ids(VOLUNTEERS, at=at) for at in (NOON, NOON + timedelta(hours=9), NOON + timedelta(days=1))
    ]

    assert found == [[noor.pk], [noor.pk], []]
    assert "tot en met 6 oktober 2026" in profile.standing_facts(noor, at=NOON)[0].value
    assert profile.standing_facts(noor, at=NOON + timedelta(days=1)) == []


def test_a_relation_that_ended_stays_known_and_may_come_back(noor: Contact) -> None:
    els = factories.a_user()
    relation = relations.add_by_hand(noor, "volunteer", last_day=None, by=els, at=NOON - timedelta(days=9))

    assert relations.end(noor, relation.pk, by=els, at=NOON)
    assert not relations.end(noor, relation.pk, by=els, at=NOON)
    relations.add_by_hand(noor, "volunteer", last_day=None, by=els, at=NOON)

    assert ContactRelation.objects.count() == 2
    assert AuditEntry.objects.filter(act="contact.relation_ended").count() == 1


def test_a_colleague_adds_one_and_ends_it(zottegem: Library, noor: Contact) -> None:
    client, here = pages.editor(zottegem), pages.at(zottegem, "contact-relations", noor.pk)

    added = client.post(here, {"relation": "volunteer", "last_day": "2126-05-03"}, follow=True)
    assert "Toegevoegd: Vrijwilliger." in added.content.decode()
    assert "Vrijwilliger, tot en met 3 mei 2126" in added.content.decode()
    relation = ContactRelation.objects.get()
    ending = pages.at(zottegem, "contact-relation-end", noor.pk, relation.pk)
    assert "Beëindig ‘Vrijwilliger’?" in client.get(ending).content.decode()
    assert "Beëindigd: Vrijwilliger." in client.post(ending, follow=True).content.decode()
    assert "Vrijwilliger was al beëindigd." in client.post(ending, follow=True).content.decode()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"relation": ""}, "Kies wat deze persoon voor de bib is."),
        ({"relation": "member"}, "We kennen deze persoon al als lid. Kies een andere relatie."),
        ({"relation": "partner", "last_day": "2020-01-01"}, "Deze dag is al voorbij."),
        ({"relation": "partner", "last_day": "ooit"}, "Deze datum kunnen we niet lezen."),
    ],
)
def test_what_cannot_be_is_told_in_a_sentence(
    zottegem: Library, noor: Contact, said: dict[str, str], words: str
) -> None:
    answer = pages.editor(zottegem).post(pages.at(zottegem, "contact-relations", noor.pk), said)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not ContactRelation.objects.exists()


def test_the_page_of_a_person_leads_there_for_who_may_edit(zottegem: Library, noor: Contact) -> None:
    relations.add_by_hand(noor, "volunteer", last_day=None, by=factories.a_user(), at=NOON)
    here, more = (pages.at(zottegem, name, noor.pk) for name in ("contact-relations", "contact-more"))

    client = pages.editor(zottegem)

    with pages.at_most(12):
        told = client.get(more).content.decode()
    with pages.at_most(12):
        client.get(here)

    assert here in told
    assert "met de hand" in told
    reader = pages.reader(zottegem)
    assert here not in reader.get(more).content.decode()
    assert reader.get(here).status_code == 403


def test_nobody_ends_what_another_person_is(zottegem: Library, noor: Contact) -> None:
    other = factories.a_contact()
    relation = relations.add_by_hand(other, "volunteer", last_day=None, by=factories.a_user(), at=NOON)

    answer = pages.editor(zottegem).post(pages.at(zottegem, "contact-relation-end", noor.pk, relation.pk))

    assert answer.status_code == 404
    relation.refresh_from_db()
    assert relation.until is None
