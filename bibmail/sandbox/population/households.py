"""Families: who belongs together, who shares an address, and which children hang on whose profile."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Final

from bibmail.sandbox.population.dialects import Dialect
from bibmail.sandbox.population.draws import rounded
from bibmail.sandbox.population.names import address, first_name, last_name
from bibmail.sandbox.population.people import Parent, Person, email_share
from bibmail.sandbox.population.sets import LibraryPlan
from bibmail.sandbox.population.stage import Stage

_SIZES: Final = ((1, 2, 3, 4), (0.42, 0.40, 0.14, 0.04))
_LINKED_ADULTS: Final = 0.30
_PROFILES: Final = 0.45


@dataclass(slots=True, eq=False)
class Family:
    """Children of one home. The parent may be a member, may be known by profile only, or not at all."""

    children: list[Person]
    member: Person | None = None
    parent_first: str = ""
    email: str = ""


@dataclass(slots=True, eq=False)
class Profile:
    """One Mijn Bibliotheek profile: its owner and those who hang on it."""

    owner: Person | Parent
    children: list[Person] = field(default_factory=list)
    others: list[Person] = field(default_factory=list)
    # Set when the file is written: a later file must tell all links of a profile again, with their days.
    profile_id: str = ""
    start: int = 0
    since: dict[str, int] = field(default_factory=dict)


def settle_families(stage: Stage) -> list[Family]:
    """Put the children of the library into families and give them name, home and address."""
    rng = stage.rng("families")
    alive = [p for p in stage.everybody if not p.tied and not p.shared]
    # Nearly sorted by age: brothers and sisters are a few years apart.
    minors = sorted((p for p in alive if p.age < 18), key=lambda p: p.age + rng.gauss(0, 2.5))
    adults = [p for p in alive if 24 <= p.age <= 52]
    rng.shuffle(adults)
    families = []
    while minors:
        size = rng.choices(*_SIZES)[0]
        family = Family(minors[-size:])
        del minors[-size:]
        if rng.random() < 0.55:
            family.member = _parent_for(rng, family.children, adults)
        families.append(family)
    rng.shuffle(families)
    for n, family in enumerate(families):
        _make_one_home(rng, family, stage.plan, n)
    _share_among_couples(rng, alive, stage)
    return families


def _parent_for(rng: Random, children: list[Person], adults: list[Person]) -> Person | None:
    """An adult with an address, of an age to be the parent of all these children."""
    ages = [child.age for child in children]
    for _ in range(min(12, len(adults))):
        i = int(rng.random() * len(adults))
        if max(ages) + 20 <= adults[i].age <= min(ages) + 44 and (adults[i].email or rng.random() < 0.4):
            adults[i], adults[-1] = adults[-1], adults[i]
            return adults.pop()
    return None


def _make_one_home(rng: Random, family: Family, plan: LibraryPlan, n: int) -> None:
    """One postcode, mostly one surname, and for the youngest the address of the parent."""
    children, parent = family.children, family.member
    head = parent or children[0]
    surname = head.last
    if parent:
        parent.tied = parent.has_children = True
        family.email = parent.email
    else:
        family.parent_first = first_name(rng, "V" if rng.random() < 0.75 else "M", 38)
        family.email = address(rng, family.parent_first, surname, f"p{n * plan.set_size + plan.number + 1}")
    names = {parent.first} if parent else set()
    for child in children:
        child.tied = True
        child.postal_code, child.city = head.postal_code, head.city
        if rng.random() < 0.88:
            child.last = surname
        while child.first in names:
            child.first = first_name(rng, child.gender or "V", child.age)
        names.add(child.first)
        if child.age < 12:
            child.email = family.email if rng.random() < email_share(child.age) else ""
        elif child.email and rng.random() < 0.12:
            child.email = family.email


def _share_among_couples(rng: Random, alive: list[Person], stage: Stage) -> None:
    """3 % of the adults use the address of the person they live with."""
    singles = [p for p in alive if p.age >= 30 and not p.tied and p.email]
    pair_count = rounded(rng, 0.017 * sum(p.age >= 18 for p in alive))
    singles.sort(key=lambda p: p.age + rng.gauss(0, 1.0))
    for i in rng.sample(range(len(singles) // 2), min(pair_count, len(singles) // 2)):
        one, other = singles[2 * i], singles[2 * i + 1]
        if one.first != other.first:
            one.tied = other.tied = True
            other.email, other.postal_code, other.city = one.email, one.postal_code, one.city


def settle_profiles(stage: Stage, families: list[Family]) -> list[Profile]:
    """Who has a profile, and which children are linked to it."""
    rng = stage.rng("profiles")
    adults = [p for p in stage.readers if p.age >= 18]
    in_age = sum(28 <= p.age <= 48 for p in adults)
    with_parent = [f for f in families if f.member and 28 <= f.member.age <= 48 and f.member.email]
    linked = with_parent[: rounded(rng, in_age * _LINKED_ADULTS)]
    orphaned = [f for f in families if f.member is None and any(c.email == f.email for c in f.children)]
    by_profile_only = orphaned[: rounded(rng, len(linked) * 0.25)]
    profiles = []
    for family in linked:
        if family.member:
            family.member.linked_children = True
            profiles.append(Profile(family.member, family.children))
    for family in by_profile_only:
        parent = _unknown_parent(stage, family.parent_first, family.children[0].last, family.email)
        profiles.append(Profile(parent, family.children))
    profiles += _second_homes(rng, stage, linked, adults)
    owners = {id(profile.owner) for profile in profiles}
    wanted = rounded(rng, len(adults) * _PROFILES) - len(owners)
    candidates = [p for p in adults if p.email and id(p) not in owners]
    for person in rng.sample(candidates, max(0, min(wanted, len(candidates)))):
        profile = Profile(person)
        if rng.random() < 0.01:
            profile.others.append(rng.choice([p for p in adults if p is not person] or [person]))
        profiles.append(profile)
    return profiles


def _second_homes(rng: Random, stage: Stage, linked: list[Family], adults: list[Person]) -> list[Profile]:
    """Children of divorced parents hang on two profiles."""
    free = [p for p in adults if 28 <= p.age <= 52 and p.email and not p.tied]
    profiles = []
    for n, family in enumerate(linked):
        if rng.random() >= 0.06:
            continue
        if free and rng.random() < 0.4:
            other = free.pop()
            other.tied = other.has_children = other.linked_children = True
            profiles.append(Profile(other, family.children))
        else:
            first, last = first_name(rng, "M", 42), last_name(rng)
            mark = f"q{n * stage.plan.set_size + stage.plan.number + 1}"
            parent = _unknown_parent(stage, first, last, address(rng, first, last, mark))
            profiles.append(Profile(parent, family.children))
    return profiles


def _unknown_parent(stage: Stage, first: str, last: str, email: str) -> Parent:
    parent = Parent(first, last, email)
    stage.parents.append(parent)
    return parent


def write_profile_links(stage: Stage, profiles: list[Profile]) -> None:
    """One row per person on a profile; the row of an owner without a membership has no member number."""
    rng, faults = stage.rng("profile_links"), stage.faults("profile_links")
    with_children = 0
    with stage.sheet("profile_links") as sheet:
        for n, profile in enumerate(profiles):
            profile.profile_id = profile_number(stage, n)
            profile.start = stage.today - int(rng.random() * 1500) - 20
            for row in profile_rows(profile, sheet.dialect):
                sheet.write(*row)
            with_children += bool(profile.children)
            if faults.due():
                owner, start = profile.owner, sheet.dialect.day(profile.start)
                card = (owner.email, owner.first, owner.last)
                sheet.refuse("unknown_member", profile.profile_id, faults.stranger(), "kind", start, *card)
    stage.truth.sums["households"] = len(profiles)
    stage.truth.sums["households_with_children"] = with_children
    stage.truth.sums["parents_without_membership"] = len(stage.parents)


def profile_number(stage: Stage, n: int) -> str:
    return f"mb-{stage.plan.number + 10}{n:05}"


def profile_rows(profile: Profile, dialect: Dialect) -> list[tuple[str, ...]]:
    """All links of one profile: its owner, the children, the others."""
    owner, day = profile.owner, dialect.day
    number = owner.external_id if isinstance(owner, Person) else ""
    card = (owner.email, owner.first, owner.last)
    rows: list[tuple[str, ...]] = [(profile.profile_id, number, "zelf", day(profile.start), *card)]
    for relation, people in (("kind", profile.children), ("andere", profile.others)):
        for person in people:
            since = profile.since.get(person.external_id) or max(profile.start, person.enrolled)
            rows.append((profile.profile_id, person.external_id, relation, day(since), *card))
    return rows
