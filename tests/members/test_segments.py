"""Rules: whom they select, what they refuse, and how they read."""

from datetime import date, timedelta
from typing import Any

import pytest

from bibmail.tenancy.models import Library
from consent.models import Subject
from members.models import ActivitySummary, Contact, Household, HouseholdMember, Interest
from members.segments import fields, people, rules
from members.segments.fields import Params
from members.segments.rules import UnfitRule
from tests import factories
from tests.factories import NOON, TODAY


@pytest.fixture
def noor(library: Library) -> Contact:
    """35 years old, member of Centrum, last seen ten days ago, twice on the e-book platform."""
    branch = factories.a_branch(code="3550")
    noor = factories.a_contact(date_of_birth=date(1991, 3, 12), postal_code="9620")
    factories.a_membership(noor, home_branch=branch)
    ActivitySummary.objects.create(
        contact=noor, last_active_on=TODAY - timedelta(days=10), ebook_logins_count=2, loans_count=4
    )
    return noor


def leaf(field: str, op: str, value: Any) -> dict[str, Any]:
    return {"field": field, "op": op, "value": value}


def selects(rule: dict[str, Any]) -> bool:
    return bool(people.ids(rule, at=NOON))


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (leaf("age", "gte", 35), True),
        (leaf("age", "gt", 35), False),
        (leaf("age", "lte", 35), True),
        (leaf("age", "lt", 35), False),
        (leaf("membership_valid", "is", True), True),
        (leaf("membership_valid", "is", False), False),
        (leaf("branch", "in", ["3550", "3551"]), True),
        (leaf("branch", "eq", "3551"), False),
        (leaf("last_active", "lte", 10), True),
        (leaf("last_active", "lte", 9), False),
        (leaf("last_active", "gte", 10), True),
        (leaf("last_active", "gte", 11), False),
        (leaf("member_since", "gte", 365), True),
        (leaf("postal_code", "in", ["9620"]), True),
        (leaf("language", "neq", "nl"), False),
        (leaf("relation", "eq", "member"), True),
        ({"all": [leaf("age", "gte", 18), leaf("membership_valid", "is", True)]}, True),
        ({"all": [leaf("age", "gte", 18), leaf("age", "lt", 20)]}, False),
        ({"any": [leaf("age", "lt", 20), leaf("postal_code", "eq", "9620")]}, True),
        ({"not": leaf("age", "lt", 20)}, True),
        ({}, False),
        ({"all": []}, False),
        ({"any": []}, False),
        ({"not": {}}, False),
    ],
)
def test_a_rule_selects_whom_it_says(noor: Contact, rule: dict[str, Any], expected: bool) -> None:
    assert selects(rule) is expected


@pytest.mark.parametrize(
    "field", [one.code for one in fields.for_segments() if one.data_use and one.kind == "number"]
)
def test_what_needs_a_data_use_says_nothing_of_who_did_not_grant_it(noor: Contact, field: str) -> None:
    asked = leaf(field, "gte", 0)
    unknown = [selects(asked), selects({"not": asked})]
    factories.a_consent(noor, subject=Subject.DATA_USE, code=fields.get(field).data_use or "")

    assert unknown == [False, False]
    assert selects(asked)


def test_counts_alone_may_be_asked_without_the_data_use(noor: Contact) -> None:
    condition = rules.condition(leaf("loans_count", "gte", 3), Params(at=NOON), counts_only=True)

    assert "data_use" not in condition


def test_who_did_nothing_did_it_zero_times(library: Library) -> None:
    lou = factories.a_contact()
    factories.a_consent(lou, subject=Subject.DATA_USE, code="use_ebook_activity")

    assert people.ids(leaf("ebook_loans_count", "eq", 0), at=NOON) == [lou.pk]


def test_of_unknown_age_nobody_is_older_or_younger(library: Library) -> None:
    factories.a_contact(date_of_birth=None)

    assert not selects(leaf("age", "gte", 18))
    assert not selects({"not": leaf("age", "gte", 18)})


