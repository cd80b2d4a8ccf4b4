"""Each kind of file into its rows, small enough to check in your head."""

from datetime import UTC, date, datetime

import pytest

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Branch, Library, OpeningException, OpeningHours
from campaigns.models import Capability, CatalogueItem, CatalogueTitle, LibraryEvent
from consent.models import Suppression
from members.models import Activity, ActivitySummary, Contact, Household, HouseholdMember
from tests.factories import a_contact
from tests.members.delivery import Deliver

pytestmark = pytest.mark.django_db

MEMBERS = """externalId;lastName;firstName;email;dateOfBirth;subscriptionType;loanHistoryOptIn;enrolledOn
7301;Lemmens;Noor;noor@example.be;1989-03-12;Volwassene;ja;02/09/2026
7302;Lemmens;Lou;noor@example.be;2019-05-01;Jeugd;nee;02/09/2025
7303;Peeters;Jan;jan@example.be;1980-01-01;Volwassene;nee;01/01/2010
"""


@pytest.fixture
def members(bring: Deliver, zottegem: Library) -> Library:
    bring(sink="members", content=MEMBERS)
    return zottegem


def test_an_enrolment_within_retention_becomes_an_activity_and_older_ones_do_not(members: Library) -> None:
    with acting_for(members.pk):
        acts = Activity.objects.filter(kind="membership_created").order_by("contact__external_id")
        assert [act.contact.external_id for act in acts] == ["7301", "7302"]
        assert all(act.is_pending for act in acts)


def test_loans_come_in_only_for_who_keeps_a_history(bring: Deliver, members: Library) -> None:
    run = bring(
        sink="loans",
        content="loanId;memberExternalId;loanDate;branchId\nL1;7301;01/10/2026;3550\nL2;7303;01/10/2026;\n"
        "L3;9999;01/10/2026;\nL4;7301;03/10/2026;1234\n",
    )

    assert run.refused_by_code == {"no_history": 1, "unknown_member": 1, "unknown_branch": 1}
    with acting_for(members.pk):
        assert list(Activity.objects.filter(kind="loan").values_list("source_id", flat=True)) == ["L1"]
        assert ActivitySummary.objects.get(contact__external_id="7301").last_loan_on == date(2026, 10, 1)


def test_a_loan_that_moves_to_another_person_changes_both_summaries(bring: Deliver, members: Library) -> None:
    bring(sink="members", content=MEMBERS.replace("Volwassene;nee", "Volwassene;ja"))
    bring(sink="loans", content="loanId;memberExternalId;loanDate\nL1;7301;01/10/2026\n")

    run = bring(sink="loans", content="loanId;memberExternalId;loanDate\nL1;7303;01/10/2026\n")

    assert run.changed_count == 1
    with acting_for(members.pk):
        counts = dict(ActivitySummary.objects.values_list("contact__external_id", "loans_count"))
    assert (counts["7301"], counts["7303"]) == (0, 1)


def test_the_source_supplies_figures_and_a_last_day(bring: Deliver, members: Library) -> None:
    content = (
        "memberExternalId;lastActiveOn;loansLast12m;loansPrevious12m;asOf\n7303;02/10/2025;4;23;20/10/2026\n"
    )

    bring(sink="activity_summary", content=content)
    again = bring(sink="activity_summary", content=content)

    with acting_for(members.pk):
        jan = ActivitySummary.objects.get(contact__external_id="7303")
    assert (jan.last_active_on, jan.source_loans_last_12m, jan.loans_count) == (date(2025, 10, 2), 4, 0)
    assert (again.new_count, again.changed_count, again.unchanged_count) == (0, 0, 1)


def test_an_ebook_look_without_an_id_is_the_same_look_the_second_time(
    bring: Deliver, members: Library
) -> None:
    content = "memberExternalId;eventType;occurredAt\n7301;LOGIN;2026-10-01T20:00:00+02:00\n"

    bring(sink="ebook_activity", content=content)
    again = bring(sink="ebook_activity", content=content)

    assert (again.new_count, again.unchanged_count) == (0, 1)
    with acting_for(members.pk):
        look = Activity.objects.get(kind="ebook_login")
        assert look.occurred_at == datetime(2026, 10, 1, 18, tzinfo=UTC)


