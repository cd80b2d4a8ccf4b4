"""What a file says of people who go by another number here."""

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library
from members.matching import joining, pairs
from members.models import Activity, Contact, HouseholdMember
from tests import factories
from tests.factories import NOON
from tests.members.delivery import Deliver

MEMBERS = "externalId;barcode;firstName;lastName;email;homeBranchId\n"


def test_a_card_stands_for_its_holder(zottegem: Library, bring: Deliver) -> None:
    with acting_for(zottegem.pk):
        member = factories.a_contact()
        factories.a_membership(member, card_number="20230001")

    run = bring(
        sink="ebook_activity",
        content="memberExternalId;eventType;occurredAt\n20230001;LOGIN;2026-10-05T10:00:00\n",
    )

    with acting_for(zottegem.pk):
        assert (run.new_count, run.refused_count) == (1, 0)
        assert Activity.objects.get().contact_id == member.pk


def test_a_card_of_two_people_says_nothing(zottegem: Library, bring: Deliver) -> None:
    with acting_for(zottegem.pk):
        for _ in range(2):
            factories.a_membership(factories.a_contact(), card_number="20230001")

    run = bring(
        sink="ebook_activity",
        content="memberExternalId;eventType;occurredAt\n20230001;LOGIN;2026-10-05T10:00:00\n",
    )

    assert run.refused_by_code == {"unknown_member": 1}


def test_what_comes_for_the_old_number_goes_to_who_stayed(zottegem: Library, bring: Deliver) -> None:
    with acting_for(zottegem.pk):
        stayed, gone = factories.a_contact(external_id="1"), factories.a_contact(external_id="2")
        joining.join(kept_id=stayed.pk, other_id=gone.pk, by=None, at=NOON)

    bring(
        sink="ebook_activity", content="memberExternalId;eventType;occurredAt\n2;LOGIN;2026-10-05T10:00:00\n"
    )

    with acting_for(zottegem.pk):
        assert Activity.objects.get().contact_id == stayed.pk


def test_the_old_record_of_a_member_does_not_come_back(zottegem: Library, bring: Deliver) -> None:
    rows = "1;;Noor;Lemmens;n@example.be;3550\n2;;Noortje;Lemmens;oud@example.be;3550\n"
    bring(sink="members", content=MEMBERS + rows)
    with acting_for(zottegem.pk):
        stayed, gone = Contact.objects.order_by("external_id")
        joining.join(kept_id=stayed.pk, other_id=gone.pk, by=None, at=NOON)

    run = bring(sink="members", content=MEMBERS + rows)

    assert (run.unchanged_count, run.refused_by_code) == (1, {"merged_person": 1})
    with acting_for(zottegem.pk):
        assert Contact.objects.standing().get().email == "n@example.be"


def test_a_parent_who_turned_out_to_be_a_member_stays_one(zottegem: Library, bring: Deliver) -> None:
    links = (
        "profileId;memberExternalId;relation;linkedOn;profileEmail;profileFirstName;profileLastName\n"
        "mb-1;;zelf;2026-01-02;n@example.be;Noor;Lemmens\n"
    )
    bring(sink="profile_links", content=links)
    with acting_for(zottegem.pk):
        parent, member = Contact.objects.get(), factories.a_contact(external_id="1")
        joining.join(kept_id=member.pk, other_id=parent.pk, by=None, at=NOON)

    run = bring(sink="profile_links", content=links)

    with acting_for(zottegem.pk):
        assert (run.refused_count, Contact.objects.standing().get().pk) == (0, member.pk)
        assert HouseholdMember.objects.get().contact_id == member.pk
        parent.refresh_from_db()
        assert parent.email_norm == ""


def test_a_visitor_who_turned_out_to_be_a_member_registers_again(zottegem: Library, bring: Deliver) -> None:
    bring(
        sink="events",
        content="eventId;name;start\nE1;Lezing;2026-10-20T20:00:00\nE2;Film;2026-10-21T20:00:00\n",
    )
    head = "eventId;personEmail;firstName;lastName;registeredAt\n"
    bring(sink="event_registrations", content=f"{head}E1;privé@example.be;Noor;Lemmens;2026-10-01T10:00:00\n")
    with acting_for(zottegem.pk):
        visitor, member = Contact.objects.get(), factories.a_contact(external_id="1", email_norm="")
        Contact.objects.filter(pk=member.pk).update(
            email="werk@example.be",
            email_norm="werk@example.be",
            recipient_hash=factories.a_hash("werk@example.be"),
        )
        joining.join(kept_id=member.pk, other_id=visitor.pk, by=None, at=NOON)

    run = bring(
        sink="event_registrations", content=f"{head}E2;privé@example.be;Noor;Lemmens;2026-10-02T10:00:00\n"
    )

    with acting_for(zottegem.pk):
        assert (run.new_count, run.refused_count) == (1, 0)
        assert set(Activity.objects.values_list("contact_id", flat=True)) == {member.pk}


def test_one_person_from_wise_the_ebook_platform_and_an_event_list(zottegem: Library, bring: Deliver) -> None:
    """S0-39: the same person from three sources is one profile."""
    bring(sink="events", content="eventId;name;start\nE1;Lezing;2026-10-20T20:00:00\n")
    bring(
        sink="event_registrations",
        content="eventId;personEmail;firstName;lastName;registeredAt\n"
        "E1;n@example.be;Noor;Lemmens;2026-09-01T10:00:00\n",
    )
    bring(sink="members", content=MEMBERS + "1;20230001;Noor;Lemmens;n@example.be;3550\n")
    bring(
        sink="ebook_activity",
        content="memberExternalId;eventType;occurredAt\n20230001;LOGIN;2026-10-05T10:00:00\n",
    )
    with acting_for(zottegem.pk):
        [pair] = pairs.to_look_at(on=NOON.date())
        member = Contact.objects.get(external_id="1")
        visitor = Contact.objects.exclude(external_id="1").get()

        joining.join(kept_id=member.pk, other_id=visitor.pk, rule=pair.judgement.rule, by=None, at=NOON)

        assert set(Activity.objects.values_list("contact_id", "kind")) == {
            (member.pk, "event_registration"), (member.pk, "ebook_login"),
        }  # fmt: skip
