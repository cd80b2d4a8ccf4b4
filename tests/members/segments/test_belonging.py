"""What a rule asks of lists, other relations, codes from outside and the library's own fields."""

from datetime import timedelta
from typing import Any

import pytest

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library
from members import custom_fields
from members.custom_fields import Value
from members.models import (
    ContactList,
    ContactRelation,
    CustomField,
    ExternalSegment,
    ExternalSegmentCode,
    ListMember,
)
from members.segments import people, rules
from tests import factories
from tests.factories import NOON
from tests.members.test_custom_fields import a_field


def leaf(field: str, *codes: str) -> dict[str, Any]:
    return {"field": field, "op": "in", "value": list(codes)}


def test_who_is_on_a_list_is_selected_and_its_name_is_said(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        owner = factories.a_role(zottegem).user
        readers = ContactList.objects.create(
            name="Leesgroep", purpose="Samen lezen", owner=owner, created_at=NOON
        )
        on_it, gone, _other = (factories.a_contact() for _ in range(3))
        ListMember.objects.create(contact_list=readers, contact=on_it, since=NOON)
        ListMember.objects.create(contact_list=readers, contact=gone, since=NOON, until=NOON)
        rule = leaf("on_list", str(readers.pk))

        assert people.ids(rule, at=NOON) == [on_it.pk]
        assert rules.Names().sentence(rule) == "staat op de lijst Leesgroep"


def test_another_relation_counts_as_much_as_the_main_one(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        member, teacher = factories.a_contact(), factories.a_contact(relation="teacher")
        ContactRelation.objects.create(contact=member, relation="teacher", since=NOON)

        assert people.ids(leaf("relation", "teacher"), at=NOON) == [member.pk, teacher.pk]


def test_a_code_from_outside_belongs_to_its_scheme(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        ExternalSegmentCode.objects.create(scheme="mosaic", code="A1", label="Stadse gezinnen")
        one, other = factories.a_contact(), factories.a_contact()
        ExternalSegment.objects.create(contact=one, scheme="mosaic", code="A1")
        ExternalSegment.objects.create(contact=other, scheme="whize", code="A1")
        rule = leaf("external_segment", "mosaic:A1")

        assert people.ids(rule, at=NOON) == [one.pk]
        assert "Stadse gezinnen" in rules.Names().sentence(rule)


def test_an_own_field_selects_by_its_answer(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        club = a_field(label="Leesclub", type=CustomField.Type.CHOICE, choices=["Ochtend", "Avond"])
        comes = a_field(label="Komt", type=CustomField.Type.YES_NO)
        early, late = factories.a_contact(), factories.a_contact()
        for person, field, value in (
            (early, club, Value(text="Ochtend")),
            (late, club, Value(text="Avond")),
            (late, comes, Value(flag=True)),
        ):
            custom_fields.put(person, field, value, source="wise", by=None, at=NOON)

        assert people.ids(leaf("custom", "leesclub:Ochtend"), at=NOON) == [early.pk]
        assert people.ids(leaf("custom", "komt:ja"), at=NOON) == [late.pk]
        assert people.ids({"not": leaf("custom", "komt:ja")}, at=NOON) == [early.pk]


def test_an_own_number_is_said_with_the_name_of_its_field(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        a_field(label="Lidgeld", type=CustomField.Type.NUMBER)
        rule = {
            "field": "own_number",
            "op": "between",
            "value": {"of": "lidgeld", "least": "5", "most": "12.5"},
        }

        assert rules.Names().sentence(rule) == "‘Lidgeld’ ligt tussen 5 en 12,5"


def test_what_is_older_than_its_field_is_kept_is_not_known(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        club = a_field(label="Club", keep_months=12)
        choice = a_field(label="Groep", type=CustomField.Type.CHOICE, choices=["A"])
        person = factories.a_contact()
        custom_fields.put(person, club, Value(text="De Wurmen"), source="wise", by=None, at=NOON)
        custom_fields.put(person, choice, Value(text="A"), source="wise", by=None, at=NOON)
        known = {"field": "own_text", "op": "known", "value": {"of": "club"}}
        later = NOON + timedelta(days=366)

        assert people.ids(known, at=NOON) == people.ids(leaf("custom", "groep:A"), at=NOON) == [person.pk]
        assert people.ids(known, at=later) == people.ids(leaf("custom", "groep:A"), at=later) == []


@pytest.mark.parametrize(
    "value", [{}, {"of": "fee"}, {"of": "fee", "number": 5}, {"of": "fee", "number": "NaN"}, "fee"]
)
def test_a_question_about_an_own_field_that_does_not_fit_is_refused(zottegem: Library, value: Any) -> None:
    with acting_for(zottegem.pk), pytest.raises(rules.UnfitRule):
        people.count({"field": "own_number", "op": "gte", "value": value}, at=NOON)
