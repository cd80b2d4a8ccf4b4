"""Every rule selects exactly the people it says, of a small town that one can read."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from bibmail.tenancy.models import Library
from consent.models import Subject
from members.models import Contact
from members.segments import fields, people, ready_made, rules, why
from members.segments.fields import Params
from members.segments.rules import UnfitRule
from tests import factories
from tests.factories import NOON, TODAY
from tests.members.segments.reference import Person, holds
from tests.members.segments.town import settle


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


EVERYTHING = {
    "use_loan_history", "use_ebook_activity", "use_linked_children", "use_seat_reservations", "use_event_history",
    "measure_clicks",
}  # fmt: skip

TOWN = {
    # 35, member of A, borrows a lot, lets everything be used.
    "Noor": Person(born=date(1991, 3, 12), gender="V", postal_code="9620", email="noor@example.be", is_member=True,
                   enrolled=ago(400), expires=ago(-20), branch="A", grants=set(EVERYTHING), topics={"newsletter"},
                   acts=[("loan", ago(n * 5), "A" if n % 2 else "B", True) for n in range(12)]
                   + [("ebook_login", ago(3), None, True)], children=[date(2022, 5, 1)],
                   own={"club": "De Boekenwurmen", "fee": Decimal("12.5"), "start": ago(30)},
                   mails=[(ago(10), True, ago(9)), (ago(2), False, None)]),
    # The same, but lets nothing be used.
    "Mute": Person(born=date(1991, 3, 12), gender="V", postal_code="9620", email="mute@example.be", is_member=True,
                   enrolled=ago(400), expires=ago(-20), branch="A", topics={"events"},
                   acts=[("loan", ago(5), "A", True)], children=[date(2022, 5, 1)],
                   own={"club": "Avondlezers", "fee": Decimal(0), "start": ago(-7)},
                   mails=[(ago(10), True, ago(9))]),
    # 70, expired last year, never did anything.
    "Jef": Person(born=date(1956, 10, 8), gender="M", postal_code="9300", is_member=True, enrolled=ago(3000),
                  expires=ago(365), branch="B", grants=set(EVERYTHING)),
    # No member, came to an event once; the other time was called off.
    "Ali": Person(born=None, email="ali@example.be", postal_code="9300", language="fr", grants=set(EVERYTHING),
                  acts=[("event_registration", ago(40), "B", True), ("event_registration", ago(2), "B", False)]),
    # 20, studies here.
    "Bo": Person(born=date(2006, 10, 6), gender="X", postal_code="9620", is_member=True, enrolled=ago(10),
                 expires=ago(-355), branch="B", grants=set(EVERYTHING),
                 acts=[("seat_reservation", ago(1), None, True), ("seat_reservation", ago(8), None, True),
                       ("seat_reservation", ago(15), None, True), ("ebook_loan", ago(9), None, True)]),
}  # fmt: skip


def leaf(field: str, op: str, value: Any) -> dict[str, Any]:
    return {"field": field, "op": op, "value": value}


def within(kind: str, op: str, times: int, days: int) -> dict[str, Any]:
    return leaf(f"window_{kind}", op, {"times": times, "days": days})


@pytest.fixture
def town(library: Library) -> dict[int, str]:
    return settle(TOWN)


CASES: list[tuple[dict[str, Any], str]] = [
    (leaf("age", "gte", 35), "Noor Mute Jef"),
    (leaf("age", "lt", 35), "Bo"),
    (leaf("age", "gte", 20), "Noor Mute Jef Bo"),
    (leaf("age", "lte", 70), "Noor Mute Jef Bo"),
    ({"not": leaf("age", "gte", 35)}, "Bo"),
    (leaf("gender", "in", ["V"]), "Noor Mute"),
    ({"not": leaf("gender", "in", ["V"])}, "Jef Bo"),
    (leaf("gender", "in", ["M", "X"]), "Jef Bo"),
    (leaf("postal_code", "in", ["9620"]), "Noor Mute Bo"),
    ({"not": leaf("postal_code", "in", ["9620"])}, "Jef Ali"),
    (leaf("language", "in", ["fr"]), "Ali"),
    (leaf("language", "neq", "fr"), "Noor Mute Jef Bo"),
    (leaf("relation", "in", ["member"]), "Noor Mute Jef Ali Bo"),
    (leaf("has_email", "is", True), "Noor Mute Ali"),
    (leaf("has_email", "is", False), "Jef Bo"),
    (leaf("birthday", "lte", 0), "Bo"),
    (leaf("birthday", "lte", 2), "Bo Jef"),
    (leaf("birthday", "eq", 2), "Jef"),
    (leaf("birthday", "gte", 30), "Bo"),
    (leaf("membership_valid", "is", True), "Noor Mute Bo"),
    (leaf("membership_valid", "is", False), "Jef Ali"),
    (leaf("branch", "in", ["A"]), "Noor Mute"),
    (leaf("branch", "in", ["A", "B"]), "Noor Mute Jef Bo"),
    ({"not": leaf("branch", "in", ["A"])}, "Jef Bo"),
    (leaf("member_since", "lte", 10), "Bo"),
    (leaf("member_since", "gte", 400), "Noor Mute Jef"),
    (leaf("expires_within", "lte", 20), "Noor Mute"),
    (leaf("expires_within", "lte", 19), ""),
    (leaf("expires_within", "eq", 355), "Bo"),
    (leaf("expired", "gte", 365), "Jef"),
    (leaf("expired", "gte", 366), ""),
    (leaf("expired", "lte", 365), "Jef"),
    (leaf("membership_type", "in", ["Volwassene"]), "Noor Mute Jef Bo"),
    (leaf("internet_block", "is", False), "Noor Mute Jef Ali Bo"),
    (leaf("last_active", "lte", 1), "Noor Bo"),
    (leaf("last_active", "lte", 5), "Noor Mute Bo"),
    (leaf("last_active", "gte", 40), "Ali"),
    (leaf("loans_count", "gte", 12), "Noor"),
    (leaf("loans_count", "eq", 0), "Jef Ali Bo"),
    ({"not": leaf("loans_count", "eq", 0)}, "Noor"),
    (within("loan", "gte", 1, 5), "Noor"),
    (within("loan", "gte", 2, 5), "Noor"),
    (within("loan", "gte", 3, 5), ""),
    (within("loan", "gte", 10, 45), "Noor"),
    (within("loan", "gte", 10, 44), ""),
    (within("loan", "gte", 11, 50), "Noor"),
    (within("loan", "gte", 11, 49), ""),
    (within("loan", "lt", 1, 90), "Jef Ali Bo"),
    (within("seat_reservation", "gte", 2, 8), "Bo"),
    (within("seat_reservation", "gte", 3, 8), ""),
    (within("ebook_loan", "gte", 1, 9), "Bo"),
    (within("ebook_loan", "gte", 1, 8), ""),
    (within("event_registration", "gte", 1, 40), "Ali"),
    (within("event_registration", "gte", 1, 39), ""),
    (within("event_registration", "gte", 2, 90), ""),
    (within("loan_return", "lt", 1, 90), "Noor Jef Ali Bo"),
    (leaf("last_loan", "lte", 0), "Noor"),
    (leaf("last_ebook_loan", "gte", 9), "Bo"),
    (leaf("ever_ebook_loan", "is", True), "Bo"),
    (leaf("ever_ebook_loan", "is", False), "Noor Jef Ali"),
    ({"all": [leaf("ever_ebook_login", "is", True), leaf("ever_ebook_loan", "is", False)]}, "Noor"),
    (leaf("ever_event_registration", "is", True), "Ali"),
    (leaf("ever_film_stream", "is", False), "Noor Jef Ali Bo"),
    (leaf("branches_used", "gte", 2), "Noor"),
    (leaf("branches_used", "gte", 1), "Noor"),
    (leaf("child_age", "in", [3, 5]), "Noor"),
    (leaf("child_age", "in", [5, 8]), ""),
    ({"not": leaf("child_age", "in", [3, 5])}, "Jef Ali Bo"),
    (leaf("children_count", "eq", 1), "Noor"),
    (leaf("children_count", "lte", 0), "Jef Ali Bo"),
    (leaf("wants_topic", "in", ["newsletter"]), "Noor"),
    (leaf("wants_topic", "in", ["newsletter", "events"]), "Noor Mute"),
    (leaf("wants_anything", "is", False), "Jef Ali Bo"),
    (leaf("allows", "is", "use_loan_history"), "Noor Jef Ali Bo"),
    ({"not": leaf("allows", "is", "use_loan_history")}, "Mute"),
    ({"any": [leaf("loans_count", "gte", 1), leaf("age", "gte", 35)]}, "Noor Mute Jef"),
    ({"all": [leaf("age", "gte", 18), {"any": [leaf("branch", "in", ["B"]), leaf("loans_count", "gte", 1)]}]},
     "Noor Jef Bo"),
    ({"all": [leaf("age", "gte", 18),
              {"not": {"any": [leaf("branch", "in", ["B"]), leaf("loans_count", "gte", 99)]}}]}, "Noor"),
    (leaf("own_text", "is", {"of": "club", "text": "Avondlezers"}), "Mute"),
    ({"not": leaf("own_text", "is", {"of": "club", "text": "Avondlezers"})}, "Noor"),
    (leaf("own_text", "is_not", {"of": "club", "text": "Avondlezers"}), "Noor"),
    (leaf("own_text", "starts", {"of": "club", "text": "De "}), "Noor"),
    (leaf("own_text", "starts", {"of": "club", "text": "de %"}), ""),
    (leaf("own_text", "known", {"of": "club"}), "Noor Mute"),
    (leaf("own_text", "unknown", {"of": "club"}), "Jef Ali Bo"),
    (leaf("own_text", "is", {"of": "fee", "text": "12.5"}), ""),
    (leaf("own_number", "gte", {"of": "fee", "number": "12.5"}), "Noor"),
    (leaf("own_number", "lte", {"of": "fee", "number": "12.49"}), "Mute"),
    (leaf("own_number", "eq", {"of": "fee", "number": "0"}), "Mute"),
    (leaf("own_number", "between", {"of": "fee", "least": "0", "most": "12.5"}), "Noor Mute"),
    ({"not": leaf("own_number", "gte", {"of": "fee", "number": "1"})}, "Mute"),
    (leaf("own_number", "unknown", {"of": "fee"}), "Jef Ali Bo"),
    (leaf("own_day", "before", {"of": "start", "day": ago(29).isoformat()}), "Noor"),
    (leaf("own_day", "before", {"of": "start", "day": ago(30).isoformat()}), ""),
    (leaf("own_day", "after", {"of": "start", "day": TODAY.isoformat()}), "Mute"),
    (leaf("own_day", "last", {"of": "start", "days": 30}), "Noor"),
    (leaf("own_day", "last", {"of": "start", "days": 29}), ""),
    (leaf("own_day", "next", {"of": "start", "days": 7}), "Mute"),
    (leaf("own_day", "next", {"of": "start", "days": 6}), ""),
    ({"not": leaf("own_day", "known", {"of": "start"})}, "Jef Ali Bo"),
    (leaf("mailed", "lte", 10), "Noor Mute"),
    (leaf("mailed", "lte", 9), ""),
    (leaf("mailed", "gte", 9), "Noor Mute Jef Ali Bo"),
    (leaf("mailed", "gte", 10), "Jef Ali Bo"),
    (leaf("clicked", "lte", 9), "Noor"),
    (leaf("clicked", "lte", 8), ""),
    (leaf("clicked", "gte", 9), "Jef Ali Bo"),
    ({"not": leaf("clicked", "lte", 9)}, "Jef Ali Bo"),
    ({"all": [leaf("mailed", "lte", 30), leaf("clicked", "gte", 5)]}, "Noor"),
    ({"all": []}, ""),
    ({"not": {"all": []}}, ""),
    ({"all": [leaf("age", "gte", 18), {"any": []}]}, ""),
]  # fmt: skip


def named(rule: dict[str, Any], town: dict[int, str]) -> set[str]:
    return {town[pk] for pk in people.ids(rule, at=NOON)}


@pytest.mark.parametrize(("rule", "expected"), CASES, ids=lambda case: str(case)[:70])
def test_a_rule_selects_exactly_these(town: dict[int, str], rule: dict[str, Any], expected: str) -> None:
    assert named(rule, town) == set(expected.split())


def test_all_cases_in_one_pass_count_the_same(town: dict[int, str]) -> None:
    counts = people.counts_of([rule for rule, _expected in CASES], at=NOON)

    assert counts == [len(expected.split()) for _rule, expected in CASES]


_NOT_IN_REFERENCE = ("relation", "membership_type", "internet_block", "city", "neq")


def test_the_plain_reference_agrees_with_every_case() -> None:
    for rule, expected in CASES:
        if not any(
            word in str(rule) for word in _NOT_IN_REFERENCE
        ) and "expires_within', 'op': 'eq" not in str(rule):
            found = {name for name, person in TOWN.items() if holds(rule, person, TODAY)}
            assert found == set(expected.split()), rule


def test_the_explanation_says_in_for_exactly_those_selected(town: dict[int, str]) -> None:
    names = rules.Names()
    for rule, expected in CASES:
        verdicts = {
            name: why.of(rule, Contact.objects.get(pk=pk), names=names, at=NOON).is_in
            for pk, name in town.items()
        }
        assert {name for name, is_in in verdicts.items() if is_in} == set(expected.split()), rule


# --- Data uses ------------------------------------------------------------------------------------


def some_value(field: fields.Field) -> Any:
    match field.kind:
        case "number" | "days_ago":
            return 0
        case "yes_no":
            return False
        case "ages":
            return [0, 17]
        case "window":
            return {"times": 1, "days": 30}
    return "several"


GATED = sorted(code for code, field in fields._fields.items() if field.data_use and field.kind != "choice")


@pytest.mark.parametrize("code", GATED)
def test_who_does_not_grant_a_data_use_influences_nothing(town: dict[int, str], code: str) -> None:
    field = fields.get(code)
    for op in field.operators:
        try:
            asked = leaf(code, op, some_value(field))
            rules.condition(asked, Params(at=NOON))
        except UnfitRule:
            continue
        nested = {"all": [leaf("age", "gte", 0), {"any": [asked, {"not": {"any": [asked]}}]}]}
        for rule in (asked, {"not": asked}, nested, {"not": nested}):
            assert "Mute" not in named(rule, town)


@pytest.mark.parametrize("code", GATED)
def test_the_sql_of_a_gated_field_asks_for_the_grant(library: Library, code: str) -> None:
    field, params = fields.get(code), Params(at=NOON)
    op = field.operators[0]

    sql = rules.condition(leaf(code, op, some_value(field)), params)

    assert "CASE WHEN" in sql
    assert "g.subject = 'data_use'" in sql
    assert field.data_use in params.values.values()


def test_every_kind_of_activity_carries_its_data_use() -> None:
    from members.kinds import RULES
    from members.models import ActivityKind

    for code, field in fields._fields.items():
        if code.startswith(("window_", "ever_")):
            assert field.data_use == RULES[ActivityKind(code.split("_", 1)[1])].data_use


def test_a_value_is_shown_only_to_whom_it_may_be(town: dict[int, str]) -> None:
    rule, names = leaf("loans_count", "gte", 1), rules.Names()
    answers = {
        name: why.of(rule, Contact.objects.get(pk=pk), names=names, at=NOON).whole
        for pk, name in town.items()
    }

    assert (answers["Noor"].holds, answers["Noor"].value) == (True, "12")
    assert (answers["Mute"].holds, answers["Mute"].value, answers["Mute"].is_granted) == (None, "", False)


# --- Segments in segments, and what is ready-made ----------------------------------------------------


def test_a_segment_in_a_rule_is_its_rule(town: dict[int, str]) -> None:
    from members.models import Segment

    borrowers = Segment.objects.create(name="Leners", rule=leaf("loans_count", "gte", 1), changed_at=NOON)
    asked = leaf("segment", "is", borrowers.pk)

    assert named(asked, town) == {"Noor"}
    assert named({"not": asked}, town) == {"Jef", "Ali", "Bo"}
    assert rules.data_uses(asked) == {"use_loan_history"}
    assert rules.Names().whole(asked) == "hoort bij de doelgroep ‘Leners’"


def test_a_segment_that_is_gone_is_refused_in_words(library: Library) -> None:
    with pytest.raises(UnfitRule, match="is er niet meer"):
        people.count(leaf("segment", "is", 12345678), at=NOON)


@pytest.mark.parametrize("code", [one.code for one in ready_made.shelf()])
def test_what_is_ready_made_can_be_asked_and_read(town: dict[int, str], code: str) -> None:
    found = ready_made.of(code)

    assert found is not None
    assert people.count(found.rule, at=NOON) >= 0
    assert rules.Names().whole(found.rule)


def test_the_bridge_counts_what_a_data_use_costs(town: dict[int, str]) -> None:
    reach = people.reach(leaf("loans_count", "gte", 1), topic="newsletter", at=NOON)

    assert (reach.meant, reach.selected, reach.with_address, reach.wanting) == (2, 1, 1, 1)
    assert reach.costs == [("use_loan_history", 1)]


def test_nobody_else_is_shown_the_reduced_fare(library: Library) -> None:
    person = factories.a_contact()
    factories.a_membership(person, membership_type="Kansentarief", is_reduced_fare=True)
    factories.a_consent(person, subject=Subject.DATA_USE, code="use_loan_history")

    assert people.count(leaf("membership_type", "in", ["Kansentarief"]), at=NOON) == 0
    assert not rules.Names().choices("membership_type")
