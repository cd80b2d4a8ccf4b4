"""Ordinary weeks: figures of who was seen, loans of those who keep a history, names put down for events."""

from __future__ import annotations

from random import Random
from typing import Final

from bibmail.sandbox.life.town import Town
from bibmail.sandbox.population.loans import pick, shelves_of
from bibmail.sandbox.population.people import Person

_WEEK: Final = 7
_SEEN_EACH_WEEK: Final = 0.02
_HISTORY_EACH_WEEK: Final = 0.03


def visit(town: Town, rng: Random, person: Person, day: int) -> None:
    """Seen on this day, with perhaps some loans; the weekly file of figures tells it."""
    dialect = town.post.dialect("activity_summary")
    person.last_active = day
    person.loans += rng.randint(0, 4)
    counts = (str(person.loans), str(person.loans_before), dialect.day(day))
    town.post.tell("activity_summary", day, person.external_id, dialect.day(day), *counts)


def borrow(town: Town, rng: Random, person: Person, day: int, number: int) -> None:
    """So many loans on this day by somebody who keeps a history."""
    dialect, shelves = town.post.dialect("loans"), shelves_of(town.stage)
    for _ in range(number):
        title = pick(rng, shelves.child if person.has_children and rng.random() < 0.6 else shelves.adult)
        due = dialect.day(day + 28)
        number_of_loan = f"L-{town.next_serial()}"
        row = (title.record_id, title.title, person.branch, dialect.day(day), due, "", "0")
        town.post.tell("loans", day, number_of_loan, person.external_id, *row)
    person.last_active = max(person.last_active, day)


def ordinary_weeks(town: Town) -> None:
    """A few of the regulars and of the newcomers every week; the rest of life stays untold."""
    rng = town.rng("visits")
    regulars = [
        p
        for p in town.stage.readers
        if p.loans and p.last_active > town.stage.today - 150 and town.is_free(p)
    ]
    readers = [p for p in regulars if p.history]
    weeks = range(town.first, town.last + 1, 2 * _WEEK if town.is_small else _WEEK)
    for week in weeks:
        days = town.open_days(week, min(week + _WEEK - 1, town.last))
        if not days:
            continue
        for person in rng.sample(regulars, round(len(regulars) * _SEEN_EACH_WEEK)):
            visit(town, rng, person, rng.choice(days))
        for person in rng.sample(readers, round(len(readers) * _HISTORY_EACH_WEEK)):
            borrow(town, rng, person, rng.choice(days), rng.randint(1, 5))
        for person in town.newcomers:
            if (
                person.kind == "person"
                and not person.deceased
                and 0 < days[-1] - person.enrolled <= 2 * _WEEK
            ):
                _first_loans(town, rng, person, days[-1])


def _first_loans(town: Town, rng: Random, person: Person, day: int) -> None:
    if rng.random() < 0.5:
        if person.history:
            borrow(town, rng, person, day, rng.randint(1, 4))
        else:
            visit(town, rng, person, day)


def put_down_names(town: Town, rng: Random, person: Person, day: int, event_id: str) -> None:
    """A member puts down a name for an event."""
    dialect = town.post.dialect("event_registrations")
    moment = dialect.moment(day, rng.randrange(9 * 3600, 21 * 3600))
    who = (person.email, person.external_id, person.first, person.last)
    town.post.tell(
        "event_registrations", day, event_id, *who, str(rng.choice((1, 2, 2, 3))), moment, "onbekend"
    )


def registrations(town: Town) -> None:
    """Names for the coming events that ask for them, once a week in the larger libraries."""
    rng = town.rng("registrations")
    members = town.regulars(lambda p: p.age >= 16 and town.is_free(p))
    if not members:
        return
    for day in range(town.first + 2, town.last, 2 * _WEEK if town.is_small else _WEEK):
        coming = [e for e in town.stage.events if e.needs_registration and day < e.day <= day + 30]
        for event in coming[:4]:
            for person in rng.sample(members, min(len(members), rng.randint(1, 3))):
                put_down_names(town, rng, person, day, event.event_id)
