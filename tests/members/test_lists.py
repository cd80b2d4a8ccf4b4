"""Lists, relations, stages and the day on which a non-member goes."""

from datetime import date, timedelta

import pytest

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import AuditEntry, Library
from consent.models import Suppression
from members import funnel, list_entry, lists, nonmembers, relations
from members.models import ActivitySummary, Contact, ContactList, FunnelStage, ListMember
from members.segments import people
from tests import factories, pages
from tests.factories import NOON, a_contact, a_hash
from tests.members.delivery import Deliver

pytestmark = pytest.mark.django_db


def a_list(name: str = "Leesgroep") -> ContactList:
    return ContactList.objects.create(name=name, purpose="Samen lezen", created_at=NOON)


def a_visitor(address: str = "jef@example.be", **fields: object) -> Contact:
    return a_contact(
        relation="visitor",
        email=address,
        email_norm=address,
        recipient_hash=a_hash(address),
        sourced_at=NOON - timedelta(days=900),
        **fields,
    )


def stage_of(contact: Contact) -> str | None:
    return (
        FunnelStage.objects.filter(contact=contact, until__isnull=True)
        .values_list("stage", flat=True)
        .first()
    )


def test_pasted_lines_find_people_and_tell_what_is_wrong_with_the_others(library: Library) -> None:
    noor, jef = a_contact(external_id="7300001"), a_visitor()
    factories.a_membership(noor, card_number="20230001230000")
    a_visitor("samen@example.be", first_name="An")
    a_visitor("samen@example.be", first_name="Bo")

    read = list_entry.read("7300001\nJEF@example.be; 20230001230000\n999\nsamen@example.be\nnoor@")

    assert read.contact_ids == [noor.pk, jef.pk]
    assert [(one.words, one.mend.split(".")[0]) for one in read.bad] == [
        ("noor@", "Dit is geen e-mailadres"),
        ("999", "Niemand bij jullie heeft dit"),
        ("samen@example.be", "Meer mensen hebben dit"),
    ]


def test_somebody_stands_on_a_list_once_and_can_come_back(library: Library) -> None:
    found, noor, els = a_list(), a_contact(), factories.a_user()

    assert lists.add(found.pk, [noor.pk], source="bibmail", by=els, at=NOON) == [noor.pk]
    assert lists.add(found.pk, [noor.pk], source="bibmail", by=els, at=NOON) == []
    assert lists.remove(found.pk, [noor.pk], by=els, at=NOON) == 1
    assert lists.add(found.pk, [noor.pk], source="bibmail", by=els, at=NOON) == [noor.pk]

    assert ListMember.objects.count() == 2
    assert AuditEntry.objects.count() == 3


def test_a_rule_asks_for_a_list_a_relation_and_a_stage(library: Library) -> None:
    found, noor, jef = a_list(), a_contact(), a_visitor()
    lists.add(found.pk, [noor.pk], source="bibmail", by=None, at=NOON - timedelta(days=1))
    relations.add(noor, "teacher", source="bibmail", at=NOON - timedelta(days=1))
    FunnelStage.objects.create(contact=jef, stage="contact", since=NOON - timedelta(days=1))

    def selected(field: str, value: list[str]) -> list[int]:
        return people.ids({"field": field, "op": "in", "value": value}, at=NOON)

    assert selected("on_list", [str(found.pk)]) == [noor.pk]
    assert selected("relation", ["teacher"]) == [noor.pk]
    assert selected("relation", ["visitor"]) == [jef.pk]
    assert selected("funnel_stage", ["contact", "member"]) == [jef.pk]


