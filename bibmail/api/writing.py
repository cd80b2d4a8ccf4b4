"""Items into rows of sinks, and what became of each, in the order sent. The same merge as for files."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple

from django.db import OperationalError, connection

from bibmail.api.problems import Problem
from bibmail.tenancy import acting_for
from members.imports import records
from members.models import ImportRefusal, ImportRun

# Items that name other fields are merged apart: a field that is not named stays as it was (ADR 11).
_MOST_SHAPES = 12
# While a large file is merged everybody else waits; a program can do that better than a web process.
_PATIENCE = "10s"
_BUSY_SECONDS = "60"

Row = Mapping[str, str]
OutcomeWord = Literal["new", "changed", "unchanged", "accepted", "refused"]


@dataclass(frozen=True)
class Outcome:
    """What became of one item: places and codes only, so that it may be kept for a day."""

    # new, changed, unchanged; accepted where the merge cannot tell which; refused.
    outcome: OutcomeWord
    code: str = ""
    field: str = ""
    # For duplicates: the item that came first.
    other: int | None = None


class Totals(NamedTuple):
    """How many items became what; `refused` and the other three add up to `received`."""

    received: int
    new: int
    changed: int
    unchanged: int
    refused: int


@dataclass(frozen=True)
class Written:
    """The outcomes of one call."""

    outcomes: list[Outcome]
    totals: Totals

    def as_json(self) -> dict[str, Any]:
        return {"outcomes": [asdict(one) for one in self.outcomes], "totals": self.totals._asdict()}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Written":
        return cls([Outcome(**one) for one in kept["outcomes"]], Totals(**kept["totals"]))


def write(rows: Sequence[tuple[str, Row]], *, source: str, library_id: int, at: datetime) -> Written:
    """Bring rows in, each with the code of its sink. Raises Problem: too_many_shapes, busy, our_fault."""
    outcomes: dict[int, Outcome] = {}
    counts = {"new": 0, "changed": 0, "unchanged": 0}
    groups: dict[tuple[str, frozenset[str]], list[int]] = defaultdict(list)
    for place, (sink, row) in enumerate(rows):
        if refused := _without_evidence(sink, row):
            outcomes[place] = refused
        else:
            groups[sink, frozenset(row)].append(place)
    if len(groups) > _MOST_SHAPES:
        raise Problem("too_many_shapes")
    for (sink, _fields), places in groups.items():
        run = _delivered(sink, [rows[p][1] for p in places], source=source, library_id=library_id, at=at)
        outcomes |= _outcomes(run, places, library_id=library_id)
        for name in counts:
            counts[name] += getattr(run, f"{name}_count")
    ordered = [outcomes[place] for place in range(len(rows))]
    refused_count = sum(one.outcome == "refused" for one in ordered)
    return Written(ordered, Totals(received=len(rows), refused=refused_count, **counts))


def _without_evidence(sink: str, row: Row) -> Outcome | None:
    """A yes by a program needs the words the person saw; a no is heard without (law L-07)."""
    if sink != "consents" or row.get("status") != "ja" or row.get("proofText", "").strip():
        return None
    return Outcome("refused", code="no_evidence", field="proofText")


def _delivered(sink: str, rows: Sequence[Row], *, source: str, library_id: int, at: datetime) -> ImportRun:
    try:
        with _patience():
            run = records.deliver(sink, rows, source=source, library_id=library_id, at=at)
    except OperationalError as error:
        # 55P03: somebody else held the library's turn for too long; nothing was merged.
        if getattr(error.__cause__, "pgcode", "") != "55P03":
            raise
        raise Problem("busy", headers={"Retry-After": _BUSY_SECONDS}) from None
    if run.state != ImportRun.State.DONE:
        raise Problem("our_fault")
    return run


@contextmanager
def _patience() -> Iterator[None]:
    """Wait for locks no longer than a program wants to wait for us."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = %s", [_PATIENCE])
    try:
        yield
    finally:
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("RESET lock_timeout")


def _outcomes(run: ImportRun, places: Sequence[int], *, library_id: int) -> dict[int, Outcome]:
    with acting_for(library_id):
        refusals = list(ImportRefusal.objects.filter(run=run))
    taken = _of_all_taken(run, len(places) - len(refusals))
    found = dict.fromkeys(places, Outcome(taken))
    for refusal in refusals:
        other = places[refusal.other_line - 1] if refusal.other_line else None
        found[places[refusal.line - 1]] = Outcome(
            "refused", code=refusal.code, field=refusal.column, other=other
        )
    return found


def _of_all_taken(run: ImportRun, count: int) -> OutcomeWord:
    """A merge counts and does not tell who; where all became the same, everyone did."""
    counted: tuple[tuple[OutcomeWord, int], ...] = (
        ("new", run.new_count), ("changed", run.changed_count), ("unchanged", run.unchanged_count)
    )  # fmt: skip
    return next((outcome for outcome, number in counted if number == count), "accepted")
