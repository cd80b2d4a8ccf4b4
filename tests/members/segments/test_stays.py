"""Stays and nightly counts: once in, once out, and the same when it is done twice."""

from datetime import timedelta

from bibmail.tenancy.models import Library
from members.models import Segment, SegmentStay
from members.segments import people, stays
from tests import factories
from tests.factories import NOON

CITY = {"all": [{"field": "postal_code", "op": "in", "value": ["9620"]}]}


def test_who_enters_and_leaves_is_noted_once(library: Library) -> None:
    segment = Segment.objects.create(name="Zottegem", rule=CITY, version=1, changed_at=NOON)
    noor, liam = factories.a_contact(postal_code="9620"), factories.a_contact(postal_code="9620")
    first = stays.refresh(segment, at=NOON)
    again = stays.refresh(segment, at=NOON + timedelta(hours=1))
    type(liam).objects.filter(pk=liam.pk).update(postal_code="9300")
    later = stays.refresh(segment, at=NOON + timedelta(days=1))

    assert (first, again, later) == ((2, 0), (0, 0), (0, 1))
    assert SegmentStay.objects.get(contact=liam).left_at == NOON + timedelta(days=1)
    assert SegmentStay.objects.get(contact=noor).left_at is None


def test_who_comes_back_gets_a_second_stay(library: Library) -> None:
    segment = Segment.objects.create(name="Zottegem", rule=CITY, version=1, changed_at=NOON)
    noor = factories.a_contact(postal_code="9620")
    for days, code in enumerate(("9620", "9300", "9620")):
        type(noor).objects.filter(pk=noor.pk).update(postal_code=code)
        stays.refresh(segment, at=NOON + timedelta(days=days))

    assert SegmentStay.objects.filter(contact=noor).count() == 2


def test_the_night_counts_every_saved_segment(library: Library) -> None:
    factories.a_contact(postal_code="9620")
    Segment.objects.create(name="Zottegem", rule=CITY, version=1, changed_at=NOON)
    broken = {"field": "segment", "op": "is", "value": 987654321}
    Segment.objects.create(name="Stuk", rule=broken, version=1, changed_at=NOON, people_count=7)

    assert stays.refresh_counts(at=NOON) == 1
    assert list(Segment.objects.values_list("name", "people_count")) == [("Stuk", 7), ("Zottegem", 1)]


def test_one_person_is_asked_of_every_rule_at_once(library: Library) -> None:
    noor = factories.a_contact(postal_code="9620")
    other = {"all": [{"field": "postal_code", "op": "in", "value": ["9300"]}]}

    assert people.which([CITY, other, {}], contact_id=noor.pk, at=NOON) == [True, False, False]
