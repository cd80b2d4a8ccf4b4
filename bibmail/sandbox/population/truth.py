"""What is in the files, so that an import can be held against it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class LibraryTruth:
    """Counts of one library. `sums` holds what a summary must come to after the import."""

    rows: Counter[str] = field(default_factory=Counter)
    refused: dict[str, Counter[str]] = field(default_factory=dict)
    consents_open: Counter[str] = field(default_factory=Counter)
    sums: Counter[str] = field(default_factory=Counter)

    def refuse(self, file: str, reason: str) -> None:
        self.refused.setdefault(file, Counter())[reason] += 1

    def add(self, other: LibraryTruth) -> None:
        self.rows.update(other.rows)
        for file, reasons in other.refused.items():
            self.refused.setdefault(file, Counter()).update(reasons)
        self.consents_open.update(other.consents_open)
        self.sums.update(other.sums)

    def accepted(self, file: str) -> int:
        return self.rows[file] - sum(self.refused.get(file, Counter()).values())

    def as_dict(self) -> dict[str, Any]:
        return {
            "rows": dict(self.rows),
            "accepted": {file: self.accepted(file) for file in self.rows},
            "refused": {file: dict(sorted(self.refused[file].items())) for file in sorted(self.refused)},
            "consents_open": dict(sorted(self.consents_open.items())),
            "sums": dict(sorted(self.sums.items())),
        }


@dataclass(slots=True)
class GroundTruth:
    """The truth of a whole set; `total` is the sum of its libraries."""

    set_name: str
    seed: int
    consent: str
    today: str
    libraries: dict[str, LibraryTruth] = field(default_factory=dict)

    @property
    def total(self) -> LibraryTruth:
        summed = LibraryTruth()
        for truth in self.libraries.values():
            summed.add(truth)
        return summed

    def as_dict(self) -> dict[str, Any]:
        return {
            "set": self.set_name,
            "seed": self.seed,
            "consent": self.consent,
            "today": self.today,
            "libraries": {slug: truth.as_dict() for slug, truth in self.libraries.items()},
            "total": self.total.as_dict(),
        }

    def lines(self) -> Iterable[str]:
        """The same for the eye: the total in full, a line per library when there are not too many."""
        count = len(self.libraries)
        yield f"{self.set_name}: {count} libraries, seed {self.seed}, {self.consent}, {self.today}"
        total = self.total
        for file in total.rows:
            reasons = ", ".join(f"{reason} {n}" for reason, n in sorted(total.refused.get(file, {}).items()))
            yield f"  {file:<20}{total.rows[file]:>10} rows{total.accepted(file):>10} in   {reasons}"
        yield "  consents open       " + ", ".join(f"{c} {n}" for c, n in sorted(total.consents_open.items()))
        yield "  sums                " + ", ".join(f"{c} {n}" for c, n in sorted(total.sums.items()))
        for slug, truth in list(self.libraries.items())[:12]:
            yield f"  {slug}: " + ", ".join(f"{c} {n}" for c, n in sorted(truth.sums.items()))
