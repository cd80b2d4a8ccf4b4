from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import AuditEntry, Library
from members import custom_fields
from members.custom_fields import Unreadable, Value
from members.models import ContactChange, CustomField, CustomValue
from tests import factories, pages
from tests.factories import NOON
from tests.members.delivery import Deliver

Type = CustomField.Type


def a_field(**fields: object) -> CustomField:
    values = {
        "label": "Leesclub", "type": Type.TEXT, "choices": [], "purpose": "Om de leesclub in te delen.",
        "keep_months": 12, "by": None, "at": NOON,
    }  # fmt: skip
    return custom_fields.add(**{**values, **fields})  # type: ignore[arg-type]  # a test's own words


@pytest.mark.parametrize(
    ("type_", "cell", "value"),
    [
        (Type.TEXT, " De Boekenwurmen ", Value(text="De Boekenwurmen")),
        (Type.NUMBER, "1.234,5", Value(number=Decimal("1234.50"))),
        (Type.NUMBER, "12.5", Value(number=Decimal("12.50"))),
        (Type.DATE, "02/09/2026", Value(day=date(2026, 9, 2))),
        (Type.YES_NO, "Ja", Value(flag=True)),
        (Type.CHOICE, "GROEP a", Value(text="Groep A")),
        (Type.DATE, "", Value()),
    ],
)
def test_a_cell_is_read_as_the_type_of_its_field(
    zottegem: Library, type_: str, cell: str, value: Value
) -> None:
    with acting_for(zottegem.pk):
        field = CustomField(type=type_, choices=["Groep A", "Groep B"])

    assert custom_fields.read(field, cell) == value


@pytest.mark.parametrize(
    ("type_", "cell", "code"),
    [
        (Type.NUMBER, "twaalf", "bad_number"),
        (Type.NUMBER, "NaN", "bad_number"),
        (Type.DATE, "31/02/2026", "bad_date"),
        (Type.YES_NO, "misschien", "bad_yes_no"),
        (Type.CHOICE, "Groep C", "bad_choice"),
        (Type.TEXT, "x" * 201, "too_long"),
        (Type.TEXT, "a\0b", "bad_text"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_code(
    zottegem: Library, type_: str, cell: str, code: str
) -> None:
    with acting_for(zottegem.pk), pytest.raises(Unreadable, match=code):
        custom_fields.read(CustomField(type=type_, choices=["Groep A"]), cell)


def test_a_field_without_purpose_cannot_be_saved(zottegem: Library) -> None:
    with acting_for(zottegem.pk), transaction.atomic(), pytest.raises(IntegrityError):
        a_field(purpose="")


def test_a_value_is_kept_with_its_source_and_is_news(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        field, person = a_field(), factories.a_contact()

        changed = custom_fields.put(
            person, field, Value(text="Boekenwurmen"), source="colleague", by=None, at=NOON
        )
        again = custom_fields.put(
            person, field, Value(text="Boekenwurmen"), source="colleague", by=None, at=NOON
        )

        [filled] = custom_fields.of_contact(person)
        assert (changed, again) == (True, False)
        assert (filled.value, filled.source) == ("Boekenwurmen", "uit een collega, 6 oktober 2026")
        assert ContactChange.objects.get().contact_id == person.pk
        assert AuditEntry.objects.get(act="custom_field.value_changed").detail == {"code": "leesclub"}


def test_a_value_goes_when_its_time_is_over(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        short, long = a_field(keep_months=6), a_field(label="School", keep_months=24)
        for field in (short, long):
            custom_fields.put(
                factories.a_contact(),
                field,
                Value(text="x"),
                source="wise",
                by=None,
                at=NOON - timedelta(days=200),
            )

        gone = custom_fields.retire(at=NOON)

        assert gone == 1
        assert CustomValue.objects.get().field_id == long.pk


def test_a_file_fills_fields_by_name_or_code_and_tells_what_is_wrong(
    zottegem: Library, bring: Deliver
) -> None:
    with acting_for(zottegem.pk):
        a_field()
        a_field(label="Aantal kinderen", type=Type.NUMBER)
        for number in ("1", "2"):
            factories.a_contact(external_id=number)
    content = (
        "memberExternalId;field;value\n1;Leesclub;Boekenwurmen\n2;aantal_kinderen;twee\n2;Aantal kinderen;2\n"
        "2;Schoenmaat;43\n9;Leesclub;x\n"
    )

    run = bring(sink="custom_values", content=content)
    again = bring(sink="custom_values", content=content)

    assert run.refused_by_code == {"bad_number": 1, "unknown_field": 1, "unknown_member": 1}
    assert (run.new_count, again.new_count, again.changed_count, again.unchanged_count) == (2, 0, 0, 2)


def test_an_empty_value_in_a_file_takes_the_old_one_away(zottegem: Library, bring: Deliver) -> None:
    with acting_for(zottegem.pk):
        a_field()
        factories.a_contact(external_id="1")
    bring(sink="custom_values", content="memberExternalId;field;value\n1;Leesclub;Boekenwurmen\n")

    run = bring(sink="custom_values", content="memberExternalId;field;value\n1;Leesclub;\n")

    with acting_for(zottegem.pk):
        assert (run.changed_count, CustomValue.objects.count()) == (1, 0)


def test_an_admin_makes_a_field_and_must_say_why(zottegem: Library) -> None:
    client = pages.admin(zottegem)
    address = pages.at(zottegem, "custom-field-add")
    good = {"label": "Leesclub", "type": "choice", "choices": "A\nB", "keep_months": "12"}

    refused = client.post(address, good | {"purpose": ""})
    made = client.post(address, good | {"purpose": "Om de leesclub in te delen."})

    assert "Zonder doel mag je het niet bewaren" in refused.content.decode()
    assert made.status_code == 302
    with acting_for(zottegem.pk):
        assert CustomField.objects.get().choices == ["A", "B"]
    with pages.at_most(12):
        assert "Leesclub" in client.get(pages.at(zottegem, "custom-fields")).content.decode()


def test_an_editor_fills_a_field_in_and_sees_it_at_the_person(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        field, person = a_field(type=Type.DATE), factories.a_contact()
    client = pages.editor(zottegem)
    address = pages.at(zottegem, "custom-values", person.pk)

    refused = client.post(address, {f"field_{field.pk}": "morgen"})
    client.post(address, {f"field_{field.pk}": "2026-09-02"})

    assert "Deze datum kunnen we niet lezen." in refused.content.decode()
    assert "2 september 2026" in client.get(pages.at(zottegem, "contact-more", person.pk)).content.decode()


def test_removing_says_of_how_many_people_something_goes(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        field = a_field()
        custom_fields.put(factories.a_contact(), field, Value(text="x"), source="wise", by=None, at=NOON)
    client = pages.admin(zottegem)
    address = pages.at(zottegem, "custom-field-remove", field.pk)

    asked = client.get(address)
    client.post(address)

    assert "<b>1 mens</b>" in asked.content.decode()
    with acting_for(zottegem.pk):
        assert not CustomField.objects.exists()


def test_only_an_admin_makes_fields(zottegem: Library) -> None:
    assert pages.editor(zottegem).get(pages.at(zottegem, "custom-field-add")).status_code == 403
