import json
from datetime import datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError, CommandParser

from bibmail.sandbox import loading
from bibmail.tenancy.models import Library


class Command(BaseCommand):
    help = "Bring a generated population in through the real import and hold it against its ground truth."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        if not (folder / "ground_truth.json").is_file():
            raise CommandError(
                f"{folder} holds no population. Write one: python -m bibmail.sandbox.population"
            )
        truth = json.loads((folder / "ground_truth.json").read_text())
        # The population was written as of the end of its day.
        day = datetime.fromisoformat(truth["today"]).date()
        at = datetime.combine(day, time(23, 59), tzinfo=ZoneInfo("Europe/Brussels"))
        wrong = sum(
            self._load(library, folder, truth["libraries"][library.slug], at=at)
            for library in loading.found_libraries(folder)
        )
        if wrong:
            raise CommandError(f"{wrong} figures disagree with the ground truth.")
        self.stdout.write("Every figure agrees with the ground truth.")

    def _load(self, library: Library, folder: Path, truth: dict[str, Any], *, at: datetime) -> int:
        """Import and report one library; return how many figures disagree."""
        self.stdout.write(f"\n{library.name}")
        runs = []
        for run in loading.load(library, folder, at=at):
            runs.append(run)
            refused = ", ".join(f"{code} {count}" for code, count in sorted(run.refused_by_code.items()))
            self.stdout.write(
                f"  {run.sink:<20}{run.rows_count:>8} rows {run.new_count:>8} new"
                f" {run.changed_count:>6} changed {run.unchanged_count:>8} unchanged"
                f" {run.refused_count:>6} refused  {refused}".rstrip()
            )
        found = loading.figures(library, at=at)
        self._report(found)
        disagreements = list(loading.disagreements(truth, runs, found))
        for what, expected, seen in disagreements:
            self.stdout.write(f"  DISAGREES {what}: expected {expected}, found {seen}")
        return len(disagreements)

    def _report(self, found: dict[str, Any]) -> None:
        consents = ", ".join(f"{code} {count}" for code, count in found["consents_open"].items())
        contacts, differences = found["summary"]
        self.stdout.write(
            f"  people {found['contacts']} (members {found['members']}, not to be mailed {found['suppressed']})"
            f"\n  consents open: {consents}"
            f"\n  summaries held against their rows: {contacts}, different {differences}"
        )
