"""Each check on people whose fault one can see."""

from datetime import date, timedelta
from typing import Any

import pytest

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import AuditEntry, Library, StaffRole
from consent.models import Suppression
from members import quality
from members.models import Contact, Household, HouseholdMember
from tests import factories, pages
from tests.factories import NOON


def addressed(email: str) -> dict[str, Any]:
    return {"email": email, "email_norm": email, "recipient_hash": factories.a_hash(email)}


def a_member(*, branch: bool = True, membership: dict[str, Any] | None = None, **fields: Any) -> Contact:
    person = factories.a_contact(**{**addressed(f"lid{factories.next_number()}@example.be"), **fields})
    home = factories.a_branch(code=f"B{factories.next_number()}") if branch else None
    factories.a_membership(person, home_branch=home, **(membership or {}))
    return person


def found() -> dict[str, int]:
    return {one.check.code: one.people_count for one in quality.report(at=NOON) if one.people_count}


NO_ADDRESS: dict[str, Any] = {"email": "", "email_norm": "", "recipient_hash": None}
LONG_AGO = {"enrolled_on": date(2019, 1, 1), "expires_on": date(2024, 10, 1)}

FAULTS: list[tuple[str, dict[str, Any]]] = [
    ("no_address", NO_ADDRESS),
    ("typo", addressed("noor@gmial.com")),
    ("child_alone", {"date_of_birth": date(2016, 1, 1)}),
    ("no_birth", {"date_of_birth": None}),
    ("odd_birth", {"date_of_birth": date(1900, 1, 1)}),
    ("odd_birth", {"date_of_birth": date(2030, 1, 1), "relation": "visitor"}),
    ("no_branch", {"branch": False}),
    ("odd_name", {"first_name": "4567"}),
    ("ended_long_ago", {"membership": LONG_AGO}),
]


@pytest.mark.parametrize(("code", "fields"), FAULTS)
def test_each_fault_is_found_once_and_nothing_else(
    zottegem: Library, code: str, fields: dict[str, Any]
) -> None:
    with acting_for(zottegem.pk):
        a_member()
        faulty = a_member(**fields)

        counts = found()

        assert counts.pop(code) == 1
        assert set(counts) <= {"child_alone"}
        assert [c.pk for c in quality.people(quality.get(code), at=NOON, offset=0, limit=9)] == [faulty.pk]


def test_nobody_is_reported_where_all_is_well(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        a_member()

        assert found() == {}


def test_a_child_of_a_linked_parent_is_fine_and_needs_no_address(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        parent, child = a_member(), a_member(date_of_birth=date(2016, 1, 1), **NO_ADDRESS)
        household = Household.objects.create(profile_id="mb-1")
        HouseholdMember.objects.create(household=household, contact=parent, role="adult")
        HouseholdMember.objects.create(household=household, contact=child, role="child")

        assert found() == {}


def test_seven_on_one_address_is_no_family(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        for _ in range(6):
            a_member(**addressed("school@example.be"))
        assert "crowded_address" not in found()

        a_member(**addressed("school@example.be"))

        assert found()["crowded_address"] == 7


def test_an_institution_on_their_address_is_not_the_seventh(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        for kind in [Contact.Kind.INSTITUTION] + [Contact.Kind.PERSON] * 6:
            a_member(kind=kind, **addressed("school@example.be"))

        assert "crowded_address" not in found()


def test_an_address_that_bounced_is_reported_until_it_changes(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        person = a_member(**addressed("weg@example.be"))
        Suppression.objects.create(
            scope="address", reach="all", reason="hard_bounce", fingerprint=person.recipient_hash, source="brevo",
            since=NOON - timedelta(days=1),
        )  # fmt: skip
        assert found() == {"bounced": 1}

        Contact.objects.filter(pk=person.pk).update(**addressed("nieuw@example.be"))

        assert found() == {}


def test_the_page_tells_what_is_wrong_and_what_is_right(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        a_member(**NO_ADDRESS)
    client = pages.reader(zottegem)

    with pages.at_most(12):
        page = client.get(pages.at(zottegem, "quality")).content.decode()

    assert "Leden zonder e-mailadres" in page
    assert "Adressen met een tikfout: geen enkel." in page


def test_doubles_stand_in_the_report(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        for _ in range(2):
            a_member(**addressed("n@example.be"))

    page = pages.editor(zottegem).get(pages.at(zottegem, "quality")).content.decode()

    assert "Mensen die er misschien twee keer in staan" in page


def test_who_looks_at_the_people_is_kept_and_who_may_not_is_kept_out(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        a_member(**addressed("noor@gmial.com"))
    address = pages.at(zottegem, "quality-people", "typo")
    blind = pages.logged_in(factories.a_role(zottegem, role=StaffRole.Role.EDITOR, sees_people=False))

    client = pages.editor(zottegem)

    with pages.at_most(12):
        page = client.get(address).content.decode()

    assert "noor@gmial.com" in page
    assert blind.get(address).status_code == 403
    assert pages.editor(zottegem).get(pages.at(zottegem, "quality-people", "nonsense")).status_code == 404
    with acting_for(zottegem.pk):
        assert AuditEntry.objects.get(act="quality.viewed").detail == {"check": "typo"}
