import os
import signal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from bibmail.embedded import command
from bibmail.sandbox.demo.folder import Folder
from bibmail.sandbox.demo.refusal import CannotShow
from bibmail.sandbox.demo.serve import serve


class Command(BaseCommand):
    help = "The second half of `make demo`: its processes, the play of two months, and the pages."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="play, report, and end")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.ENVIRONMENT != "demo" or "DEMO_DIR" not in os.environ:
            raise CommandError("This is for a demo only. Start it with `make demo`.")
        command.stop_at_sigterm()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            serve(Folder(Path(os.environ["DEMO_DIR"])), os.environ, once=options["once"], out=self.stdout)
        except CannotShow as refusal:
            raise CommandError(str(refusal)) from None
        except (KeyboardInterrupt, SystemExit):
            return
