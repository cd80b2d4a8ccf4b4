"""What all writers of one library work with: its plan, its people, and the sheets they write on."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final, Literal, NamedTuple

from bibmail.sandbox.population.dialects import Dialect, Sheet
from bibmail.sandbox.population.draws import Weighted, stream
from bibmail.sandbox.population.noise import Faults
from bibmail.sandbox.population.people import Parent, Person
from bibmail.sandbox.population.sets import LibraryPlan
from bibmail.sandbox.population.titles import Title
from bibmail.sandbox.population.truth import LibraryTruth

ConsentProfile = Literal["cautious", "grown"]
CONSENT_PROFILES: Final[tuple[ConsentProfile, ...]] = ("cautious", "grown")


class Event(NamedTuple):
    event_id: str
    day: int
    cancelled: bool
    needs_registration: bool
    for_children: bool
    kind: str = ""


@dataclass(slots=True)
class Stage:
    """One library while it is being written. Later files read what earlier ones put here."""

    plan: LibraryPlan
    seed: int
    today: int
    consent: ConsentProfile
    folder: Path
    truth: LibraryTruth = field(default_factory=LibraryTruth)
    branch_ids: list[str] = field(default_factory=list)
    open_weekdays: dict[str, set[int]] = field(default_factory=dict)
    titles: list[Title] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    everybody: list[Person] = field(default_factory=list)
    parents: list[Parent] = field(default_factory=list)
    # How many contacts of twelve and older (or of unknown age) have this address. An importer that gets
    # an address alone must find exactly one. Twelve, not thirteen: its clock may be ahead of ours.
    bearers: Counter[str] = field(default_factory=Counter)
    # What each contact allows as of today, by member number or, without one, by address.
    allowed: dict[str, set[str]] = field(default_factory=dict)
    ebook_borrowers: set[str] = field(default_factory=set)

    def rng(self, subject: str) -> Random:
        return stream(self.seed, self.plan.slug, subject)

    def sheet(self, file: str) -> Sheet:
        dialect = Dialect(self.seed, self.plan.slug, file)
        return Sheet(self.folder, file, dialect, self.truth)

    def faults(self, file: str) -> Faults:
        return Faults(self.rng(f"{file} faults"), file)

    def branch_choice(self) -> Weighted[str]:
        """The main branch takes half; the others share the rest."""
        ids = self.branch_ids
        return Weighted(
            (branch, 1.0 if i == 0 else 1.0 / max(1, len(ids) - 1)) for i, branch in enumerate(ids)
        )

    @property
    def accepted(self) -> list[Person]:
        """The members that an import takes in."""
        return [person for person in self.everybody if not person.fault]

    @property
    def readers(self) -> list[Person]:
        """Accepted members who are persons and alive: whom a mail could be about."""
        return [person for person in self.everybody if person.is_reader]
