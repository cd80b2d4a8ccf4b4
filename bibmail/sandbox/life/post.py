"""The deliveries of one library: which row comes in which file, on which morning."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

from bibmail.sandbox.life.truth import LifeTruth
from bibmail.sandbox.population.dialects import Dialect, Sheet
from bibmail.sandbox.population.stage import Stage
from bibmail.sandbox.population.truth import LibraryTruth

Row = tuple[str, ...]

# Files that come once a week, by weekday (Monday is 0); the others come the morning after.
_WEEKLY: Final = {
    "activity_summary": 0,
    "seat_reservations": 0,
    "catalogue_items": 2,
    "loans": 4,
    "event_registrations": 5,
}
# What makes a row the same as an earlier one of the same file: the later one stands.
_KEYS: Final = {
    "members": (0,),
    "profile_links": (0, 1),
    "activity_summary": (0,),
    "loans": (0,),
    "catalogue_items": (0, 9),
    "events": (0,),
    "capabilities": (0,),
    "event_registrations": (0, 1),
}


def delivered(file: str, happened: int) -> int:
    """The morning on which a file tells what happened on this day."""
    morning = happened + 1
    if file in _WEEKLY:
        morning += (_WEEKLY[file] - date.fromordinal(morning).weekday()) % 7
    return morning


class Post:
    """Collects rows as they happen; nothing is delivered before it happened, or after the last day."""

    def __init__(self, stage: Stage, truth: LifeTruth) -> None:
        self._stage, self._truth = stage, truth
        self._first, self._last = truth.first.toordinal(), truth.last.toordinal()
        self._files: dict[tuple[int, str], dict[Row, Row]] = {}
        self._dialects: dict[str, Dialect] = {}

    def dialect(self, file: str) -> Dialect:
        if file not in self._dialects:
            self._dialects[file] = Dialect(self._stage.seed, self._stage.plan.slug, file)
        return self._dialects[file]

    def tell(self, file: str, happened: int, *values: str) -> bool:
        """Put a row in the next file; whether it is delivered at all."""
        morning = delivered(file, happened)
        if not self._first <= morning <= self._last:
            return False
        rows = self._files.setdefault((morning, file), {})
        key = tuple(values[i] for i in _KEYS[file]) if file in _KEYS else (str(len(rows)),)
        # Also in its place: what came later is read later.
        rows.pop(key, None)
        rows[key] = values
        return True

    def refuse(self, reason: str, file: str, happened: int, *values: str) -> None:
        """Put in a row that an import must refuse for exactly this reason."""
        if self.tell(file, happened, *values):
            self._truth.refuse(self._stage.plan.slug, file, reason)

    def write(self, folder: Path) -> None:
        for (morning, file), rows in sorted(self._files.items()):
            own = folder / date.fromordinal(morning).isoformat() / self._stage.plan.slug
            own.mkdir(parents=True, exist_ok=True)
            with Sheet(own, file, self.dialect(file), LibraryTruth()) as sheet:
                for values in rows.values():
                    sheet.write(*values)
            self._truth.files += 1
            self._truth.rows[file] += len(rows)
