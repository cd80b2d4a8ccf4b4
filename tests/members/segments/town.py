"""People of the reference as rows of the database, with the summaries that the product itself folds."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal

from bibmail.tenancy.models import Branch
from consent.models import Subject
from members import custom_fields, summary
from members.custom_fields import Value
from members.models import ActivityKind, Contact, CustomField, Household, HouseholdMember
from tests import factories
from tests.factories import NOON
from tests.members.segments.reference import Person
from tests.members.test_custom_fields import a_field

OWN_FIELDS = {"club": CustomField.Type.TEXT, "fee": CustomField.Type.NUMBER, "start": CustomField.Type.DATE}


def settle(people: Mapping[str, Person]) -> dict[int, str]:
    """Make rows of these people; gives back their names by contact."""
    branches = {code: factories.a_branch(code=code, name=code) for code in ("A", "B")}
    own = {code: a_field(label=code, type=type_) for code, type_ in OWN_FIELDS.items()}
    found = {_row(name, person, branches): name for name, person in people.items()}
    for pk, name in found.items():
        _own_values(Contact.objects.get(pk=pk), people[name], own)
    summary.refold_people(list(found))
    return found


def _row(name: str, person: Person, branches: Mapping[str, Branch]) -> int:
    email = person.email
    contact = factories.a_contact(
        first_name=name, date_of_birth=person.born, gender=person.gender, postal_code=person.postal_code,
        language=person.language, email=email, email_norm=email,
        recipient_hash=factories.a_hash(email) if email else None,
    )  # fmt: skip
    if person.is_member:
        factories.a_membership(
            contact, enrolled_on=person.enrolled, expires_on=person.expires,
            home_branch=branches[person.branch] if person.branch else None,
        )  # fmt: skip
    for code in person.grants:
        factories.a_consent(contact, subject=Subject.DATA_USE, code=code)
    for code in person.topics:
        factories.a_consent(contact, code=code)
    for kind, day, branch, really in person.acts:
        factories.an_activity(
            contact, kind=ActivityKind(kind), occurred_at=_ten_o_clock(day),
            branch=branches[branch] if branch else None, status="" if really else "cancelled",
        )  # fmt: skip
    for day, arrived, clicked in person.mails:
        factories.a_message(
            contact, state="accepted", delivery=10 if arrived else 30, accepted_at=_ten_o_clock(day),
            clicked_at=clicked and _ten_o_clock(clicked),
        )  # fmt: skip
    _children(contact, person)
    return contact.pk


def _ten_o_clock(day: date) -> datetime:
    return datetime.combine(day, time(10), tzinfo=UTC)


def _children(adult: Contact, person: Person) -> None:
    if not person.children:
        return
    home = Household.objects.create(profile_id=f"mb-{adult.pk}")
    HouseholdMember.objects.create(household=home, contact=adult, role="adult")
    for born in person.children:
        # A child of another kind than a person, so that it is in no segment itself.
        child = factories.a_contact(date_of_birth=born, kind=Contact.Kind.MERGED)
        HouseholdMember.objects.create(household=home, contact=child, role="child")


def _own_values(contact: Contact, person: Person, own: Mapping[str, CustomField]) -> None:
    for code, known in person.own.items():
        match known:
            case date():
                value = Value(day=known)
            case Decimal():
                value = Value(number=known)
            case _:
                value = Value(text=known)
        custom_fields.put(contact, own[code], value, source="wise", by=None, at=NOON)
