import signal
import threading
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from bibmail.sandbox.esp.domain_clock import DomainClock
from bibmail.sandbox.esp.provider import Address, Provider
from bibmail.sandbox.esp.server import HOST, Server
from bibmail.sandbox.readers.loopback import is_loopback
from bibmail.tenancy import boot


class Command(BaseCommand):
    help = (
        "A make-believe mail provider on this machine: API, webhooks, readers and an inbox (docs/sandbox.md)."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8025)
        parser.add_argument("--folder", type=Path, default=settings.ROOT / "var" / "sandbox")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.IN_PRODUCTION:
            raise CommandError("The sandbox is not for production.")
        if not is_loopback(settings.BASE_URL):
            raise CommandError("BASE_URL is not on this machine, and the sandbox calls nobody else.")
        try:
            boot.refuse_unfit_database()
        except boot.UnfitDatabase as refusal:
            raise CommandError(str(refusal)) from None
        self._serve(options["folder"], options["port"])

    def _serve(self, folder: Path, port: int) -> None:
        clock = DomainClock()
        application = Address(settings.BASE_URL, settings.ESP_WEBHOOK_AUTH)
        provider = Provider(folder, clock=clock, application=application, api_key=settings.ESP_API_KEY)
        try:
            server = Server(port, provider)
        except OSError as refusal:
            raise CommandError(f"Port {port} cannot be had: {refusal.strerror}.") from None
        clock.start()
        provider.start()
        self._end_by_signal(server)
        self.stdout.write(f"The sandbox listens on http://{HOST}:{server.server_port}/")
        self.stdout.flush()
        server.serve_forever(poll_interval=0.2)
        server.server_close()
        provider.stop()
        clock.stop()

    def _end_by_signal(self, server: Server) -> None:
        def end(*_: object) -> None:
            # From another thread: shutdown() waits for serve_forever, which this signal interrupted.
            threading.Thread(target=server.shutdown).start()

        signal.signal(signal.SIGTERM, end)
        signal.signal(signal.SIGINT, end)