def test_a_seat_by_address_belongs_to_the_one_person_who_has_it(bring: Deliver, members: Library) -> None:
    with acting_for(members.pk):
        a_contact(email="jan@example.be", email_norm="jan@example.be", recipient_hash="4" * 32)
    run = bring(
        sink="seat_reservations",
        content="personEmail;branchId;type;start\njan@example.be;3550;pc;2026-10-01T09:00\n"
        "noor@example.be;3550;pc;2026-10-01T09:00\n",
    )

    # Noor's child is on her address but too young to book; nobody can tell the two with Jan's apart.
    assert run.refused_by_code == {"ambiguous_email": 1}
    with acting_for(members.pk):
        assert Activity.objects.get(kind="seat_reservation").contact.external_id == "7301"


def test_a_profile_is_a_household_and_its_owner_without_membership_a_parent(
    bring: Deliver, members: Library
) -> None:
    bring(
        sink="profile_links",
        content="profileId;memberExternalId;relation;linkedOn;profileEmail;profileFirstName;profileLastName\n"
        "mb-1;7301;zelf;01/09/2026;noor@example.be;;\nmb-1;7302;kind;19/09/2026;noor@example.be;;\n"
        "mb-2;;zelf;;tom@example.org;Tom;Wouters\nmb-2;7302;kind;20/09/2026;tom@example.org;;\n",
    )

    with acting_for(members.pk):
        assert Household.objects.count() == 2
        tom = Contact.objects.get(relation="parent")
        assert (tom.full_name, tom.email_norm) == ("Tom Wouters", "tom@example.org")
        lou = HouseholdMember.objects.filter(contact__external_id="7302")
        assert {link.role for link in lou} == {"child"}
        linkers = Activity.objects.filter(kind="child_linked").order_by("occurred_at")
        assert [act.contact.first_name for act in linkers] == ["Noor", "Tom"]


def with_reason(reason: str) -> str:
    """The members file with a column of reasons; Jan's is this one."""
    header, *rows = MEMBERS.strip().split("\n")
    return (
        "\n".join([f"{header};unsubscribeReason", *(f"{r};{reason if '7303' in r else ''}" for r in rows)])
        + "\n"
    )


def test_the_deceased_and_institutions_are_suppressed_and_a_mistake_is_lifted(
    bring: Deliver, members: Library
) -> None:
    bring(sink="members", content=MEMBERS.replace("Peeters", "*Peeters").replace("Jeugd", "120 Klas"))
    with acting_for(members.pk):
        reasons = set(
            Suppression.objects.filter(lifted_at=None).values_list("contact__external_id", "reason")
        )
    assert reasons == {("7302", "institution"), ("7303", "deceased")}

    bring(sink="members", content=with_reason(""))

    with acting_for(members.pk):
        assert not Suppression.objects.filter(lifted_at=None).exists()
        assert not Contact.objects.filter(is_deceased=True).exists()


def test_a_file_without_reasons_does_not_bring_the_dead_back(bring: Deliver, members: Library) -> None:
    bring(sink="members", content=with_reason("Overleden"))

    bring(sink="members", content=MEMBERS)

    with acting_for(members.pk):
        assert Contact.objects.get(is_deceased=True).external_id == "7303"
        assert Suppression.objects.filter(lifted_at=None, reason="deceased").exists()


@pytest.mark.parametrize("kind", ["Bibliotheeklid", "Klassiek", "1200 Volwassene"])
def test_a_type_that_only_looks_like_an_institution_is_a_person(
    bring: Deliver, members: Library, kind: str
) -> None:
    bring(sink="members", content=MEMBERS.replace("Jeugd", kind))

    with acting_for(members.pk):
        assert not Contact.objects.filter(kind="institution").exists()


