"""Study places before and during the exams (J4)."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Final

from bibmail.sandbox.life.town import Town
from bibmail.sandbox.life.truth import EXAMS
from bibmail.sandbox.population.people import Person

_SUBJECT: Final = ("study", "use_seat_reservations")
# The weeks in which places are taken, for the exams of December (school) and of January (higher education).
_SCHOOL: Final = (date(2026, 12, 1), date(2026, 12, 12))
_HIGHER: Final = (date(2026, 12, 14), date(2027, 1, 23))


def study(town: Town) -> None:
    rng = town.rng("studying")
    seats = "seat_reservations" in town.plan.services or town.slug == "heidebeke"
    if seats:
        for level, ages, span, number in (
            ("secondary", (16, 16), _SCHOOL, 10),
            ("higher", (18, 25), _HIGHER, 20),
        ):
            days = _days(town, span)
            if len(days) >= 3:
                _level(town, rng, level, ages, days, number)
    declare = town.regulars(
        lambda p: (
            18 <= p.age <= 29
            and p.external_id not in town.uses.seats
            and bool(town.allowed(p) & {"study", "digital"})
        )
    )
    # For readers who say so on their page of preferences; no file tells that.
    town.note(EXAMS, "may_declare_study", *town.pick(rng, declare, town.dose(8)))


def _level(town: Town, rng: Random, level: str, ages: tuple[int, int], days: list[int], number: int) -> None:
    low, high = ages
    for person in _students(town, rng, low, high, number):
        _allow(town, rng, person, days, *_SUBJECT)
        _sit(town, rng, person, days, min(rng.choice((3, 3, 4, 5, 7)), len(days)))
        town.note(EXAMS, f"{level}_three_or_more", person)
    for person in _students(town, rng, low, high, 4):
        _allow(town, rng, person, days, *_SUBJECT)
        _sit(town, rng, person, days, 2)
        town.note(EXAMS, f"{level}_only_two", person)
    for person in _students(town, rng, low, high, 3):
        _allow(town, rng, person, days, *_SUBJECT)
        _sit(town, rng, person, days, 4, came=2)
        town.note(EXAMS, f"{level}_came_twice_of_four", person)
    for case, codes in (("without_data_use", ("study",)), ("without_topic", ("use_seat_reservations",))):
        for person in _students(town, rng, low, high, 3, unasked=True):
            _allow(town, rng, person, days, *codes)
            _sit(town, rng, person, days, 4)
            town.note(EXAMS, f"{level}_{case}", person)
    if level == "higher":
        for person in town.pick(rng, town.regulars(lambda p: 34 <= p.age <= 60), town.dose(3)):
            _allow(town, rng, person, days, *_SUBJECT)
            _sit(town, rng, person, days, 4, kind="pc")
            town.note(EXAMS, "too_old", person)


def _students(
    town: Town, rng: Random, low: int, high: int, number: int, *, unasked: bool = False
) -> list[Person]:
    def suits(person: Person) -> bool:
        return (
            low <= person.age <= high
            and person.external_id not in town.uses.seats
            and not (unasked and town.allowed(person) & {*_SUBJECT, "digital"})
        )

    return town.pick(rng, town.regulars(suits), town.dose(number))


def _days(town: Town, span: tuple[date, date]) -> list[int]:
    first, last = (day.toordinal() for day in span)
    return [
        n
        for n in town.open_days(max(first, town.first), min(last, town.last))
        if date.fromordinal(n).weekday() != 6
    ]


def _allow(town: Town, rng: Random, person: Person, days: list[int], *codes: str) -> None:
    """On the form at the first visit; the file of the first places comes no earlier than this one."""
    first = town.busy_days(days[0] - 1, days[0] + 7)[0]
    town.allow(rng, person, first, *codes)


def _sit(
    town: Town,
    rng: Random,
    person: Person,
    days: list[int],
    number: int,
    *,
    kind: str = "studieplek",
    came: int | None = None,
) -> None:
    """So many days at a study place; of those after `came` nothing came."""
    moment = town.post.dialect("seat_reservations").moment
    for n, day in enumerate(sorted(rng.sample(days, number))):
        start = rng.choice((9, 10, 13, 14)) * 3600
        status = "checked_in" if came is None or n < came else rng.choice(("cancelled", "no_show"))
        town.post.tell(
            "seat_reservations",
            day,
            f"R-{town.next_serial()}",
            person.external_id,
            "",
            town.stage.branch_ids[0],
            kind,
            moment(day, start),
            moment(day, start + 4 * 3600),
            status,
        )
