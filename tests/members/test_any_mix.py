"""Whatever happens to a library's data, and in whatever order: the summary is what a recount gives (decision D14)."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library
from members import corrections, retention, summary
from members.imports import records, undoing
from members.matching import joining
from members.models import (
    Activity,
    ActivityBaseline,
    ActivitySummary,
    Contact,
    IdentityChange,
    ImportRun,
)
from tests import factories

pytestmark = pytest.mark.slow

START = datetime(2026, 10, 6, 12, 0, tzinfo=UTC)
BRUSSELS = ZoneInfo("Europe/Brussels")
PEOPLE = ("1", "2", "3", "4")

_person = st.sampled_from(PEOPLE)
# Near the edges of retention, where rows go into the baseline.
_ago = st.sampled_from([0, 30, 360, 700, 728, 729])
_loan = st.tuples(st.just("loan"), _person, st.integers(1, 8), _ago)
_ebook = st.tuples(st.just("ebook"), _person, st.sampled_from(["LOGIN", "CHECKOUT"]), _ago)
_seat = st.tuples(st.just("seat"), _person, st.sampled_from(["reserved", "cancelled", "no_show"]), _ago)
_seen = st.tuples(st.just("seen"), _person, st.just(""), _ago)
_step = st.one_of(
    st.tuples(st.just("import"), st.lists(st.one_of(_loan, _ebook, _seat, _seen), min_size=1, max_size=6)),
    st.tuples(st.just("join"), st.tuples(_person, _person)),
    st.tuples(st.just("undo joining"), st.integers(0, 5)),
    st.tuples(st.just("undo import"), st.integers(0, 5)),
    st.tuples(st.just("split"), st.tuples(_person, st.integers(0, 3))),
    st.tuples(st.just("correct"), _person),
    st.tuples(st.just("stop history"), _person),
    st.tuples(st.just("time passes"), st.sampled_from([1, 3, 40, 400])),
)


_SINKS = {
    "loan": "loans",
    "ebook": "ebook_activity",
    "seat": "seat_reservations",
    "seen": "activity_summary",
}


class World:
    """A library of four members to which things happen."""

    def __init__(self, library: Library) -> None:
        self.library, self.now = library, START
        self.colleague = factories.a_role(library).user
        with acting_for(library.pk):
            for number in PEOPLE:
                person = factories.a_contact(external_id=number)
                factories.a_membership(person, card_number=f"card{number}", keeps_loan_history=True)

    def do(self, what: str, how: Any) -> None:
        match what:
            case "import":
                self._bring(how)
            case "time passes":
                self.now += timedelta(days=how)
                with acting_for(self.library.pk):
                    retention.retire_activities(at=self.now)
            case "stop history":
                row = {"externalId": how, "lastName": "Lemmens", "loanHistoryOptIn": "nee"}
                records.deliver("members", [row], source="wise", library_id=self.library.pk, at=self.now)
            case _:
                with acting_for(self.library.pk):
                    self._by_hand(what, how)

    def _bring(self, rows: Sequence[tuple[str, str, Any, int]]) -> None:
        for kind, sink in _SINKS.items():
            found = [self._row(*row) for row in rows if row[0] == kind]
            if found:
                records.deliver(sink, found, source="wise", library_id=self.library.pk, at=self.now)

    def _row(self, kind: str, person: str, what: Any, ago: int) -> dict[str, str]:
        day = (self.now - timedelta(days=ago)).date().isoformat()
        if kind == "loan":
            return {"loanId": f"L{what}", "memberExternalId": person, "loanDate": day, "returnedDate": ""}
        if kind == "ebook":
            return {"memberExternalId": person, "eventType": what, "occurredAt": f"{day}T10:00:00"}
        if kind == "seat":
            seat = {"memberExternalId": person, "start": f"{day}T10:00:00", "status": what}
            return seat | {"reservationId": f"R{ago}"}
        return {"memberExternalId": person, "lastActiveOn": day}

    def _by_hand(self, what: str, how: Any) -> None:
        people = {c.external_id: c for c in Contact.objects.people()}
        if what == "join" and how[0] in people and how[1] in people and how[0] != how[1]:
            joining.join(kept_id=people[how[0]].pk, other_id=people[how[1]].pk, by=None, at=self.now)
        if what == "undo joining":
            changes = list(IdentityChange.objects.order_by("pk"))
            if changes:
                self._undo(changes[how % len(changes)])
        if what == "undo import":
            brought = list(ImportRun.objects.order_by("pk"))
            if brought and undoing.can_be_undone(run := brought[how % len(brought)], at=self.now):
                # What came later may stand in the way; then nothing is undone.
                with suppress(undoing.CannotUndo):
                    undoing.undo(run.pk, by=self.colleague, at=self.now)
        if what == "split" and how[0] in people:
            acts = Activity.objects.filter(contact=people[how[0]]).order_by("pk").values_list("pk", flat=True)
            if acts:
                joining.split(
                    contact_id=people[how[0]].pk, activity_ids=list(acts)[: how[1] + 1], first_name="Een",
                    last_name="Ander", by=None, at=self.now,
                )  # fmt: skip
        if what == "correct" and how in people:
            corrections.correct(
                contact_id=people[how].pk, said={"first_name": f"Naam {self.now:%j}"}, by=None, at=self.now
            )

    def _undo(self, change: IdentityChange) -> None:
        try:
            joining.undo(change_id=change.pk, by=None, at=self.now)
        except joining.NotUndoable:
            return


def recount() -> dict[int, dict[str, Any]]:
    """Slow and obvious: the rows one by one, on top of what retention folded."""
    sums: dict[int, dict[str, Any]] = {}
    for base in ActivityBaseline.objects.all():
        sums[base.contact_id] = {"loans": base.loans_count, "ebooks": base.ebook_loans_count,
                                 "seats": base.seat_reservations_count, "active": base.last_active_on}  # fmt: skip
    for act in Activity.objects.all():
        one = sums.setdefault(act.contact_id, {"loans": 0, "ebooks": 0, "seats": 0, "active": None})
        if act.status in {"cancelled", "no_show"}:
            continue
        name = {"loan": "loans", "ebook_loan": "ebooks", "seat_reservation": "seats"}.get(act.kind)
        if name:
            one[name] += 1
        if act.kind in summary.ACTIVE:
            one["active"] = max(one["active"] or date.min, act.occurred_at.astimezone(BRUSSELS).date())
    return {pk: one for pk, one in sums.items() if any(one.values())}


def stored() -> dict[int, dict[str, Any]]:
    found = {
        s.contact_id: {"loans": s.loans_count, "ebooks": s.ebook_loans_count, "seats": s.seat_reservations_count,
                       "active": s.last_active_on}
        for s in ActivitySummary.objects.all()
    }  # fmt: skip
    return {pk: one for pk, one in found.items() if any(one.values())}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(
    steps=[
        ("import", [("loan", "1", 1, 729), ("loan", "2", 2, 729), ("seat", "2", "reserved", 0)]),
        ("time passes", 3),
        ("join", ("1", "2")),
        ("time passes", 1),
        ("undo joining", 0),
        ("join", ("2", "1")),
    ]
)
@given(steps=st.lists(_step, min_size=1, max_size=9))
def test_the_summary_is_what_a_recount_gives_after_any_mix(db: None, steps: list[tuple[str, Any]]) -> None:
    world = World(factories.a_library())
    for what, how in steps:
        world.do(what, how)

    with acting_for(world.library.pk):
        assert summary.check().differences == 0
        assert stored() == recount()