def test_who_was_struck_off_for_nuisance_is_not_dead(bring: Deliver, members: Library) -> None:
    bring(sink="members", content=with_reason("Overlast"))

    with acting_for(members.pk):
        assert not Contact.objects.filter(is_deceased=True).exists()


def test_the_same_loan_through_two_doors_is_one_loan(bring: Deliver, members: Library) -> None:
    content = "loanId;memberExternalId;loanDate\nL1;7301;01/10/2026\n"

    bring(sink="loans", content=content)
    again = bring(sink="loans", content=content, source="upload")

    assert (again.new_count, again.unchanged_count) == (0, 1)


def test_who_stops_keeping_a_history_keeps_none_here(bring: Deliver, members: Library) -> None:
    bring(sink="loans", content="loanId;memberExternalId;loanDate\nL1;7301;01/10/2026\n")

    bring(sink="members", content=MEMBERS.replace("Volwassene;ja", "Volwassene;nee"))

    with acting_for(members.pk):
        assert not Activity.objects.filter(kind="loan").exists()
        assert ActivitySummary.objects.get(contact__external_id="7301").loans_count == 0


def test_what_a_file_lacks_stays_as_it_was(bring: Deliver, members: Library) -> None:
    bring(sink="events", content="eventId;name;start;status\nE1;Lezing;2026-10-10T20:00;cancelled\n")
    bring(
        sink="loans",
        content="loanId;memberExternalId;loanDate;returnedDate;title\nL1;7301;01/09/2026;20/09/2026;De dijk\n",
    )
    seats = "reservationId;memberExternalId;start"
    bring(sink="seat_reservations", content=f"{seats};status\nS1;7301;2026-10-01T09:00;cancelled\n")

    bring(sink="events", content="eventId;name;start\nE1;Lezing;2026-10-10T20:00\n")
    bring(sink="loans", content="loanId;memberExternalId;loanDate\nL1;7301;01/09/2026\n")
    bring(sink="seat_reservations", content=f"{seats}\nS1;7301;2026-10-01T09:00\n")

    with acting_for(members.pk):
        assert LibraryEvent.objects.get().status == "cancelled"
        loan = Activity.objects.get(kind="loan")
        assert (loan.status, loan.subject_name) == ("returned", "De dijk")
        assert Activity.objects.get(kind="seat_reservation").status == "cancelled"


def test_days_seen_are_one_row_that_moves_on(bring: Deliver, members: Library) -> None:
    header = "memberExternalId;lastActiveOn;loansLast12m;asOf\n"
    for day, loans in (("01", 1), ("03", 3), ("02", 2)):
        bring(sink="activity_summary", content=f"{header}7303;2026-10-{day};{loans};2026-10-{day}\n")

    with acting_for(members.pk):
        assert Activity.objects.filter(kind="seen").count() == 1
        jan = ActivitySummary.objects.get(contact__external_id="7303")
    assert (jan.last_active_on, jan.source_loans_last_12m) == (date(2026, 10, 3), 3)


def test_a_day_that_has_yet_to_come_is_refused(bring: Deliver, members: Library) -> None:
    run = bring(sink="activity_summary", content="memberExternalId;lastActiveOn\n7303;2062-10-01\n")

    assert run.refused_by_code == {"in_future": 1}


def test_a_profile_file_ends_the_links_it_no_longer_names(bring: Deliver, members: Library) -> None:
    header = "profileId;memberExternalId;relation;linkedOn\n"
    bring(sink="profile_links", content=f"{header}mb-1;7301;zelf;\nmb-1;7302;kind;01/09/2026\n")

    bring(sink="profile_links", content=f"{header}mb-1;7301;zelf;\n")

    with acting_for(members.pk):
        assert HouseholdMember.objects.get(contact__external_id="7302").unlinked_on is not None


