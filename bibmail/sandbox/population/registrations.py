"""Who put down a name for an event: members, parents, and people whom the library does not know yet."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Final, NamedTuple

from bibmail.sandbox.population.dialects import Sheet
from bibmail.sandbox.population.names import PREFIXES, address, first_name, last_name
from bibmail.sandbox.population.noise import bad_email
from bibmail.sandbox.population.people import Parent, Person
from bibmail.sandbox.population.stage import Event, Stage

_NAMES_PER_EVENT: Final = 14
_NON_MEMBERS: Final = 0.30


class Guest(NamedTuple):
    """Who registers. An importer knows a member by number, or by address and name together."""

    number: str
    email: str
    first: str
    last: str
    known: bool = True

    @property
    def identity(self) -> tuple[str, str, str]:
        return self.email.casefold(), self.first.casefold(), self.last.casefold()


class Attendance(NamedTuple):
    """What the registrations came to: member numbers, and the contacts that they create."""

    members: set[str]
    newcomers: list[Guest]


def write_event_registrations(stage: Stage) -> Attendance:
    rng, faults = stage.rng("registrations"), stage.faults("event_registrations")
    members = [p for p in stage.readers if p.email and p.age >= 6]
    contacts: list[Person | Parent] = [*stage.accepted, *stage.parents]
    bearers = Counter(_identity(contact) for contact in contacts)
    strangers = _strangers(rng, stage, members, bearers)
    attending: set[str] = set()
    newcomers: dict[tuple[str, str, str], Guest] = {}
    with stage.sheet("event_registrations") as sheet:
        for event in stage.events:
            if not event.needs_registration:
                continue
            # What lies ahead is still filling up.
            mean = _NAMES_PER_EVENT if event.day <= stage.today else _NAMES_PER_EVENT / 2
            # One name per address: address and event together are the key of a row.
            taken: set[str] = set()
            for _ in range(max(1, round(rng.gauss(mean, mean / 3)))):
                if rng.random() < _NON_MEMBERS:
                    person, guest = None, rng.choice(strangers)
                else:
                    person, guest = _known_guest(rng, stage, members, bearers)
                if guest.email in taken:
                    continue
                taken.add(guest.email)
                if person:
                    attending.add(person.external_id)
                elif not guest.known:
                    newcomers.setdefault(guest.identity, guest)
                row = _row(rng, stage, sheet, event, guest)
                sheet.write(*row)
                match faults.due():
                    case "unknown_event":
                        sheet.refuse("unknown_event", f"{stage.plan.slug}-9999", *row[1:])
                    case "bad_email":
                        wrong = bad_email(rng, guest.email, f"{guest.first} {guest.last}")
                        sheet.refuse("bad_email", row[0], wrong, "", *row[3:])
    stage.bearers.update(guest.email for guest in newcomers.values())
    stage.truth.sums["non_members"] = len(newcomers)
    return Attendance(attending, list(newcomers.values()))


def _identity(contact: Person | Parent) -> tuple[str, str, str]:
    return contact.email.casefold(), contact.first.casefold(), contact.last.casefold()


def _known_guest(
    rng: Random, stage: Stage, members: list[Person], bearers: Counter[tuple[str, str, str]]
) -> tuple[Person | None, Guest]:
    """A member, or now and then a parent who is known by profile only."""
    if stage.parents and rng.random() < 0.03:
        parent = rng.choice(stage.parents)
        if bearers[_identity(parent)] == 1:
            return None, Guest("", parent.email, parent.first, parent.last)
    person = rng.choice(members)
    # A name with a prefix may be written in two columns in members, and then be another name here.
    by_name = rng.random() < 0.5 and bearers[_identity(person)] == 1 and not person.last.startswith(PREFIXES)
    return person, Guest("" if by_name else person.external_id, person.email, person.first, person.last)


def _strangers(
    rng: Random, stage: Stage, members: list[Person], bearers: Counter[tuple[str, str, str]]
) -> list[Guest]:
    """People without a membership; a few use an address that is known, under another name."""
    plan = stage.plan
    strangers: list[Guest] = []
    for n in range(max(6, plan.events * 2 // 3)):
        gender = rng.choice("VM")
        first, last = first_name(rng, gender, 20 + int(rng.random() * 60)), last_name(rng)
        chance = rng.random()
        if chance < 0.04:
            email = rng.choice(members).email
        elif chance < 0.08 and strangers:
            email = strangers[-1].email
        else:
            email = address(rng, first, last, f"g{n * plan.set_size + plan.number + 1}")
        guest = Guest("", email, first, last, known=False)
        if not bearers[guest.identity]:
            strangers.append(guest)
    return strangers


def _row(rng: Random, stage: Stage, sheet: Sheet, event: Event, guest: Guest) -> list[str]:
    latest = min(event.day, stage.today) - 1
    registered = latest - int(rng.expovariate(1 / 9))
    attended = rng.choices(("ja", "nee", "onbekend"), (0.80, 0.12, 0.08))[0]
    first, last = guest.first, guest.last
    if rng.random() < 0.04:
        first, last = first.lower(), last.upper()
    return [
        event.event_id,
        guest.email,
        guest.number,
        first,
        last,
        str(rng.choices((1, 2, 3, 4), (0.7, 0.2, 0.07, 0.03))[0]),
        sheet.dialect.moment(registered, rng.randrange(8 * 3600, 22 * 3600)),
        attended if event.day < stage.today else "onbekend",
    ]
