"""Who was last seen a year ago, and who comes back (J5)."""

from __future__ import annotations

from random import Random
from typing import Final

from bibmail.sandbox.life.town import Town
from bibmail.sandbox.life.truth import ABSENT
from bibmail.sandbox.life.visits import borrow, visit
from bibmail.sandbox.population.people import Person

_YEAR: Final = 365
# Three weeks after the first mail it is asked whether the membership is still valid.
_ASKED: Final = 21
_DEBTS: Final = frozenset({"Betalingsachterstand"})
_TOPICS: Final = frozenset({"newsletter", "new_acquisitions"})
_TITLES: Final = 3


def miss(town: Town) -> None:
    """Let some of those who were away for a year come back or renew; write down what the others come to."""
    rng = town.rng("absent")
    willing = [p for p in _crossing(town) if town.allowed(p) & _TOPICS]
    town.note(ABSENT, "with_debts", *(p for p in willing if p.status in _DEBTS))
    willing = [p for p in willing if p.status not in _DEBTS]
    in_time = [p for p in willing if _crosses(p) <= town.last - 12]
    late = [p for p in in_time if _crosses(p) >= town.first + 16]
    for person in town.pick(rng, late, town.dose(5)):
        visit(town, rng, person, _crosses(person) - rng.randint(8, 13))
        town.note(ABSENT, "back_before_a_year", person)
    for person in town.pick(rng, [p for p in in_time if p.history], town.dose(4)):
        borrow(town, rng, person, _crosses(person) + rng.randint(2, 9), rng.randint(1, 4))
        _enters(town, person)
        town.note(ABSENT, "borrowed_again", person)
    for person in town.pick(rng, in_time, town.dose(8)):
        visit(town, rng, person, _crosses(person) + rng.randint(2, 9))
        _enters(town, person)
        town.note(ABSENT, "seen_again", person)
    for person in town.pick(rng, in_time, town.dose(5)):
        _renew(town, rng, person)
        _enters(town, person)
        town.note(ABSENT, "renewed", person)
    for person in town.pick(rng, willing, len(willing)):
        _enters(town, person)
        if _crosses(person) + _ASKED <= town.last:
            valid = person.expires >= _crosses(person) + _ASKED
            town.note(ABSENT, "valid_at_split" if valid else "expired_at_split", person)
    # The others of whom it becomes a year: they allow nothing, or have no address.
    town.take(*_crossing(town))


def _crossing(town: Town) -> list[Person]:
    """Adults with an address of their own for whom it becomes a year during the play."""
    other_traces = town.uses.ebooks | town.uses.seats | town.uses.attendance.members
    return [
        person
        for person in town.stage.readers
        if town.first < _crosses(person) <= town.last
        and person.age >= 18
        and town.has_own_address(person)
        and not person.shared
        and person.external_id not in other_traces
        and town.is_free(person)
    ]


def _crosses(person: Person) -> int:
    return person.last_active + _YEAR


def _enters(town: Town, person: Person) -> None:
    reads = person.history and "use_loan_history" in town.allowed(person)
    has_titles = person.loans + person.loans_before >= _TITLES
    town.note(ABSENT, "history" if reads and has_titles else "general", person)


def _renew(town: Town, rng: Random, person: Person) -> None:
    day = town.writing_day(_crosses(person) + rng.randint(2, 10))
    person.renewed, person.expires = day, max(day, person.expires) + 365
    town.tell_member(person, day)
