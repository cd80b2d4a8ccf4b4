"""Holds that came in during the past weeks: what lies ready, was collected or was not, and what still waits."""

from __future__ import annotations

from random import Random
from typing import Final

from bibmail.sandbox.population.dialects import Sheet
from bibmail.sandbox.population.draws import rounded
from bibmail.sandbox.population.loans import Shelves, pick, shelves_of
from bibmail.sandbox.population.noise import UNKNOWN_BRANCH
from bibmail.sandbox.population.people import Person
from bibmail.sandbox.population.stage import Stage

_A_YEAR: Final = 0.42
_CANCELLED: Final = 0.05
_NOT_COLLECTED: Final = 0.08
# A system keeps a hold that is done for some time; a little shorter than it may be kept here.
_DAYS: Final = 80
_ON_THE_SHELF: Final = 14
# Of what is asked, this much stands in the file while it still waits; an import does not keep it.
_WAITING: Final = 0.04

Row = tuple[str, ...]


def write_holds(stage: Stage) -> None:
    """Holds of people who were here lately, at 0.42 a year per membership."""
    rng, faults, shelves = stage.rng("holds"), stage.faults("holds"), shelves_of(stage)
    around = [p for p in stage.readers if p.loans and p.last_active > stage.today - _DAYS]
    count = rounded(rng, len(stage.accepted) * _A_YEAR * _DAYS / 365) if around else 0
    with stage.sheet("holds") as sheet:
        for serial in range(1, count + 1):
            person = rng.choice(around)
            row = _hold(rng, stage, sheet, person, shelves)
            sheet.write(f"H-{serial}", *row)
            if rng.random() < _WAITING:
                waiting = (*row[:4], rng.choice(("QUEUED", "IN_TRANSPORT")), "", "")
                sheet.refuse("not_ready", f"H-w{serial}", *waiting)
            match faults.due():
                case "unknown_member":
                    sheet.refuse("unknown_member", f"H-x{serial}", faults.stranger(), *row[1:])
                case "unknown_branch":
                    sheet.refuse("unknown_branch", f"H-x{serial}", *row[:3], UNKNOWN_BRANCH, *row[4:])
                case "missing":
                    sheet.refuse("missing", "", *row)
    stage.truth.sums["holds"] = stage.truth.accepted("holds")


def _hold(rng: Random, stage: Stage, sheet: Sheet, person: Person, shelves: Shelves) -> Row:
    """All columns but the number of the hold."""
    title = pick(rng, shelves.child if person.has_children and rng.random() < 0.6 else shelves.adult)
    ready = max(person.enrolled, stage.today - 1 - int(rng.random() * _DAYS))
    day = sheet.dialect.day
    return (
        person.external_id,
        title.record_id,
        title.title,
        person.branch,
        _status(rng, stage.today - ready),
        day(ready),
        day(ready + _ON_THE_SHELF),
    )


def _status(rng: Random, days: int) -> str:
    """What became of it by now: most are collected within some days, some never."""
    chance = rng.random()
    if chance < _CANCELLED:
        return "CLOSED"
    if chance < _CANCELLED + _NOT_COLLECTED:
        return "CLOSED" if days > _ON_THE_SHELF else "AVAILABLE"
    return "LOANED" if rng.random() < 1 - 0.7**days or days > _ON_THE_SHELF else "AVAILABLE"
