import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from bibmail.network.tasks import count_libraries
from bibmail.sandbox.demo import staff
from bibmail.sandbox.demo.folder import Folder
from bibmail.sandbox.life import cautious_consents, write_life
from bibmail.sandbox.play import calendar, lapse
from bibmail.sandbox.population import write_population
from bibmail.tenancy import boot


class Command(BaseCommand):
    help = "Fill the database of a demo: people through the real import, and staff who can log in."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.ENVIRONMENT != "demo":
            raise CommandError("This is for a demo only. Start it with `make demo`.")
        try:
            boot.refuse_unfit_database()
        except boot.UnfitDatabase as refusal:
            raise CommandError(str(refusal)) from None
        folder = Folder(Path(os.environ.get("DEMO_DIR") or settings.ROOT / "var" / "demo"))
        if not folder.loaded.exists():
            self._load(folder)
        staff.create()
        # The network's figures, which beat would bring only in an hour.
        count_libraries()

    def _load(self, folder: Folder) -> None:
        """A demo that was cut short is loaded again: the same files a second time change nothing."""
        if not (folder.population / "ground_truth.json").exists():
            self._say("Making up three libraries and their people …")
            jobs = min(3, os.cpu_count() or 1)
            write_population("demo", folder.population, consent="grown", today=calendar.EVE, jobs=jobs)
        if not (folder.life / "truth.json").exists():
            self._say("Making up what happens to them in the coming ten weeks …")
            write_life(folder.life, population=folder.population, first=calendar.FIRST, last=calendar.LAST)
            cautious_consents(folder.population, folder.cautious)
        lapse.set_clock(calendar.moment(calendar.FIRST, 5))
        call_command("load_population", folder.population, stdout=self.stdout)
        folder.loaded.touch()

    def _say(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()
