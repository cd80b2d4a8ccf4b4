"""People who came in twice: they enrolled again and got a new number instead of their old one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bibmail.sandbox.population.draws import rounded
from bibmail.sandbox.population.households import Profile
from bibmail.sandbox.population.people import Person
from bibmail.sandbox.population.stage import Stage

# Of all memberships; no source was found.
_RATE: Final = 0.002

_SAME = (
    "first",
    "last",
    "gender",
    "birth",
    "age",
    "email",
    "language",
    "postal_code",
    "city",
    "subscription",
)


def give_second_records(stage: Stage, profiles: Sequence[Profile]) -> None:
    """Turn some members into the second record of another; nobody who has family, profile or a second library."""
    rng = stage.rng("second records")
    named = {
        id(person) for profile in profiles for person in (profile.owner, *profile.children, *profile.others)
    }
    free = [p for p in stage.everybody if _is_plain(p, stage.today) and id(p) not in named]
    rng.shuffle(free)
    for _ in range(min(rounded(rng, len(stage.everybody) * _RATE), len(free) // 2)):
        first, second = free.pop(), free.pop()
        # Nobody enrols as a baby.
        if first.birth > second.enrolled - 18 * 365:
            continue
        for name in _SAME:
            setattr(second, name, getattr(first, name))
        stage.truth.sums["second_records"] += 1


def _is_plain(person: Person, today: int) -> bool:
    """In nothing that another file or a journey counts on."""
    in_use = person.last_active > today - 200 and person.expires > today + 60 and person.status == "Normaal"
    bound = person.tied or person.shared or person.history or person.fault or person.serial <= 3
    return person.is_reader and person.age >= 30 and bool(person.email) and in_use and not bound
