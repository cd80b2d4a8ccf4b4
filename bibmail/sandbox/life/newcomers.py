"""People who become a member while the play goes on."""

from __future__ import annotations

from random import Random

from bibmail.sandbox.life.town import Town
from bibmail.sandbox.population.names import address
from bibmail.sandbox.population.people import Person, drawn_person, institution, serial_text, settle


def enrol(town: Town, rng: Random, enrolled: int, *, ages: tuple[int, int]) -> Person:
    """A new member of this age, who is not told yet."""
    return _settled(town, rng, drawn_person(rng, *ages, enrolled), enrolled)


def enrol_with_address(town: Town, rng: Random, enrolled: int, *, ages: tuple[int, int]) -> Person:
    """The same, whose address is known for certain."""
    person = enrol(town, rng, enrolled, ages=ages)
    person.email = person.email or fresh_address(town, rng, person)
    return person


def enrol_institution(town: Town, rng: Random, enrolled: int) -> Person:
    return _settled(town, rng, institution(rng, town.plan, 900 + len(town.newcomers)), enrolled)


def enrol_member_of(town: Town, other: Town, rng: Random, enrolled: int) -> Person | None:
    """Somebody whom a neighbouring library knows by the same address; None when nobody is left there."""
    known = other.pick(rng, other.regulars(lambda p: p.age >= 18), 1)
    if not known:
        return None
    (twin,) = known
    person = Person("", 0, twin.first, twin.last, twin.gender, twin.birth, twin.age)
    _settled(town, rng, person, enrolled)
    person.email, person.language, person.shared = twin.email, twin.language, True
    return person


def fresh_address(town: Town, rng: Random, person: Person, mark: str = "") -> str:
    return address(rng, person.first, person.last, f"{serial_text(town.plan, person.serial)}{mark}")


def _settled(town: Town, rng: Random, person: Person, enrolled: int) -> Person:
    person.external_id = town.next_number()
    person.serial = len(town.stage.everybody) + len(town.newcomers)
    settle(rng, person, town.plan)
    person.branch = town.homes.draw(rng)
    person.enrolled = person.last_active = enrolled
    person.expires = enrolled + 365
    town.newcomers.append(person)
    town.take(person)
    return person
