"""New members every open day: alone, as a pair, with brothers and sisters; and what becomes of them (J1)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from random import Random
from typing import Final

from bibmail.sandbox.life.newcomers import (
    enrol,
    enrol_institution,
    enrol_member_of,
    enrol_with_address,
    fresh_address,
)
from bibmail.sandbox.life.town import Town
from bibmail.sandbox.life.truth import WELCOME
from bibmail.sandbox.population.consents import topics_of
from bibmail.sandbox.population.draws import Weighted
from bibmail.sandbox.population.noise import bad_email
from bibmail.sandbox.population.people import Person

# 11 % of the memberships in a year; December to February has somewhat less than its part.
_PER_WEEK: Final = 0.11 * 0.7 / 52
_WEEKDAYS: Final = (0.7, 1.0, 1.5, 0.9, 1.0, 1.5, 0.0)
_JANUARY: Final = 1.2
_FAMILY_DAYS: Final = frozenset({2, 5})
_ADULTS: Final = Weighted([((18, 25), 0.2), ((26, 39), 0.27), ((40, 64), 0.35), ((65, 88), 0.18)])

Party = Callable[[Town, Random, int], int]


def arrive(town: Town, families: list[Party]) -> None:
    """New members on every open day; `families` are the ways in which children come."""
    rng = town.rng("arrivals")
    alone, together = _endless(rng, ALONE), _endless(rng, families)
    week = town.plan.memberships * _PER_WEEK
    days = [
        n for n in town.open_days(town.first, town.last) if date.fromordinal(n).weekday() in town.desk_days
    ]
    weights = sum(_WEEKDAYS[weekday] for weekday in town.desk_days)
    due = 0.5
    for n in days:
        day = date.fromordinal(n)
        due += week * _WEEKDAYS[day.weekday()] / weights * (_JANUARY if day.month == 1 else 1.0)
        families_due = due * 0.55 if day.weekday() in _FAMILY_DAYS else 0.0
        while due >= 1:
            party = next(together) if families_due >= 1 else next(alone)
            people = party(town, rng, n)
            due -= people
            families_due -= people


def _endless(rng: Random, parties: list[Party]) -> Iterator[Party]:
    """Every party of the deck in a chance order, then again: nothing stays away for long."""
    while True:
        deck = parties.copy()
        rng.shuffle(deck)
        yield from deck


def follow(town: Town, rng: Random, person: Person) -> None:
    """Six in ten of those who may, allow something in the first days."""
    if person.age < 16 or not person.email or rng.random() > 0.6:
        return
    day = town.busy_from(person.enrolled + 1 + int(rng.random() * 6))
    codes = topics_of(rng, person)
    if rng.random() < 0.6:
        codes += ["use_loan_history"] if person.history else []
        codes += ["measure_opens"] if rng.random() < 0.5 else []
    town.allow(rng, person, day, *codes)
    town.note(WELCOME, "consents_later", person)


def _adult(town: Town, rng: Random, day: int) -> int:
    person = enrol(town, rng, day, ages=_ADULTS.draw(rng))
    town.tell_member(person, day)
    town.note(WELCOME, "adult" if person.email else "without_address", person)
    follow(town, rng, person)
    return 1


def _young(town: Town, rng: Random, day: int) -> int:
    person = enrol(town, rng, day, ages=(13, 17))
    town.tell_member(person, day)
    town.note(WELCOME, "thirteen_to_seventeen" if person.email else "without_address", person)
    follow(town, rng, person)
    return 1


def _online(town: Town, rng: Random, day: int) -> int:
    """Registered on the web: no internet at the desk until an identity card was shown."""
    person = enrol_with_address(town, rng, day, ages=_ADULTS.draw(rng))
    person.blocked = True
    town.tell_member(person, day)
    town.note(WELCOME, "internet_block", person)
    follow(town, rng, person)
    return 1


def _pair(town: Town, rng: Random, day: int) -> int:
    """Two who live together enrol with one address."""
    one = enrol_with_address(town, rng, day, ages=(30, 70))
    other = enrol(town, rng, day, ages=(max(25, one.age - 4), one.age + 4))
    other.email, other.postal_code, other.city = one.email, one.postal_code, one.city
    for person in (one, other):
        town.tell_member(person, day)
        town.note(WELCOME, "shared_address", person)
    return 2


def _neighbour(town: Town, rng: Random, day: int) -> int:
    if not town.others:
        return _adult(town, rng, day)
    person = enrol_member_of(town, rng.choice(town.others), rng, day)
    if person is None:
        return _adult(town, rng, day)
    town.tell_member(person, day)
    town.note(WELCOME, "member_elsewhere", person)
    return 1


def _class(town: Town, rng: Random, day: int) -> int:
    town_class = enrol_institution(town, rng, day)
    town.tell_member(town_class, day)
    town.note(WELCOME, "institution", town_class)
    return 1


def _leaves(town: Town, rng: Random, day: int) -> int:
    """Ends the membership between the mails."""
    person = enrol_with_address(town, rng, day, ages=(20, 60))
    town.tell_member(person, day)
    end = town.writing_day(day + 3 + int(rng.random() * 14))
    person.status, person.leave_reason = "Uitgeschreven", rng.choice(("Verhuisd", "Geen interesse"))
    person.expires = end
    if town.tell_member(person, end):
        town.note(WELCOME, "ended_early", person)
    return 1


def _dies(town: Town, rng: Random, day: int) -> int:
    """Of one in three this is known at once: the file comes with the asterisk already."""
    person = enrol_with_address(town, rng, day, ages=(70, 92))
    at_once = rng.random() < 0.33
    if not at_once:
        town.tell_member(person, day)
    end = day if at_once else town.writing_day(day + 3 + int(rng.random() * 12))
    person.deceased, person.last = True, f"*{person.last}"
    person.status, person.leave_reason, person.expires = "Uitgeschreven", "Overleden", end
    if town.tell_member(person, end):
        town.note(WELCOME, "deceased_at_once" if at_once else "deceased_later", person)
    return 1


def _changes_address(town: Town, rng: Random, day: int) -> int:
    person = enrol_with_address(town, rng, day, ages=(18, 70))
    town.tell_member(person, day)
    later = town.writing_day(day + 2 + int(rng.random() * 12))
    person.email = fresh_address(town, rng, person, "b")
    if town.tell_member(person, later):
        town.note(WELCOME, "address_changed", person)
    return 1


def _mistyped(town: Town, rng: Random, day: int) -> int:
    """An address typed wrong at the desk: the row is refused, and comes again mended."""
    person = enrol_with_address(town, rng, day, ages=(18, 70))
    right = person.email
    person.email = bad_email(rng, right, f"{person.first} {person.last}")
    town.post.refuse("bad_email", "members", day, *town.row_of(person))
    person.email = right
    if town.tell_member(person, town.writing_day(day + 2)):
        town.note(WELCOME, "mended_row", person)
    return 1


ALONE: Final[list[Party]] = [
    *[_adult] * 11,
    *[_young] * 4,
    *[_online] * 2,
    _pair,
    _neighbour,
    _class,
    *[_leaves] * 2,
    _dies,
    _changes_address,
    _mistyped,
]