def test_a_topic_that_is_wanted(noor: Contact) -> None:
    before = selects(leaf("wants_topic", "is", "newsletter"))
    factories.a_consent(noor)

    assert (before, selects(leaf("wants_topic", "in", ["events", "newsletter"]))) == (False, True)


@pytest.mark.parametrize(("born", "expected"), [(date(2020, 10, 7), True), (date(2017, 10, 6), False)])
def test_the_age_of_a_linked_child(noor: Contact, born: date, expected: bool) -> None:
    home = Household.objects.create(profile_id="mb-1")
    HouseholdMember.objects.create(household=home, contact=noor, role="adult")
    HouseholdMember.objects.create(
        household=home, contact=factories.a_contact(date_of_birth=born), role="child"
    )
    factories.a_consent(noor, subject=Subject.DATA_USE, code="use_linked_children")

    assert (noor.pk in people.ids(leaf("child_age", "in", [3, 8]), at=NOON)) is expected


def test_an_interest_ends_when_it_is_taken_back(noor: Contact) -> None:
    Interest.objects.create(
        contact=noor, code="studying", since=NOON - timedelta(days=9), until=NOON, source="voorkeuren"
    )

    assert people.count(leaf("interest", "is", "studying"), at=NOON - timedelta(seconds=1)) == 1
    assert people.count(leaf("interest", "is", "studying"), at=NOON) == 0


def test_institutions_and_the_deceased_are_nobody(library: Library) -> None:
    factories.a_contact(kind=Contact.Kind.INSTITUTION)
    factories.a_contact(is_deceased=True)

    assert not selects(leaf("relation", "eq", "member"))


@pytest.mark.parametrize(
    "rule",
    [
        leaf("shoe_size", "gte", 40),
        leaf("age", "is", 3),
        leaf("age", "gte", "35; DROP TABLE"),
        leaf("age", "gte", True),
        leaf("child_age", "in", [3]),
        {"every": []},
        {"all": [leaf("age", "gte", 1)] * 61},
    ],
)
def test_what_is_no_rule_is_refused_in_words(library: Library, rule: dict[str, Any]) -> None:
    with pytest.raises(UnfitRule) as refusal:
        rules.condition(rule, Params(at=NOON))

    assert str(refusal.value).endswith(".")


def test_values_never_become_sql(library: Library) -> None:
    factories.a_contact(postal_code="9620")

    assert people.ids(leaf("postal_code", "eq", "' OR true --"), at=NOON) == []


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({}, "niemand: er is nog geen regel"),
        (leaf("age", "gte", 18), "is 18 jaar of ouder"),
        (leaf("last_active", "gte", 365), "kwam 365 dagen of langer niet meer"),
        (
            {
                "all": [
                    leaf("age", "gte", 18),
                    {"any": [leaf("branch", "in", ["A", "B"]), leaf("age", "lt", 9)]},
                ]
            },
            "is 18 jaar of ouder en (hoort bij vestiging A, B of is jonger dan 9 jaar)",
        ),
        ({"not": leaf("membership_valid", "is", True)}, "niet: heeft een geldig lidmaatschap"),
    ],
)
def test_a_rule_reads_as_a_sentence(rule: dict[str, Any], words: str) -> None:
    assert rules.explain(rule) == words


def test_every_field_for_a_segment_has_words(library: Library) -> None:
    for field in fields.for_segments():
        assert str(field.label)
        assert field.operators


def test_the_data_uses_of_a_rule_are_told() -> None:
    rule = {"any": [leaf("age", "gte", 18), {"not": leaf("loans_count", "gte", 3)}]}

    assert rules.data_uses(rule) == {"use_loan_history"}


def test_no_rule_sees_another_library(noor: Contact, aalst: Library) -> None:
    assert Contact.objects.count() == 1
