"""Children who become a member: with a parent whom the library knows, who is new, or whom nobody knows (J1)."""

from __future__ import annotations

from random import Random
from typing import Final

from bibmail.sandbox.life.arrivals import Party, follow
from bibmail.sandbox.life.newcomers import enrol, enrol_with_address
from bibmail.sandbox.life.town import Town
from bibmail.sandbox.life.truth import WELCOME
from bibmail.sandbox.population.names import address, first_name, last_name
from bibmail.sandbox.population.people import Parent, Person

_AGES: Final = ((0, 2), (3, 5), (6, 8), (9, 11))


def _children(
    town: Town, rng: Random, day: int, owner: Person | Parent, number: int, *, ages: tuple[int, int]
) -> list[Person]:
    """New members of one home, hung on the profile of the parent on the day they enrol."""
    profile = town.profile_of(owner, day)
    children = []
    for _ in range(number):
        child = enrol(town, rng, day, ages=ages)
        child.last, child.tied = owner.last, True
        if isinstance(owner, Person):
            child.postal_code, child.city = owner.postal_code, owner.city
        child.email = owner.email if rng.random() < 0.7 else ""
        while child.first in {other.first for other in (*profile.children, owner)}:
            child.first = first_name(rng, child.gender or "V", child.age)
        profile.children.append(child)
        profile.since[child.external_id] = day
        town.tell_member(child, day)
        children.append(child)
    town.tell_profile(profile, day)
    return children


def _note(town: Town, case: str, owner: Person | Parent, children: list[Person]) -> None:
    who = owner.external_id if isinstance(owner, Person) else f"profile:{town.profiles[id(owner)].profile_id}"
    town.note(WELCOME, case, who)
    town.note(WELCOME, "children_of_one_mail" if len(children) > 1 else "only_child", *children)


def _known_parent(town: Town, rng: Random, day: int, number: int) -> int:
    ages = rng.choice(_AGES)
    low, high = ages[1] + 22, ages[0] + 42
    parents = town.regulars(
        lambda p: low <= p.age <= high and not p.linked_children and p.external_id not in town.uses.ebooks
    )
    for parent in town.pick(rng, parents, 1):
        parent.has_children = parent.linked_children = True
        _note(town, "parent_is_member", parent, _children(town, rng, day, parent, number, ages=ages))
        return number
    return _new_parent(town, rng, day)


def _child_of_member(town: Town, rng: Random, day: int) -> int:
    return _known_parent(town, rng, day, 1)


def _siblings_of_member(town: Town, rng: Random, day: int) -> int:
    return _known_parent(town, rng, day, rng.choice((2, 2, 3)))


def _new_parent(town: Town, rng: Random, day: int) -> int:
    """Parent and child enrol together: each has a welcome, the parent two."""
    parent = enrol_with_address(town, rng, day, ages=(28, 40))
    parent.has_children = parent.linked_children = True
    town.tell_member(parent, day)
    children = _children(town, rng, day, parent, rng.choice((1, 2)), ages=rng.choice(_AGES[:3]))
    _note(town, "parent_is_new_too", parent, children)
    follow(town, rng, parent)
    return 1 + len(children)


def _without_membership(town: Town, rng: Random, day: int, number: int) -> int:
    parent = new_parent(town, rng)
    children = _children(town, rng, day, parent, number, ages=rng.choice(_AGES))
    _note(town, "parent_without_membership", parent, children)
    return number


def _child_by_profile(town: Town, rng: Random, day: int) -> int:
    return _without_membership(town, rng, day, 1)


def _siblings_by_profile(town: Town, rng: Random, day: int) -> int:
    return _without_membership(town, rng, day, 2)


def _child_alone(town: Town, rng: Random, day: int) -> int:
    """Nobody's profile holds this child, so nobody is written to, also when there is an address."""
    child = enrol(town, rng, day, ages=(4, 11))
    if rng.random() < 0.5:
        parent = new_parent(town, rng)
        child.email, child.last = parent.email, parent.last
    town.tell_member(child, day)
    town.note(WELCOME, "child_without_adult", child)
    return 1


def new_parent(town: Town, rng: Random) -> Parent:
    """A parent whom the library will know by profile only."""
    first, last = first_name(rng, rng.choice("VVM"), 36), last_name(rng)
    mark = f"p{town.family_count * town.plan.set_size + town.plan.number + 1}"
    town.family_count += 1
    return Parent(first, last, address(rng, first, last, mark))


FAMILIES: Final[list[Party]] = [
    *[_child_of_member] * 3,
    *[_siblings_of_member] * 2,
    *[_new_parent] * 2,
    _child_by_profile,
    _siblings_by_profile,
    _child_alone,
]
