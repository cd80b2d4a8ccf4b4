"""How active each member is, for all; and each loan, only for those who let their history be kept."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from bibmail.sandbox.population.days import calendar, loan_weight
from bibmail.sandbox.population.dialects import Dialect
from bibmail.sandbox.population.memberships import is_fading
from bibmail.sandbox.population.noise import UNKNOWN_BRANCH
from bibmail.sandbox.population.people import Person
from bibmail.sandbox.population.stage import Stage
from bibmail.sandbox.population.titles import Title


class Shelves(NamedTuple):
    adult: list[Title]
    child: list[Title]


def write_activity_summary(stage: Stage) -> None:
    faults = stage.faults("activity_summary")
    with stage.sheet("activity_summary") as sheet:
        day = sheet.dialect.day
        as_of = day(stage.today)
        for person in stage.accepted:
            counts = (str(person.loans), str(person.loans_before), as_of)
            sheet.write(person.external_id, day(person.last_active), *counts)
            match faults.due():
                case "unknown_member":
                    sheet.refuse("unknown_member", faults.stranger(), day(person.last_active), *counts)
                case "duplicate":
                    sheet.refuse("duplicate", person.external_id, day(person.last_active), "0", *counts[1:])
                case "bad_date":
                    # On a member number of nobody's it would have two faults; on this one, only the day.
                    sheet.refuse("bad_date", person.external_id, sheet.dialect.impossible_day(2025), *counts)


def write_loans(stage: Stage) -> None:
    """Every loan of the past twelve months of the members with history; as many as their summary says.

    Of those who have not been seen for long, also the loans of the year before.
    """
    rng, faults = stage.rng("loans"), stage.faults("loans")
    shelves = shelves_of(stage)
    without_history = [p for p in stage.readers if not p.history]
    borrowers = [p for p in stage.readers if p.history and p.loans]
    serial = 0
    with stage.sheet("loans") as sheet:
        for person in borrowers:
            rows = [*_loans_of(rng, stage, sheet.dialect, person, shelves)]
            if is_fading(person, stage.today):
                rows += _older_loans(rng, stage, sheet.dialect, person, shelves)
            for columns in rows:
                serial += 1
                row = [f"L-{serial}", *columns]
                sheet.write(*row)
                if reason := faults.due():
                    serial += 1
                    other = rng.choice(without_history).external_id
                    stranger, impossible = faults.stranger(), sheet.dialect.impossible_day(2026)
                    sheet.refuse(reason, *_spoiled(reason, row, f"L-{serial}", other, stranger, impossible))
    stage.truth.sums["loans"] = stage.truth.accepted("loans")
    stage.truth.sums["loan_members"] = len(borrowers)


def shelves_of(stage: Stage) -> Shelves:
    return Shelves(
        adult=[title for title in stage.titles if not title.for_children],
        child=[title for title in stage.titles if title.for_children],
    )


def _loans_of(
    rng: Random, stage: Stage, dialect: Dialect, person: Person, shelves: Shelves
) -> Iterator[tuple[str, ...]]:
    """The loans of one person, some four at each visit; the last visit is the day of the summary."""
    today = stage.today
    open_days = calendar(loan_weight, today - 364, today)
    first = max(person.enrolled, today - 364)
    visits = [open_days.draw(rng, first, person.last_active) for _ in range(person.loans // 4)]
    visits.append(person.last_active)
    for _ in range(person.loans):
        yield _loan(rng, stage, dialect, person, shelves, visits[int(rng.random() * len(visits))])


def _older_loans(
    rng: Random, stage: Stage, dialect: Dialect, person: Person, shelves: Shelves
) -> Iterator[tuple[str, ...]]:
    """The loans of the year before: all fall in the second year back when the last visit is a year ago."""
    first, last = max(person.enrolled, person.last_active - 330), stage.today - 367
    if first > last:
        return
    visits = [rng.randint(first, last) for _ in range(1 + person.loans_before // 4)]
    for _ in range(person.loans_before):
        yield _loan(rng, stage, dialect, person, shelves, rng.choice(visits))


def _loan(
    rng: Random, stage: Stage, dialect: Dialect, person: Person, shelves: Shelves, loaned: int
) -> tuple[str, ...]:
    today, day = stage.today, dialect.day
    child_share = 0.6 if person.has_children else 0.12
    title = pick(rng, shelves.child if rng.random() < child_share else shelves.adult)
    # Nothing is renewed before it is due for the first time.
    renewals = min(_renewals(rng), (today - loaned) // 28)
    returned = loaned + 28 * renewals + 2 + int(rng.random() * 28)
    if rng.random() < 0.04:
        returned += 12
    return (
        person.external_id,
        title.record_id,
        title.title,
        person.branch if rng.random() < 0.85 else rng.choice(stage.branch_ids),
        day(loaned),
        day(loaned + 28 * (1 + renewals)),
        day(returned) if returned < today else "",
        str(renewals),
    )


def pick(rng: Random, titles: list[Title]) -> Title:
    """Best known first: a few titles make most of the loans."""
    return titles[int(len(titles) * rng.random() ** 2)]


def _renewals(rng: Random) -> int:
    """0.37 renewals per loan."""
    chance = rng.random()
    return 0 if chance < 0.72 else 1 if chance < 0.92 else 2 if chance < 0.99 else 3


def _spoiled(
    reason: str, row: list[str], loan_id: str, closed: str, stranger: str, impossible: str
) -> list[str]:
    """A next loan with its one fault. Columns by place: loan, member, branch, day of the loan."""
    spoiled = row.copy()
    spoiled[0] = loan_id
    match reason:
        case "no_history":
            spoiled[1] = closed
        case "unknown_member":
            spoiled[1] = stranger
        case "bad_date":
            spoiled[5] = impossible
        case "unknown_branch":
            spoiled[4] = UNKNOWN_BRANCH
        case "duplicate":
            spoiled[0], spoiled[8] = row[0], "9"
        case "missing":
            spoiled[0] = ""
    return spoiled
