"""What the deliveries of every day intend, so that a played demo can be held against it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

WELCOME: Final = "welcome"
EBOOKS: Final = "ebook_looked_not_borrowed"
CHILDREN: Final = "reading_with_children"
EXAMS: Final = "after_exams"
ABSENT: Final = "missed_you"


@dataclass(slots=True)
class LifeTruth:
    """Who is meant to take which path through which journey, by the number of the contact."""

    seed: int
    first: date
    last: date
    # Journey, case, library.
    cases: dict[str, dict[str, dict[str, list[str]]]] = field(default_factory=dict)
    files: int = 0
    rows: Counter[str] = field(default_factory=Counter)
    # Library, file, reason.
    refused: dict[str, dict[str, Counter[str]]] = field(default_factory=dict)

    def note(self, journey: str, case: str, library: str, who: str) -> None:
        self.cases.setdefault(journey, {}).setdefault(case, {}).setdefault(library, []).append(who)

    def refuse(self, library: str, file: str, reason: str) -> None:
        self.refused.setdefault(library, {}).setdefault(file, Counter())[reason] += 1

    def count(self, journey: str, case: str) -> int:
        """How many people are meant to take this path, over all libraries."""
        return sum(len(people) for people in self.cases.get(journey, {}).get(case, {}).values())

    def as_dict(self) -> dict[str, Any]:
        return {
            "seed": self.seed,
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "files": self.files,
            "rows": dict(sorted(self.rows.items())),
            "refused": {
                library: {file: dict(sorted(reasons.items())) for file, reasons in sorted(files.items())}
                for library, files in sorted(self.refused.items())
            },
            "cases": {
                journey: {
                    case: {"count": self.count(journey, case), "people": dict(sorted(people.items()))}
                    for case, people in sorted(cases.items())
                }
                for journey, cases in sorted(self.cases.items())
            },
        }
