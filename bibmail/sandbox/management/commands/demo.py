import os
import signal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from bibmail.embedded import command
from bibmail.sandbox.demo.folder import Folder
from bibmail.sandbox.demo.refusal import CannotShow
from bibmail.sandbox.demo.show import show


class Command(BaseCommand):
    help = "Serve all of Bibmail on this machine with make-believe people. See also: make demo."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        folder = os.environ.get("DEMO_DIR") or settings.ROOT / "var" / "demo"
        parser.add_argument("--folder", type=Path, default=Path(folder), help="where it keeps its data")
        parser.add_argument("--port", default=os.environ.get("PORT") or "8000")
        parser.add_argument("--once", action="store_true", help="set up, load, print, and end")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.ENVIRONMENT != "demo":
            raise CommandError("This is for a demo only. Start it with `make demo`.")
        # The outside world may name servers, but no other setting reaches the demo's processes.
        command.stop_at_sigterm()
        # A shell that starts us in the background lets us ignore Ctrl-C.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        folder = Folder(options["folder"])
        try:
            show(folder, os.environ, port=options["port"], once=options["once"], out=self.stdout)
        except CannotShow as refusal:
            raise CommandError(str(refusal)) from None
        except KeyboardInterrupt:
            self.stdout.write("\nThe demo has stopped; its data stays.")
