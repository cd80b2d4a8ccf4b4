"""Items into rows of sinks, and what became of each, in the order sent. The same merge as for files."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple

from django.db import OperationalError, connection

from bibmail.api.problems import Problem
from bibmail.tenancy import acting_for, staging
from members.imports import records
from members.models import ImportRefusal, ImportRun

# Items that name other fields are merged apart: a field that is not named stays as it was (ADR 11).
_MOST_SHAPES = 12
# While a large file is merged everybody else waits; a program can do that better than a web process.
_PATIENCE = "10s"
_BUSY_SECONDS = "60"

Row = Mapping[str, str]
OutcomeWord = Literal["new", "changed", "unchanged", "refused"]


@dataclass(frozen=True)
class Outcome:
    """What became of one item: places and codes only, so that it may be kept for a day."""

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
    groups: dict[tuple[str, frozenset[str]], list[int]] = defaultdict(list)
    for place, (sink, row) in enumerate(rows):
        if refused := _without_evidence(sink, row):
            outcomes[place] = refused
        else:
            groups[sink, frozenset(row)].append(place)
    if len(groups) > _MOST_SHAPES:
        raise Problem("too_many_shapes")
    for (sink, _fields), places in groups.items():
        told: dict[int, staging.Word] = {}
        run = _delivered(
            sink, [rows[p][1] for p in places], source=source, library_id=library_id, at=at, told=told
        )
        outcomes |= {places[line - 1]: Outcome(word) for line, word in told.items()}
        outcomes |= _refusals(run, places, library_id=library_id)
    ordered = [outcomes[place] for place in range(len(rows))]
    counts = Counter(one.outcome for one in ordered)
    words: tuple[OutcomeWord, ...] = ("new", "changed", "unchanged", "refused")
    return Written(ordered, Totals(len(rows), *(counts[word] for word in words)))


def _without_evidence(sink: str, row: Row) -> Outcome | None:
    """A yes by a program needs the words the person saw; a no is heard without (law L-07)."""
    if sink != "consents" or row.get("status") != "ja" or row.get("proofText", "").strip():
        return None
    return Outcome("refused", code="no_evidence", field="proofText")


def _delivered(
    sink: str,
    rows: Sequence[Row],
    *,
    source: str,
    library_id: int,
    at: datetime,
    told: dict[int, staging.Word],
) -> ImportRun:
    try:
        with _patience():
            run = records.deliver(sink, rows, source=source, library_id=library_id, at=at, told=told)
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


def _refusals(run: ImportRun, places: Sequence[int], *, library_id: int) -> dict[int, Outcome]:
    with acting_for(library_id):
        refusals = list(ImportRefusal.objects.filter(run=run))
    found: dict[int, Outcome] = {}
    for refusal in refusals:
        other = places[refusal.other_line - 1] if refusal.other_line else None
        found[places[refusal.line - 1]] = Outcome(
            "refused", code=refusal.code, field=refusal.column, other=other
        )
    return found
