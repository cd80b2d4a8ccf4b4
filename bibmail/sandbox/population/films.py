"""Films watched on the streaming platform, told in the file of the e-books: both are digital lending."""

from __future__ import annotations

from random import Random
from typing import Final

from bibmail.sandbox.population.dialects import Sheet
from bibmail.sandbox.population.draws import rounded
from bibmail.sandbox.population.people import Person
from bibmail.sandbox.population.stage import Stage

_USERS: Final = 0.008
_FILMS_A_YEAR: Final = 6
_KINDS: Final = (
    "zomer",
    "winter",
    "brug",
    "kapper",
    "reis",
    "tuin",
    "buurvrouw",
    "veerman",
    "nacht",
    "trein",
)
_TRAITS: Final = ("lange", "stille", "laatste", "blauwe", "vergeten", "dubbele", "kleine", "verre")


def write_films(stage: Stage, sheet: Sheet, *, with_ids: bool) -> set[str]:
    """What 0.8 % of the adults watched in the past year; returns the members who did."""
    if "cinebib" not in stage.plan.services:
        return set()
    rng = stage.rng("films")
    adults = [p for p in stage.readers if p.age >= 18]
    # Whoever streams is not away: the others are left to be missed.
    around = [p for p in adults if p.last_active > stage.today - 150]
    viewers = rng.sample(around, min(len(around), rounded(rng, len(adults) * _USERS)))
    serial = 0
    for person in viewers:
        for day, second in _evenings(rng, stage, person):
            serial += 1
            moment = sheet.dialect.moment(day, second)
            title = f"De {rng.choice(_TRAITS)} {rng.choice(_KINDS)}"
            sheet.write(person.external_id, "STREAM", moment, "", title, f"cf-{serial}" if with_ids else "")
    stage.truth.sums["film_members"] = len(viewers)
    return {person.external_id for person in viewers}


def _evenings(rng: Random, stage: Stage, person: Person) -> list[tuple[int, int]]:
    """The moments of one viewer; never two in one evening, as the platform would count them as one."""
    first = max(person.enrolled, stage.today - 360)
    days = {rng.randint(first, stage.today - 1) for _ in range(1 + int(rng.expovariate(1 / _FILMS_A_YEAR)))}
    return [(day, rng.randrange(19 * 3600, 22 * 3600)) for day in sorted(days)]
