"""Memberships that go on, start again or move, and people who change their mind."""

from __future__ import annotations

from typing import Final

from bibmail.sandbox.life.newcomers import fresh_address
from bibmail.sandbox.life.town import Town
from bibmail.sandbox.life.truth import WELCOME
from bibmail.sandbox.population.people import Person

_RENEWS: Final = 0.85


def renew(town: Town) -> None:
    """Most borrowers renew around the day on which their year ends."""
    rng = town.rng("renewals")
    for person in town.stage.readers:
        ends = person.expires
        if (
            town.first - 5 <= ends <= town.last
            and person.last_active > town.stage.today - 250
            and town.is_free(person)
            and rng.random() < _RENEWS
        ):
            day = town.writing_day(max(town.first, ends + round(rng.gauss(-4, 6))))
            person.renewed, person.expires = day, max(day, ends) + 365
            town.tell_member(person, day)


def welcome_back(town: Town) -> None:
    """Enrolled again within a year of the end: no first welcome. Some get a new day of enrolment."""
    rng = town.rng("welcome back")
    gone = [
        p
        for p in town.stage.readers
        if p.age >= 18
        and 20 <= town.stage.today - p.expires <= 250
        and town.has_own_address(p)
        and not p.shared
        and p.last_active > town.stage.today - 270
    ]
    for n, person in enumerate(town.pick(rng, gone, town.dose(10))):
        day = town.writing_day(rng.randint(town.first + 1, town.last - 25))
        person.status, person.leave_reason = "Normaal", ""
        person.renewed, person.expires = day, day + 365
        if n % 2 == 0:
            person.enrolled = day
        town.tell_member(person, day)
        town.note(WELCOME, "back_as_enrolment" if n % 2 == 0 else "back_as_renewal", person)


def move(town: Town) -> None:
    """Regulars who give another address, or move within the village or out of it."""
    rng = town.rng("moves")
    for n, person in enumerate(town.pick(rng, _settled(town), town.dose(14))):
        day = town.writing_day(rng.randint(town.first + 1, town.last - 1))
        if n % 2 == 0:
            person.email = fresh_address(town, rng, person, "b")
        else:
            place = rng.choice(town.plan.neighbours)
            person.postal_code, person.city = place.postal_code, place.municipality
        town.tell_member(person, day)


def change_minds(town: Town) -> None:
    """A few take back one topic, or everything."""
    rng = town.rng("withdrawals")
    consenting = [p for p in _settled(town) if town.allowed(p)]
    days = town.busy_days(town.first + 1, town.last)
    for n, person in enumerate(town.pick(rng, consenting, town.dose(24))):
        codes = sorted(town.allowed(person))
        town.withdraw(rng, person, rng.choice(days), *(codes if n % 3 == 0 else [rng.choice(codes)]))
        town.note("consent", "withdrew_all" if n % 3 == 0 else "withdrew_one", person)


def _settled(town: Town) -> list[Person]:
    return town.regulars(lambda p: p.age >= 18 and p.external_id not in town.uses.ebooks)
