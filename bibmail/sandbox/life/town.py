"""One library while days go by: its people, what they allow, and the post that tells of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from math import sqrt
from random import Random
from typing import Final

from bibmail.sandbox.life.post import Post
from bibmail.sandbox.life.truth import LifeTruth
from bibmail.sandbox.population.consents import PROOF
from bibmail.sandbox.population.draws import stream
from bibmail.sandbox.population.households import Profile, profile_number, profile_rows
from bibmail.sandbox.population.library import Cast
from bibmail.sandbox.population.members import member_row, splits_names
from bibmail.sandbox.population.people import Parent, Person

# The size of the largest demo library, to which all numbers of cases are given.
_LARGE: Final = 26_000
_SMALL: Final = 5_000

# Days on which people do what needs more than one file. Fewer such days make fewer files.
_BUSY: Final = frozenset({0, 2, 5})
_BUSY_SMALL: Final = frozenset({2, 5})
_CLOSED: Final = ((12, 25), (12, 26), (12, 27), (12, 28), (12, 29), (12, 30), (12, 31), (1, 1))


class Town:
    """Nobody plays two parts: whoever is picked for a case is not picked again."""

    def __init__(self, cast: Cast, truth: LifeTruth) -> None:
        self.stage, self.families, self.uses = cast.stage, cast.families, cast.uses
        self.plan, self.slug = cast.stage.plan, cast.stage.plan.slug
        self.truth, self.seed = truth, truth.seed
        # What the first delivery can tell of, and the last.
        self.first, self.last = truth.first.toordinal() - 1, truth.last.toordinal() - 1
        self.post = Post(self.stage, truth)
        self.others: list[Town] = []
        self.profiles = {id(profile.owner): profile for profile in cast.profiles}
        self.profile_count = len(cast.profiles)
        self.family_count = len(cast.families)
        self.newcomers: list[Person] = []
        self.homes = self.stage.branch_choice()
        self.is_small = self.plan.memberships < _SMALL
        # In a small library the desk writes people in on three days.
        self.desk_days = frozenset({1, 2, 5}) if self.is_small else frozenset(range(6))
        self._taken: set[int] = set()
        self._splits = splits_names(self.stage.rng("members"))
        self._last_number = max(int(person.external_id) for person in self.stage.everybody)
        self._series = 2_000_000

    def rng(self, subject: str) -> Random:
        return stream(self.seed, self.slug, "life", subject)

    def dose(self, number: int) -> int:
        """So many cases in the largest library; fewer in a smaller one, and never none."""
        return max(1, round(number * sqrt(min(1.0, self.plan.memberships / _LARGE))))

    def note(self, journey: str, case: str, *people: Person | str) -> None:
        for who in people:
            self.truth.note(journey, case, self.slug, who if isinstance(who, str) else who.external_id)

    # Days

    def busy_days(self, first: int, last: int) -> list[int]:
        """The days in first..last on which people here do what takes more than one file."""
        busy = _BUSY_SMALL if self.is_small else _BUSY
        return [n for n in self.open_days(first, last) if date.fromordinal(n).weekday() in busy]

    def busy_from(self, first: int) -> int:
        return self.busy_days(first, first + 21)[0]

    def open_days(self, first: int, last: int) -> list[int]:
        """The same, of all days of this play on which the library is not closed for the holidays."""
        days = range(max(first, self.first), last + 1)
        return [n for n in days if (date.fromordinal(n).month, date.fromordinal(n).day) not in _CLOSED]

    def writing_day(self, first: int) -> int:
        """The first day from this one on which members are written in, so that no file comes for one alone."""
        return next(
            n for n in self.open_days(first, first + 21) if date.fromordinal(n).weekday() in self.desk_days
        )

    # People

    def pick(self, rng: Random, people: Iterable[Person], number: int) -> list[Person]:
        """So many people who play no part yet, or as many as there are."""
        free = [person for person in people if id(person) not in self._taken]
        picked = rng.sample(free, min(number, len(free)))
        self.take(*picked)
        return picked

    def take(self, *people: Person) -> None:
        self._taken.update(id(person) for person in people)

    def is_free(self, person: Person) -> bool:
        return id(person) not in self._taken

    def has_own_address(self, person: Person) -> bool:
        return bool(person.email) and self.stage.bearers[person.email] == 1

    def regulars(self, claim: Callable[[Person], bool]) -> list[Person]:
        """Readers with an own address who were seen this year and stay members during the play."""
        return [
            person
            for person in self.stage.readers
            if claim(person)
            and self.has_own_address(person)
            and not person.shared
            and person.status == "Normaal"
            and person.last_active > self.stage.today - 250
            and person.expires > self.last + 30
        ]

    def next_number(self) -> str:
        self._last_number += 2
        return str(self._last_number)

    def next_serial(self) -> int:
        """For ids that a system gives out: of loans, logins, reservations."""
        self._series += 1
        return self._series

    # What is told

    def tell_member(self, person: Person, happened: int) -> bool:
        """The row of this person as it is now."""
        row = self.row_of(person)
        return self.post.tell("members", happened, *row)

    def row_of(self, person: Person) -> list[str]:
        dialect = self.post.dialect("members")
        return member_row(dialect, self.plan, person, email=person.email, splits=self._splits)

    def tell_profile(self, profile: Profile, happened: int) -> None:
        """All links of this profile."""
        for row in profile_rows(profile, self.post.dialect("profile_links")):
            self.post.tell("profile_links", happened, *row)

    def profile_of(self, owner: Person | Parent, happened: int) -> Profile:
        """The profile of this person; made today when there is none."""
        profile = self.profiles.get(id(owner))
        if profile is None:
            number = profile_number(self.stage, self.profile_count)
            profile = Profile(owner, profile_id=number, start=happened)
            self.profile_count += 1
            self.profiles[id(owner)] = profile
        return profile

    def allowed(self, who: Person | Parent) -> set[str]:
        """What this person allows now; the set itself, so that it can be added to."""
        key = who.external_id if isinstance(who, Person) else who.email
        return self.stage.allowed.setdefault(key, set())

    def allow(self, rng: Random, who: Person | Parent, happened: int, *codes: str) -> None:
        """Say yes to what was not allowed yet, on a form or a page of the library."""
        source = rng.choice(("formulier", "mijn-bibliotheek"))
        for code in codes:
            if code not in self.allowed(who):
                self.allowed(who).add(code)
                self._tell_consent(rng, who, happened, code, source, PROOF[source], given=True)

    def withdraw(self, rng: Random, person: Person, happened: int, *codes: str) -> None:
        for code in codes:
            self.allowed(person).discard(code)
            proof = "Afgevinkt in Mijn Bibliotheek"
            self._tell_consent(rng, person, happened, code, "mijn-bibliotheek", proof, given=False)

    def _tell_consent(
        self,
        rng: Random,
        who: Person | Parent,
        happened: int,
        code: str,
        source: str,
        proof: str,
        *,
        given: bool,
    ) -> None:
        dialect = self.post.dialect("consents")
        name = (who.external_id, "") if isinstance(who, Person) else ("", who.email)
        moment = dialect.moment(happened, rng.randrange(9 * 3600, 20 * 3600))
        self.post.tell("consents", happened, *name, code, dialect.flag(given), source, moment, proof)
