"""A network made by the database holds the libraries of the plan, each with its share of people."""

import pytest

from bench import network
from bench.walk import AT
from bibmail.sandbox.population.sets import plan
from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library
from members.models import Activity, Contact, Membership

pytestmark = pytest.mark.django_db


def test_neighbours_are_as_many_as_planned() -> None:
    planned = {library.slug: library.memberships for library in plan("ci", 1)}

    made = network.neighbours("ci", 1, at=AT, share=0.1, activities_each=2)

    assert made == (12, sum(round(size * 0.1) for size in planned.values()), 2 * made.people)
    for library in Library.objects.filter(slug__in=planned):
        with acting_for(library.pk):
            expected = round(planned[library.slug] * 0.1)
            assert Contact.objects.count() == Membership.objects.count() == expected
            assert Activity.objects.count() == 2 * expected


def test_neighbours_leave_a_library_that_was_there_alone(zottegem: Library) -> None:
    network.neighbours("ci", 1, at=AT, share=0.01, activities_each=1)

    with acting_for(zottegem.pk):
        assert not Contact.objects.exists()
