"""Random rules about random people: the compiler, the explanation and the plain reference never disagree."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bibmail.tenancy.models import Library
from members.models import Contact
from members.segments import people, rules, why
from tests.factories import NOON, TODAY
from tests.members.segments.reference import Person, holds
from tests.members.segments.town import settle

pytestmark = pytest.mark.slow

_DAYS = st.integers(0, 500).map(lambda days: TODAY - timedelta(days=days))
_BORN = st.none() | st.integers(0, 33000).map(lambda days: TODAY - timedelta(days=days))
_KINDS = (
    "loan",
    "ebook_loan",
    "ebook_login",
    "film_stream",
    "seat_reservation",
    "event_registration",
    "loan_return",
)
_GRANTS = ("use_loan_history", "use_ebook_activity", "use_linked_children", "use_seat_reservations",
           "use_event_history", "measure_clicks")  # fmt: skip

_ACTS = st.tuples(st.sampled_from(_KINDS), _DAYS, st.sampled_from([None, "A", "B"]), st.booleans())

PERSONS = st.builds(
    Person,
    born=_BORN,
    gender=st.sampled_from(["", "V", "M", "X"]),
    postal_code=st.sampled_from(["", "9620", "9300"]),
    language=st.sampled_from(["nl", "fr"]),
    grants=st.sets(st.sampled_from(_GRANTS)),
    topics=st.sets(st.sampled_from(["newsletter", "events"])),
    acts=st.lists(_ACTS, max_size=14),
    own=st.fixed_dictionaries({}, optional={
        "club": st.sampled_from(["De Wurmen", "Avondlezers", "De"]),
        "fee": st.sampled_from([Decimal(0), Decimal("12.5"), Decimal(100)]),
        "start": st.integers(-40, 40).map(lambda days: TODAY - timedelta(days=days))}),
    mails=st.lists(st.tuples(_DAYS, st.booleans(), st.none() | _DAYS), max_size=3),
    children=st.lists(st.integers(0, 6000).map(lambda days: TODAY - timedelta(days=days)), max_size=3),
)  # fmt: skip
MEMBERS = st.builds(
    lambda person, enrolled, left, branch: Person(
        **{**person.__dict__, "is_member": True, "enrolled": enrolled, "expires": TODAY + timedelta(days=left),
           "branch": branch}),
    PERSONS, _DAYS, st.integers(-400, 400), st.sampled_from([None, "A", "B"]),
)  # fmt: skip


def _leaf(
    field: str, ops: tuple[str, ...], values: st.SearchStrategy[Any]
) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"field": st.just(field), "op": st.sampled_from(ops), "value": values})


_COMPARED = ("gte", "lte", "gt", "lt", "eq")
_N, _AGO = st.integers(0, 12), st.integers(0, 500)
_WINDOW = st.fixed_dictionaries({"times": st.integers(1, 13), "days": st.integers(1, 500)})

LEAVES = st.one_of(
    _leaf("age", ("gte", "lte", "gt", "lt"), st.integers(0, 95)),
    _leaf("gender", ("in",), st.lists(st.sampled_from(["V", "M", "X"]), min_size=1)),
    _leaf("postal_code", ("in",), st.lists(st.sampled_from(["9620", "9300"]), min_size=1)),
    _leaf("language", ("in",), st.lists(st.sampled_from(["nl", "fr"]), min_size=1)),
    _leaf("has_email", ("is",), st.booleans()),
    _leaf("birthday", ("lte", "eq", "gte"), st.integers(0, 60)),
    _leaf("membership_valid", ("is",), st.booleans()),
    _leaf("branch", ("in",), st.lists(st.sampled_from(["A", "B"]), min_size=1)),
    _leaf("member_since", ("gte", "lte"), _AGO),
    _leaf("expires_within", ("lte",), _AGO),
    _leaf("expired", ("gte", "lte"), _AGO),
    _leaf("last_active", ("gte", "lte"), _AGO),
    _leaf("loans_count", _COMPARED, _N),
    _leaf("ebook_loans_count", _COMPARED, _N),
    _leaf("branches_used", ("gte",), st.integers(0, 3)),
    _leaf("child_age", ("in",), st.tuples(st.integers(0, 8), st.integers(8, 17)).map(list)),
    _leaf("children_count", ("gte", "lte", "eq"), st.integers(0, 3)),
    _leaf("wants_topic", ("in",), st.lists(st.sampled_from(["newsletter", "events"]), min_size=1)),
    _leaf("wants_anything", ("is",), st.booleans()),
    _leaf("allows", ("is",), st.sampled_from(_GRANTS)),
    _leaf("mailed", ("gte", "lte"), st.integers(0, 365)),
    _leaf("clicked", ("gte", "lte"), st.integers(0, 365)),
    _leaf("own_text", ("is", "is_not", "starts", "known", "unknown"),
          st.fixed_dictionaries({"of": st.just("club"), "text": st.sampled_from(["De", "De Wurmen", "A", "%"])})),
    _leaf("own_number", ("gte", "lte", "eq", "known", "unknown"),
          st.fixed_dictionaries({"of": st.just("fee"), "number": st.sampled_from(["0", "12.5", "50"])})),
    _leaf("own_number", ("between",),
          st.just({"of": "fee", "least": "0.5", "most": "12.5"})),
    _leaf("own_day", ("last", "next", "known", "unknown"),
          st.fixed_dictionaries({"of": st.just("start"), "days": st.integers(0, 40)})),
    _leaf("own_day", ("before", "after"), st.fixed_dictionaries(
        {"of": st.just("start"),
         "day": st.integers(-40, 40).map(lambda n: (TODAY - timedelta(days=n)).isoformat())})),
    *(_leaf(f"window_{kind}", ("gte", "lt"), _WINDOW) for kind in _KINDS),
    *(_leaf(f"last_{kind}", ("gte", "lte"), _AGO) for kind in _KINDS if kind != "loan_return"),
    *(_leaf(f"ever_{kind}", ("is",), st.booleans()) for kind in _KINDS if kind != "loan_return"),
)  # fmt: skip


def _groups(parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    some = st.lists(parts, max_size=3)
    return st.one_of(
        some.map(lambda found: {"all": found}),
        some.map(lambda found: {"any": found}),
        parts.map(lambda found: {"not": found}),
    )


RULES = st.recursive(LEAVES, _groups, max_leaves=8)


@given(st.lists(PERSONS | MEMBERS, min_size=1, max_size=5), st.lists(RULES, min_size=1, max_size=8))
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)
def test_compiler_explanation_and_reference_agree(
    library: Library, persons: list[Person], asked: list[dict[str, Any]]
) -> None:
    with transaction.atomic():
        rows = settle({str(number): person for number, person in enumerate(persons)})
        counts, names = people.counts_of(asked, at=NOON), rules.Names()
        for rule, count in zip(asked, counts, strict=True):
            plain = {pk for pk, name in rows.items() if holds(rule, persons[int(name)], TODAY)}
            assert set(people.ids(rule, at=NOON)) == plain
            assert count == len(plain)
            for pk, name in rows.items():
                verdict = why.of(rule, Contact.objects.get(pk=pk), names=names, at=NOON)
                assert verdict.is_in is (pk in plain)
                assert verdict.whole.holds is holds(rule, persons[int(name)], TODAY)
        transaction.set_rollback(True)