def test_a_stage_is_kept_when_it_changes_and_only_then(library: Library) -> None:
    stranger, reached, wanting, visitor, member, active = (a_visitor(f"p{n}@example.be") for n in range(6))
    factories.a_message(reached, state="accepted", accepted_at=NOON)
    factories.a_consent(wanting, opened_at=NOON - timedelta(days=1))
    ActivitySummary.objects.create(contact=visitor, last_active_on=date(2024, 1, 1))
    factories.a_membership(member)
    factories.a_membership(active)
    ActivitySummary.objects.create(contact=active, last_active_on=NOON.date())

    funnel.derive(at=NOON)
    changed = funnel.derive(at=NOON + timedelta(days=1))

    assert changed == 0
    everyone = (stranger, reached, wanting, visitor, member, active)
    assert [stage_of(one) for one in everyone] == [
        None, "reached", "interested", "contact", "member", "active_member",
    ]  # fmt: skip
    ActivitySummary.objects.filter(contact=active).update(last_active_on=NOON.date() - timedelta(days=400))
    assert funnel.derive(at=NOON + timedelta(days=2)) == 1
    assert list(FunnelStage.objects.filter(contact=active).values_list("stage", flat=True)) == [
        "active_member",
        "member",
    ]
    assert funnel.counts()["member"] == 2


def test_an_old_visitor_goes_with_all_that_hangs_on_them(library: Library) -> None:
    jef = a_visitor()
    factories.an_activity(jef)
    message = factories.a_message(
        jef, state="accepted", accepted_at=NOON, slots={"contact.first_name": "Jef"}
    )
    factories.a_consent(jef, opened_at=NOON - timedelta(days=800), closed_at=NOON - timedelta(days=700))

    nonmembers.set_days(at=NOON)
    gone = nonmembers.let_go(at=NOON)

    assert gone == 1
    assert not Contact.objects.exists()
    message.refresh_from_db()
    assert (message.recipient_id, message.slots, message.recipient_hash) == (None, {}, None)


def test_who_is_let_go_takes_along_who_was_joined_to_them_and_may_come_back(library: Library) -> None:
    jef = a_visitor()
    a_visitor("jef.oud@example.be", kind="merged", merged_into=jef)

    nonmembers.set_days(at=NOON)
    gone = nonmembers.let_go(at=NOON)

    assert gone == 2
    assert not Contact.objects.exists()
    assert not Suppression.objects.exists()


def test_who_has_a_reason_to_stay_has_no_day(library: Library) -> None:
    member, wanting, listed, recent = (a_visitor(f"p{n}@example.be") for n in range(4))
    factories.a_membership(member, expires_on=date(2020, 1, 1))
    factories.a_consent(wanting, opened_at=NOON - timedelta(days=800))
    lists.add(a_list().pk, [listed.pk], source="bibmail", by=None, at=NOON - timedelta(days=800))
    ActivitySummary.objects.create(contact=recent, last_active_on=date(2026, 9, 6))

    nonmembers.set_days(at=NOON)
    gone = nonmembers.let_go(at=NOON)

    assert gone == 0
    days = {one.pk: one.expires_on for one in Contact.objects.all()}
    assert days == {member.pk: None, wanting.pk: None, listed.pk: None, recent.pk: date(2028, 9, 6)}


def test_a_library_chooses_how_long_it_keeps_them(library: Library) -> None:
    nonmembers.set_months(6)
    jef = a_visitor()
    ActivitySummary.objects.create(contact=jef, last_active_on=date(2026, 8, 31))

    nonmembers.set_days(at=NOON)

    jef.refresh_from_db()
    assert jef.expires_on == date(2027, 2, 28)


def test_an_editor_makes_a_list_and_puts_people_on_it(zottegem: Library) -> None:
    client = pages.editor(zottegem)
    with acting_for(zottegem.pk):
        noor = a_contact(external_id="7300001")
        keeper = factories.a_role(zottegem).user_id

    client.post(
        pages.at(zottegem, "list-add"),
        {"name": "Leesgroep", "purpose": "Samen lezen", "kind": "community", "keeper": keeper},
    )
    with acting_for(zottegem.pk):
        found = ContactList.objects.get()
    answer = client.post(pages.at(zottegem, "list-put-on", found.pk), {"pasted": "7300001\n999"})

    assert "Niemand bij jullie heeft dit" in answer.content.decode()
    assert found.owner_id == keeper
    with acting_for(zottegem.pk):
        assert ListMember.objects.get().contact_id == noor.pk
    searched = client.post(pages.at(zottegem, "list", found.pk), {"q": "lemmens"})
    assert "Zet Noor Lemmens op de lijst" in searched.content.decode()
    client.post(pages.at(zottegem, "list-take-off", found.pk, noor.pk))
    client.post(pages.at(zottegem, "list-put-on", found.pk), {"contact": noor.pk})
    with acting_for(zottegem.pk):
        assert ListMember.objects.current().count() == 1
    assert "staat 1 mens" in client.get(pages.at(zottegem, "list-archive", found.pk)).content.decode()
    client.post(pages.at(zottegem, "list-archive", found.pk))
    with acting_for(zottegem.pk):
        assert ContactList.objects.get().is_archived


