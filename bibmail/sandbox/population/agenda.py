"""Events, past and coming."""

from __future__ import annotations

from random import Random
from typing import Final, NamedTuple

from bibmail.sandbox.population.days import calendar, loan_weight
from bibmail.sandbox.population.dialects import Dialect
from bibmail.sandbox.population.draws import Weighted
from bibmail.sandbox.population.noise import UNKNOWN_BRANCH
from bibmail.sandbox.population.stage import Event, Stage


class Kind(NamedTuple):
    name: str
    title: str
    ages: tuple[str, str]
    hour: int


STORY_TIME: Final = Kind("voorleesuurtje", "Voorleesuurtje", ("3", "6"), 14)

# A quarter is for children (7.4); the rest is for adults.
KINDS: Final = Weighted(
    [
        (STORY_TIME, 0.13),
        (Kind("workshop", "Knutselen met strips", ("7", "11"), 14), 0.07),
        (Kind("gamen", "Gameclub", ("9", "14"), 15), 0.05),
        (Kind("lezing", "Lezing: de {} van vroeger", ("", ""), 20), 0.25),
        (Kind("leesclub", "Leesclub {}", ("16", ""), 20), 0.15),
        (Kind("digitaal", "Digidokter: je {} instellen", ("18", ""), 10), 0.15),
        (Kind("tentoonstelling", "Tentoonstelling {}", ("", ""), 10), 0.12),
        (Kind("studeren", "Samen blokken", ("16", "25"), 9), 0.08),
    ]
)
_SUBJECTS: Final = (
    "tuin",
    "molen",
    "telefoon",
    "tablet",
    "stoomtrein",
    "Schelde",
    "poëzie",
    "wolken",
)


def write_events(stage: Stage) -> None:
    """A year back and three months ahead; 15 % ask for a registration."""
    rng, faults, plan = stage.rng("events"), stage.faults("events"), stage.plan
    first, last = stage.today - 360, stage.today + 90
    days = calendar(loan_weight, first, last)
    dates = sorted(days.draw(rng, first, last) for _ in range(plan.events * 5 // 4))
    with stage.sheet("events") as sheet:
        for n, day in enumerate(dates):
            kind = KINDS.draw(rng)
            event = Event(
                event_id=f"{plan.slug}-{n + 1:04}",
                day=day,
                cancelled=rng.random() < 0.02,
                needs_registration=rng.random() < 0.15 or n == 0,
                for_children=kind.ages[1] in {"6", "11", "14"},
                kind=kind.name,
            )
            stage.events.append(event)
            row = event_row(rng, stage, sheet.dialect, event, kind)
            sheet.write(*row)
            mark = f"{event.event_id}-x"
            match faults.due():
                case "bad_date":
                    sheet.refuse("bad_date", mark, row[1], "2026-02-31T14:00:00", *row[3:])
                case "unknown_branch":
                    sheet.refuse("unknown_branch", mark, *row[1:4], UNKNOWN_BRANCH, *row[5:])
                case "missing":
                    sheet.refuse("missing", "", *row[1:])


def event_row(rng: Random, stage: Stage, dialect: Dialect, event: Event, kind: Kind) -> list[str]:
    start = kind.hour * 3600 + rng.choice((0, 1800))
    full = event.day > stage.today and event.needs_registration and rng.random() < 0.2
    return [
        event.event_id,
        kind.title.format(rng.choice(_SUBJECTS)),
        dialect.moment(event.day, start),
        dialect.moment(event.day, start + 5400),
        rng.choice(stage.branch_ids),
        *kind.ages,
        kind.name,
        f"https://{stage.plan.slug}.example.be/agenda/{event.event_id}",
        dialect.flag(event.needs_registration),
        "cancelled" if event.cancelled else "full" if full else "available",
    ]
