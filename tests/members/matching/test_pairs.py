from dataclasses import dataclass

import pytest

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library
from members.matching import joining, pairs
from members.matching.rules import Traits, Verdict, judge
from members.models import Contact, Household, HouseholdMember
from tests import factories
from tests.factories import NOON, TODAY
from tests.members.matching.test_rules import PAIRS


@dataclass
class Stored:
    """Two rows of the table as two contacts."""

    one: Contact
    other: Contact


def stored(traits: Traits) -> Contact:
    contact = factories.a_contact(
        external_id=traits.external_id or None,
        kind="person" if traits.is_person else "institution",
        email=traits.email_norm,
        email_norm=traits.email_norm,
        recipient_hash=factories.a_hash(traits.email_norm) if traits.email_norm else None,
        date_of_birth=traits.date_of_birth,
        first_name_folded=traits.first_name,
        last_name_folded=traits.last_name,
    )
    if traits.card_number:
        factories.a_membership(contact, card_number=traits.card_number)
    if traits.own_profile:
        household, _ = Household.objects.get_or_create(profile_id=traits.own_profile)
        HouseholdMember.objects.create(household=household, contact=contact, role="adult", is_self=True)
    return contact


IN_ONE_LIBRARY = [
    pair
    for pair in PAIRS
    if pair[2].library_id == 1 and not (pair[1].external_id == pair[2].external_id != "")
]


@pytest.mark.parametrize(
    ("one", "other"), [p[1:3] for p in IN_ONE_LIBRARY], ids=[p[0] for p in IN_ONE_LIBRARY]
)
def test_the_database_finds_the_pairs_that_the_rules_ask_about(
    zottegem: Library, one: Traits, other: Traits
) -> None:
    expected = judge(one, other, on=TODAY)
    with acting_for(zottegem.pk):
        first, second = stored(one), stored(other)

        found = pairs.to_look_at(on=TODAY)
        near = pairs.to_look_at(on=TODAY, contact_id=first.pk)

    if expected.verdict in {Verdict.SAME, Verdict.ASK}:
        assert [(p.first_id, p.second_id, p.judgement) for p in found] == [(first.pk, second.pk, expected)]
    else:
        assert found == []
    assert near == found


def test_what_somebody_called_two_people_is_not_asked_again(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        one = factories.a_contact(email_norm="n@example.be", recipient_hash=factories.a_hash("n@example.be"))
        other = factories.a_contact(
            email_norm="n@example.be", recipient_hash=factories.a_hash("n@example.be")
        )
        assert len(pairs.to_look_at(on=TODAY)) == 1

        joining.say_two(one_id=other.pk, other_id=one.pk, by=None, at=NOON)

        assert pairs.to_look_at(on=TODAY) == []


def test_another_library_is_never_looked_into(zottegem: Library, aalst: Library) -> None:
    for library in (zottegem, aalst):
        with acting_for(library.pk):
            factories.a_contact(email_norm="n@example.be", recipient_hash=factories.a_hash("n@example.be"))

    with acting_for(zottegem.pk):
        assert pairs.to_look_at(on=TODAY) == []