def test_registrations_find_the_person_by_name_and_address_or_bring_a_visitor(
    bring: Deliver, members: Library
) -> None:
    bring(sink="events", content="eventId;name;start;branchId\nE1;Voorleesuurtje;2026-10-10T14:00;3550\n")
    content = (
        "eventId;personEmail;firstName;lastName;registeredAt;attended\n"
        "E1;NOOR@example.be;noor;LEMMENS;2026-10-01T10:00;ja\n"
        "E1;noor@example.be;Bo;Lemmens;2026-10-01T10:00;onbekend\n"
        "E9;x@example.be;A;B;2026-10-01T10:00;\n"
    )

    run = bring(sink="event_registrations", content=content)
    bring(sink="event_registrations", content=content)

    assert run.refused_by_code == {"unknown_event": 1}
    with acting_for(members.pk):
        acts = Activity.objects.filter(kind="event_registration").order_by("contact__relation")
        assert [(act.contact.first_name, act.contact.relation) for act in acts] == [
            ("Noor", "member"),
            ("Bo", "visitor"),
        ]


def test_hours_of_a_named_branch_are_replaced_and_others_stay(bring: Deliver, zottegem: Library) -> None:
    bring(sink="branches", content="branchId;name\n3550;Centrum\n3551;Velzeke\n")
    header = "branchId;dayOfWeek;date;endDate;opens;closes;note\n"
    bring(
        sink="opening_hours",
        content=f"{header}3550;dinsdag;;;9.00;12.00;\n3550;dinsdag;;;13.00;18.00;\n3551;ma;;;9.00;12.00;\n"
        "3550;;25/12/2026;26/12/2026;;;Kerstmis\n3550;zondag;;;;;\n",
    )

    run = bring(
        sink="opening_hours", content=f"{header}3550;dinsdag;;;9.00;12.30;\n3550;woensdag;;;12.00;9.00;\n"
    )

    assert (run.changed_count, run.removed_count, run.refused_by_code) == (1, 1, {"bad_hours": 1})
    with acting_for(zottegem.pk):
        assert [str(hours) for hours in OpeningHours.objects.order_by("branch__code")] == [
            "dinsdag 09.00–12.30",
            "maandag 09.00–12.00",
        ]
        assert OpeningException.objects.get().note == "Kerstmis"


def test_a_librarys_file_adds_titles_and_never_changes_the_shared_catalogue(
    bring: Deliver, zottegem: Library
) -> None:
    header = "recordId;title;branchId;addedOn\n"
    bring(sink="catalogue_items", content=f"{header}v1;De lange dijk;3550;01/10/2026\n")

    run = bring(sink="catalogue_items", content=f"{header}v1;Iets anders;3550;02/10/2026\nv2;Nieuw;3550;\n")

    assert (run.new_count, run.changed_count) == (1, 1)
    assert dict(CatalogueTitle.objects.values_list("record_id", "name")) == {
        "v1": "De lange dijk",
        "v2": "Nieuw",
    }
    with acting_for(zottegem.pk):
        assert CatalogueItem.objects.get(title__record_id="v1").added_on == date(2026, 10, 2)


def test_services_and_events_follow_their_file(bring: Deliver, zottegem: Library) -> None:
    bring(sink="capabilities", content="service;active;url\nebooks;ja;https://example.be/e\nfundels;nee;\n")
    bring(sink="events", content="eventId;name;start;status\nE1;Lezing;10/10/2026 20:00;volzet\n")

    with acting_for(zottegem.pk):
        assert dict(Capability.objects.values_list("service", "is_active")) == {
            "ebooks": True,
            "fundels": False,
        }
        assert LibraryEvent.objects.get().status == "full"
        assert Branch.objects.count() == 1


def test_a_loan_past_its_retention_never_comes_in(bring: Deliver, members: Library) -> None:
    run = bring(
        sink="loans", content="loanId;memberExternalId;loanDate\nL1;7301;01/10/2024\nL2;7301;01/11/2024\n"
    )

    assert run.refused_by_code == {"too_old": 1}
