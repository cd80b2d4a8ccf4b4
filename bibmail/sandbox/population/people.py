"""The members of one library: age pyramid, names, addresses, institutions, and who is shared with others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Final

from bibmail.sandbox.population.draws import quotas, rounded, stream
from bibmail.sandbox.population.names import address, first_name, last_name
from bibmail.sandbox.population.sets import LibraryPlan

AGE_BANDS: Final = (
    (0, 5, 0.08),
    (6, 11, 0.24),
    (12, 17, 0.16),
    (18, 25, 0.09),
    (26, 39, 0.12),
    (40, 54, 0.14),
    (55, 64, 0.07),
    (65, 79, 0.08),
    (80, 96, 0.02),
)
_YEAR: Final = 365.2425
_INSTITUTIONS: Final = 0.025
_DECEASED: Final = 0.003
_REDUCED_FARE: Final = 0.03

# The make-believe birthday of inter-library accounts. A child who is really born that day would be taken
# for one, so nobody is.
IBL_BIRTHDAY: Final = date(2019, 1, 1).toordinal()


@dataclass(slots=True, eq=False)
class Person:
    """One row of members. Days are ordinals, 0 is empty; `fault` names why the row will be refused."""

    external_id: str
    serial: int
    first: str
    last: str
    gender: str
    birth: int
    age: int
    kind: str = "person"
    email: str = ""
    language: str = "nl"
    postal_code: str = ""
    city: str = ""
    branch: str = ""
    subscription: str = ""
    enrolled: int = 0
    renewed: int = 0
    expires: int = 0
    last_active: int = 0
    loans: int = 0
    loans_before: int = 0
    status: str = "Normaal"
    leave_reason: str = ""
    blocked: bool = False
    history: bool = False
    deceased: bool = False
    shared: bool = False
    tied: bool = False
    has_children: bool = False
    linked_children: bool = False
    fault: str = ""

    @property
    def is_reader(self) -> bool:
        return not self.fault and not self.deceased and self.kind == "person"


@dataclass(slots=True, eq=False)
class Parent:
    """A parent without a membership: known only from the profile of the children."""

    first: str
    last: str
    email: str


def people(plan: LibraryPlan, seed: int, today: int) -> list[Person]:
    """All members in the order of their number; families and memberships are still to be settled."""
    rng = stream(seed, plan.slug, "people")
    institution_count = rounded(rng, plan.memberships * _INSTITUTIONS)
    shared = _shared_people(plan, seed, today)
    counts = quotas([weight for _, _, weight in AGE_BANDS], plan.memberships - institution_count)
    everybody = []
    for person in shared:
        band = next(i for i, (_, high, _) in enumerate(AGE_BANDS) if person.age <= high)
        if counts[band]:
            counts[band] -= 1
            everybody.append(person)
    for (low, high, _), count in zip(AGE_BANDS, counts, strict=True):
        everybody += [drawn_person(rng, low, high, today) for _ in range(count)]
    everybody += [institution(rng, plan, n) for n in range(institution_count)]
    rng.shuffle(everybody)
    number = 7_000_000 + plan.number * 1_009
    for serial, person in enumerate(everybody):
        number += 1 + int(rng.random() * 3)
        person.external_id, person.serial = str(number), serial
        settle(rng, person, plan)
    _bury(
        rng, [p for p in everybody if p.age >= 55 and not p.shared], rounded(rng, len(everybody) * _DECEASED)
    )
    return everybody


def serial_text(plan: LibraryPlan, serial: int) -> str:
    """Different for every member of every library of the set."""
    return str(serial * plan.set_size + plan.number + 1)


def drawn_person(rng: Random, low: int, high: int, today: int) -> Person:
    # A few days off the edges of the band, so that nobody changes band on the day of the import.
    days = int(low * _YEAR + 4 + rng.random() * ((high + 1 - low) * _YEAR - 8))
    birth = today - days - (today - days == IBL_BIRTHDAY)
    age = int(days / _YEAR)
    gender = "V" if rng.random() < 0.59 else "M"
    first, last = first_name(rng, gender, age), last_name(rng)
    return Person("", 0, first, last, "" if rng.random() < 0.01 else gender, birth, age)


def _shared_people(plan: LibraryPlan, seed: int, today: int) -> list[Person]:
    """Members of two or three libraries: the same person, with the same address, drawn in each of them."""
    weights = [weight for _, _, weight in AGE_BANDS]
    found = []
    for libraries, count in plan.shared:
        rng = stream(seed, "shared", plan.set_size, *libraries)
        for i in range(count):
            low, high, _ = rng.choices(AGE_BANDS, weights)[0]
            person = drawn_person(rng, low, high, today)
            person.shared = True
            if rng.random() < email_share(person.age):
                mark = "k" + "-".join(str(number) for number in (*libraries, i))
                # The address of a child under twelve is that of a parent.
                first = person.first if person.age >= 12 else first_name(rng, "V", 36)
                person.email = address(rng, first, person.last, mark)
            found.append(person)
    return found


def email_share(age: int) -> float:
    """Of how many people of this age the address is known."""
    return 0.70 if age < 12 else 0.60 if age < 18 else 0.85


def institution(rng: Random, plan: LibraryPlan, n: int) -> Person:
    kind = rng.choices(("Klas", "Instelling", "IBL Bibliotheek"), (0.78, 0.17, 0.05))[0]
    if kind == "Klas":
        first, last = f"{rng.randint(1, 6)}{rng.choice('ABC')}", f"Basisschool De {last_name(rng)}"
    elif kind == "Instelling":
        first, last = (
            "",
            f"{rng.choice(('Woonzorgcentrum', 'Kinderopvang', 'Jeugdhuis'))} {last_name(rng)} {n}",
        )
    else:
        first, last = "", f"Bib {rng.choice(plan.neighbours).municipality} IBL"
    person = Person("", 0, first, last, "", IBL_BIRTHDAY if kind == "IBL Bibliotheek" else 0, -1, kind)
    person.subscription = kind
    person.tied = True
    return person


def settle(rng: Random, person: Person, plan: LibraryPlan) -> None:
    """Home, language, address and kind of membership."""
    place = plan.place if rng.random() < 0.88 else rng.choice(plan.neighbours)
    person.postal_code, person.city = place.postal_code, place.municipality
    if person.kind != "person":
        person.postal_code, person.city = plan.place.postal_code, plan.place.municipality
        if rng.random() < 0.6:
            person.email = f"instelling{serial_text(plan, person.serial)}@example.org"
        return
    chance = rng.random()
    person.language = "fr" if chance < 0.02 else "en" if chance < 0.04 else "nl"
    person.subscription = "Kansentarief" if rng.random() < _REDUCED_FARE else _subscription(person.age)
    if person.age >= 12 and not person.shared and rng.random() < email_share(person.age):
        person.email = address(rng, person.first, person.last, serial_text(plan, person.serial))
    person.history = person.age >= 18 and rng.random() < 0.15


def _subscription(age: int) -> str:
    if age < 12:
        return "Jeugd"
    if age < 18:
        return "Jongere"
    if age < 26:
        return "Jongvolwassene"
    return "Volwassene" if age < 65 else "Senior"


def _bury(rng: Random, candidates: list[Person], count: int) -> None:
    """Mark the deceased: the name gets its asterisk, the membership has ended."""
    for person in rng.sample(candidates, min(count, len(candidates))):
        person.deceased = person.tied = True
        person.last = f"*{person.last}"
        person.history = False