def test_the_pages_are_quick_and_for_who_may(zottegem: Library, aalst: Library) -> None:
    with acting_for(zottegem.pk):
        found = a_list()
        lists.add(found.pk, [a_contact().pk for _ in range(5)], source="bibmail", by=None, at=NOON)
    client, stranger, reader = pages.editor(zottegem), pages.editor(aalst), pages.reader(zottegem)

    for name in ("list", "list-edit", "list-archive"):
        with pages.at_most(12):
            assert client.get(pages.at(zottegem, name, found.pk)).status_code == 200
        assert stranger.get(pages.at(zottegem, name, found.pk)).status_code == 404
        assert client.delete(pages.at(zottegem, name, found.pk)).status_code == 405
    with pages.at_most(12):
        assert client.get(pages.at(zottegem, "lists")).status_code == 200
    assert reader.get(pages.at(zottegem, "list-edit", found.pk)).status_code == 403
    assert reader.post(pages.at(zottegem, "list-put-on", found.pk)).status_code == 403


def test_only_an_admin_changes_how_long_non_members_are_kept(zottegem: Library) -> None:
    for client, months in ((pages.editor(zottegem), 24), (pages.admin(zottegem), 12)):
        client.post(pages.at(zottegem, "lists"), {"months": 12})

        with acting_for(zottegem.pk):
            assert nonmembers.months() == months


def test_a_file_puts_people_on_lists_and_makes_stakeholders(zottegem: Library, bring: Deliver) -> None:
    with acting_for(zottegem.pk):
        noor, jef = a_contact(external_id="7300001"), a_visitor()
        a_list()
        ContactList.objects.create(name="Partners", purpose="x", kind="stakeholders", created_at=NOON)
    content = (
        "list;memberExternalId;email;firstName;lastName;organisation;role\n"
        "Leesgroep;7300001;;;;;\n"
        "Leesgroep;;jef@example.be;;;;\n"
        "Partners;;directie@example.org;Ann;Peeters;Basisschool De Linde;directeur\n"
        "Bestaat niet;7300001;;;;;\n"
        "Leesgroep;;niemand@example.be;;;;\n"
    )

    run = bring(sink="list_members", content=content)
    again = bring(sink="list_members", content=content)

    assert (run.state, run.new_count) == ("done", 3)
    assert run.refused_by_code == {"unknown_list": 1, "unknown_member": 1}
    assert (again.new_count, again.unchanged_count) == (0, 3)
    with acting_for(zottegem.pk):
        ann = Contact.objects.get(relation="stakeholder")
        stands = ListMember.objects.get(contact=ann)
        assert (stands.organisation, stands.role) == ("Basisschool De Linde", "directeur")
        assert {one.contact_id for one in ListMember.objects.all()} == {noor.pk, jef.pk, ann.pk}


def test_a_persons_page_tells_their_lists_stage_and_day(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        jef = a_visitor(expires_on=date(2027, 2, 3))
        lists.add(a_list().pk, [jef.pk], source="bibmail", by=None, at=NOON)
        relations.add(jef, "teacher", source="bibmail", at=NOON)
        FunnelStage.objects.create(contact=jef, stage="contact", since=NOON)

    page = pages.editor(zottegem).get(pages.at(zottegem, "contact-more", jef.pk)).content.decode()

    for words in ("Leesgroep", "Leerkracht", "3 februari 2027", "Op lijst", "Fase"):
        assert words in page
