"""When each member enrolled, renewed, was last seen and expires, and how much is borrowed."""

from __future__ import annotations

from random import Random
from typing import Final

from bibmail.sandbox.population.days import Calendar, calendar, enrolment_weight
from bibmail.sandbox.population.draws import LoanCount
from bibmail.sandbox.population.people import Person
from bibmail.sandbox.population.stage import Stage

# Mean number of loans in a full year of those who borrow, by the highest age. A little above the
# published means: whoever enrolled or left halfway brings them down again.
_MEANS: Final = {5: 31, 11: 37, 17: 25, 25: 16, 39: 23, 54: 28, 64: 32, 79: 34, 999: 31}
_LOANS: Final = tuple((top, LoanCount(mean)) for top, mean in _MEANS.items())
_CLASS_LOANS: Final = LoanCount(90, 1.5)

# Who did not enrol this year: expired and not renewed, not seen for a year though valid, borrower, last seen
# ten to twelve months ago, other. Over all members that gives 10 %, 22 %, 60 % (with the new ones, the just
# expired and the fading) and the rest.
_STATES: Final = (
    ("expired", "away", "borrower", "fading", "other"),
    (0.108, 0.262, 0.495, 0.040, 0.095),
)
# Babies come on top of these: a member of one year old cannot have enrolled earlier.
_NEW: Final = 0.085


def settle_memberships(stage: Stage) -> None:
    """Give every member the days and counts of the membership.

    Nobody is placed within five days of a boundary (a year, today), so that an importer whose
    clock differs a little comes to the same sums.
    """
    rng, today = stage.rng("memberships"), stage.today
    days = calendar(enrolment_weight, today - 4400, today)
    homes = stage.branch_choice()
    for person in stage.everybody:
        person.branch = homes.draw(rng)
        if person.kind != "person":
            _school_year(rng, person, today, days)
            continue
        room = today - person.birth
        if room < 700 or (room > 500 and rng.random() < _NEW):
            _enrolled_this_year(rng, person, today, days, room)
        else:
            _enrolled_before(rng, person, today, days)
        if person.deceased:
            _ended(person, today)


def _loan_count(rng: Random, age: int) -> int:
    return next(table for top, table in _LOANS if age <= top).draw(rng)


def _last_seen(rng: Random, loans: int, today: int, since: int) -> int:
    """The more somebody borrows, the more recent the last visit."""
    ago = int(rng.expovariate((loans + 6) / 365)) + 1
    return max(since, today - (ago if ago <= 350 else 290 + ago % 60))


def _enrolled_this_year(rng: Random, person: Person, today: int, days: Calendar, room: int) -> None:
    person.enrolled = days.draw(rng, today - min(355, max(2, room - 20)), today - 1)
    person.expires = person.enrolled + 365
    length = today - person.enrolled
    if rng.random() < 0.85:
        person.loans = max(1, int(_loan_count(rng, person.age) * length / 365))
    person.last_active = _last_seen(rng, person.loans * 365 // max(30, length), today, person.enrolled)
    # Enrolled online: no internet at the desk until somebody has shown an identity card there.
    person.blocked = person.age >= 12 and length < 120 and rng.random() < 0.25


def _enrolled_before(rng: Random, person: Person, today: int, days: Calendar) -> None:
    earliest = max(person.birth + 180, today - 4380)
    person.enrolled = days.draw(rng, earliest, today - 371)
    state = rng.choices(*_STATES)[0]
    anniversary = 1 + int(rng.random() * 364)
    if state == "away" and today - person.enrolled > 400:
        # Valid for several years at once, as youth memberships often are; hence no renewal.
        person.last_active = today - min(370 + int(rng.expovariate(1 / 240)), today - person.enrolled)
        person.expires = today + anniversary
        return
    if state == "fading":
        _fading(rng, person, today)
        return
    if state == "expired":
        person.expires = today - max(5, anniversary)
        person.renewed = _renewal(person, today)
        if rng.random() < 0.3:
            person.loans = max(1, _loan_count(rng, person.age) * (today - person.expires) // 730)
            person.last_active = max(today - 350, person.expires - int(rng.random() * 60))
        else:
            person.last_active = max(person.enrolled, person.expires - 30 - int(rng.random() * 400))
        if rng.random() < 0.4:
            person.status, person.leave_reason = (
                "Uitgeschreven",
                rng.choice(("Verhuisd", "Geen interesse", "")),
            )
    else:
        person.expires = today + anniversary
        person.renewed = _renewal(person, today)
        if state == "borrower":
            person.loans = _loan_count(rng, person.age)
        person.last_active = _last_seen(rng, person.loans, today, person.enrolled)
        if rng.random() < 0.015:
            person.status = rng.choice(("Gefaktureerd", "Betalingsachterstand"))
    if today - person.enrolled > 730 or rng.random() < 0.5:
        before = person.loans or (_loan_count(rng, person.age) if rng.random() < 0.5 else 0)
        person.loans_before = int(before * rng.lognormvariate(0, 0.5))


def is_fading(person: Person, today: int) -> bool:
    """Whether somebody will soon have been away for a year."""
    return 285 <= today - person.last_active < 360


def _fading(rng: Random, person: Person, today: int) -> None:
    """Who was last seen ten to twelve months ago: in the coming weeks that becomes a year."""
    person.last_active = today - rng.randrange(285, 360)
    person.loans = 1 + int(rng.expovariate(1 / 4))
    # Two years ago these people still borrowed; of those who keep a history each of these loans is written.
    if today - person.enrolled > 430:
        person.loans_before = min(_loan_count(rng, person.age), 30)
    chance = rng.random()
    if chance < 0.4:
        person.expires = today + 110 + int(rng.random() * 250)
    elif chance < 0.7:
        begun = person.last_active - int(rng.random() * 20)
        person.renewed = begun if begun > person.enrolled + 300 else 0
        person.expires = (person.renewed or person.enrolled) + 365
    else:
        person.expires = today - 5 - int(rng.random() * 100)
        person.renewed = _renewal(person, today)
    if rng.random() < 0.04:
        person.status = "Betalingsachterstand"


def _renewal(person: Person, today: int) -> int:
    """The day on which the running year began, when that was not the enrolment itself."""
    begun = person.expires - 365
    return min(begun, today - 1) if begun > person.enrolled + 300 else 0


def _school_year(rng: Random, person: Person, today: int, days: Calendar) -> None:
    """A class or institution is never away: it comes every few weeks."""
    person.enrolled = days.draw(rng, today - 2000, today - 20)
    person.expires = today + 1 + int(rng.random() * 364)
    person.loans = _CLASS_LOANS.draw(rng) if today - person.enrolled > 60 else 1
    person.loans_before = _CLASS_LOANS.draw(rng) if today - person.enrolled > 800 else 0
    person.last_active = max(person.enrolled, today - 2 - int(rng.random() * 60))


def _ended(person: Person, today: int) -> None:
    person.expires = min(person.expires, today - 5)
    person.status, person.leave_reason = "Uitgeschreven", "Overleden"
    person.renewed = min(person.renewed, person.expires)
    person.last_active = min(person.last_active, person.expires)
    # The day of death is not known here; what was borrowed before it stays in the counts.
    person.enrolled = min(person.enrolled, person.last_active)
