"""Parents who link their children to a profile, and children who grow into a next band (J3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from random import Random
from typing import Final

from bibmail.sandbox.life.families import new_parent
from bibmail.sandbox.life.town import Town
from bibmail.sandbox.life.truth import CHILDREN
from bibmail.sandbox.population.agenda import STORY_TIME
from bibmail.sandbox.population.households import Family
from bibmail.sandbox.population.people import Parent, Person

Band = tuple[int, int]
Bands = Callable[[set[Band | None]], bool]

_SUBJECT: Final = ("family", "use_linked_children")
_GROWING: Final = (-1, -1)
_BANDS: Final = ((0, 2), (3, 5), (6, 8), (9, 11))
# Mail 1 comes two days after the linking; three weeks later it is asked whether there is a story time.
_ASKED: Final = 23
_BIRTHDAYS: Final = (3, 6, 9)


def link(town: Town) -> None:
    rng = town.rng("linking")
    homes = _Homes(town, rng)
    days = town.busy_days(town.first + 1, town.last - 2)
    early = town.busy_days(town.first + 1, town.last - _ASKED - 1)
    for band, number in zip(_BANDS, (7, 9, 6, 7), strict=True):
        for family in homes.pick({band}.__eq__, town.dose(number)):
            _link_all(town, rng, family, rng.choice(early), f"band_{band[0]}_{band[1]}")
    for family in homes.pick(lambda bands: len(bands) > 1 and bands <= {*_BANDS}, town.dose(8)):
        _link_all(town, rng, family, rng.choice(days), "several_bands")
    for family in homes.pick(lambda bands: bands <= {*_BANDS}, town.dose(5), children=2):
        _link_one_by_one(town, rng, family, rng.choice(early))
    for family in homes.pick(lambda bands: bands <= {*_BANDS}, max(2, town.dose(2))):
        _link_and_take_back(town, rng, family, rng.choice(early))
    for family in homes.pick(lambda bands: bands <= {*_BANDS}, town.dose(6), member=False):
        _link_all(town, rng, family, rng.choice(days), "parent_without_membership")
    for family in homes.pick(lambda bands: bands == {None}, town.dose(4)):
        _link_all(town, rng, family, rng.choice(days), "only_older_children")
    for case, codes in (("without_data_use", ("family",)), ("without_topic", ("use_linked_children",))):
        for family in homes.pick(lambda bands: bands <= {*_BANDS}, town.dose(4), unasked=True):
            _link_all(town, rng, family, rng.choice(days), case, codes)
    _birthdays(town, rng)


class _Homes:
    """Families whose children hang on no profile yet."""

    def __init__(self, town: Town, rng: Random) -> None:
        self._town, self._rng = town, rng
        linked = {id(child) for profile in town.profiles.values() for child in profile.children}
        self._left = [
            family for family in town.families if not any(id(child) in linked for child in family.children)
        ]
        rng.shuffle(self._left)

    def pick(
        self,
        suits: Bands,
        number: int,
        *,
        member: bool = True,
        children: int = 1,
        unasked: bool = False,
    ) -> list[Family]:
        """So many families whose children are in bands that suit; `unasked`: the parent allows neither."""
        picked: list[Family] = []
        for family in self._left:
            if len(picked) == number:
                break
            grown = family.member
            if (grown is not None) != member or len(family.children) < children:
                continue
            if grown and not (self._can_be_asked(grown) and (not unasked or not self._asked(grown))):
                continue
            if all(self._town.is_free(child) for child in family.children) and suits(
                _bands(self._town, family)
            ):
                picked.append(family)
                self._town.take(*family.children, *([grown] if grown else []))
        self._left = [family for family in self._left if family not in picked]
        return picked

    def _can_be_asked(self, grown: Person) -> bool:
        town = self._town
        return (
            town.is_free(grown)
            and town.has_own_address(grown)
            and grown.is_reader
            and not grown.shared
            and grown.last_active > town.stage.today - 250
            and grown.expires > town.stage.today
        )

    def _asked(self, grown: Person) -> bool:
        return bool(self._town.allowed(grown) & {*_SUBJECT})


def _bands(town: Town, family: Family) -> set[Band | None]:
    """The bands of the children; None stands for older ones, _GROWING for one who changes band in the play."""
    found: set[Band | None] = set()
    for child in family.children:
        bands = {_band_of(_age(child, town.first)), _band_of(_age(child, town.last + 2))}
        found.add(bands.pop() if len(bands) == 1 else _GROWING)
    return found


def _band_of(age: int) -> Band | None:
    return next((band for band in _BANDS if band[0] <= age <= band[1]), None)


def _age(child: Person, on: int) -> int:
    born, today = date.fromordinal(child.birth), date.fromordinal(on)
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _owner(town: Town, rng: Random, family: Family) -> Person | Parent:
    if family.member:
        return family.member
    parent = new_parent(town, rng)
    parent.last = family.children[0].last
    return parent


def _hang(town: Town, owner: Person | Parent, children: list[Person], day: int) -> str:
    """Link these children today; returns the number of the contact who did it."""
    profile = town.profile_of(owner, day)
    for child in children:
        profile.children.append(child)
        profile.since[child.external_id] = day
    town.tell_profile(profile, day)
    return owner.external_id if isinstance(owner, Person) else f"profile:{profile.profile_id}"


def _link_all(
    town: Town, rng: Random, family: Family, day: int, case: str, codes: tuple[str, ...] = _SUBJECT
) -> None:
    owner = _owner(town, rng, family)
    who = _hang(town, owner, family.children, day)
    town.allow(rng, owner, day, *codes)
    town.note(CHILDREN, case, who)
    if case.startswith("band_"):
        _note_story_time(town, who, case, day)


def _link_one_by_one(town: Town, rng: Random, family: Family, day: int) -> None:
    """Another child the day after: one mail for all."""
    owner = _owner(town, rng, family)
    town.allow(rng, owner, day, *_SUBJECT)
    _hang(town, owner, family.children[:1], day)
    town.note(CHILDREN, "linked_on_two_days", _hang(town, owner, family.children[1:], day + 1))


def _link_and_take_back(town: Town, rng: Random, family: Family, day: int) -> None:
    """Linked by mistake: the day after, the profile names no child any more."""
    owner = _owner(town, rng, family)
    town.allow(rng, owner, day, *_SUBJECT)
    who = _hang(town, owner, family.children, day)
    profile = town.profile_of(owner, day + 1)
    for child in family.children:
        profile.children.remove(child)
        del profile.since[child.external_id]
    town.tell_profile(profile, day + 1)
    town.note(CHILDREN, "linked_by_mistake", who)


def _note_story_time(town: Town, who: str, case: str, day: int) -> None:
    """Whether the second mail has something to tell; for six to eight the story time is for the youngest only."""
    if case == "band_6_8":
        return
    asked = day + _ASKED
    has_event = case == "band_3_5" and any(
        event.kind == STORY_TIME.name and not event.cancelled and asked < event.day <= asked + 29
        for event in town.stage.events
    )
    town.note(CHILDREN, "story_time_coming" if has_event else "no_story_time", who)


def _birthdays(town: Town, rng: Random) -> None:
    """Parents whose linked child reaches three, six or nine; some of them allow it only now."""
    asked = town.busy_days(town.first, town.first + 6)
    more = town.dose(10)
    for profile in list(town.profiles.values()):
        owner = profile.owner
        grows = any(
            _age(child, town.first + 9) < age <= _age(child, town.last)
            for child in profile.children
            for age in _BIRTHDAYS
        )
        if not grows or not isinstance(owner, Person) or not town.is_free(owner):
            continue
        if not (owner.is_reader and town.has_own_address(owner)):
            continue
        allows = town.allowed(owner) >= {*_SUBJECT}
        if not allows and more and owner.last_active > town.stage.today - 250:
            more -= 1
            allows = True
            town.take(owner)
            town.allow(rng, owner, rng.choice(asked), *_SUBJECT)
        if allows:
            town.note(CHILDREN, "child_reaches_next_band", owner)
