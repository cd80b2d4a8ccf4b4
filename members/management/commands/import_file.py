from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from bibmail.tenancy import acting_for, clock, sinks
from bibmail.tenancy.models import Library
from members import actions, sentences
from members.imports import runs
from members.models import ImportRun


class Command(BaseCommand):
    help = "Bring one canonical file of one library in; docs/canonical-files.md says what it may hold."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("library", help="the library's slug, as in /b/<slug>/")
        parser.add_argument("file", type=Path)
        parser.add_argument("--kind", help="which canonical file it is; by default its name says so")
        parser.add_argument("--source", default="wise", help="where the file comes from")

    def handle(self, *args: Any, **options: Any) -> None:
        library = self._library(options["library"])
        path: Path = options["file"]
        kind = options["kind"] or path.stem
        if not path.is_file():
            raise CommandError(f"{path}: there is no such file.")
        try:
            with acting_for(library.pk):
                waiting = actions.note_local_file(
                    sink=kind, source_file=path, source=options["source"], at=clock.now()
                )
        except sinks.UnknownSink:
            kinds = ", ".join(sink.code for sink in sinks.in_order())
            raise CommandError(f"{kind!r} is no kind of file we know. Choose with --kind: {kinds}.") from None
        done = runs.run(run_id=waiting.pk, library_id=library.pk, at=clock.now())
        self._report(done or waiting)

    def _library(self, slug: str) -> Library:
        try:
            return Library.objects.get(slug=slug)
        except Library.DoesNotExist:
            raise CommandError(f"There is no library {slug!r}.") from None

    def _report(self, run: ImportRun) -> None:
        if run.state == ImportRun.State.FAILED:
            raise CommandError(sentences.of_failure(run))
        if run.is_under_way:
            raise CommandError(
                "An older file of this library is still being loaded. This one was kept and waits its turn; "
                "a worker loads it, and the page Gegevens shows when."
            )
        self.stdout.write(
            f"{run.sink}: {run.rows_count} rows, {run.new_count} new, {run.changed_count} changed, "
            f"{run.unchanged_count} unchanged, {run.refused_count} refused {run.refused_by_code or ''}"
        )
