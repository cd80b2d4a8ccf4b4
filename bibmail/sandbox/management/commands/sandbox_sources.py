import signal
import threading
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from bibmail.sandbox.sources import world
from bibmail.sandbox.sources.server import Server
from bibmail.sandbox.sources.sftp import SftpServer
from members.connectors.places.sftp import fingerprint


class Command(BaseCommand):
    help = "Make-believe sources on this machine: Wise, cloudLibrary, UiTdatabank, S3, SFTP (docs/connectors.md)."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8026)
        parser.add_argument("--world", type=Path, help="what they know, as JSON; without it a small example")
        parser.add_argument("--sftp", type=Path, help="a folder to serve over SFTP too")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.IN_PRODUCTION:
            raise CommandError("The sandbox is not for production.")
        known = world.read(options["world"]) if options["world"] else world.example()
        try:
            server = Server(options["port"], known)
        except OSError as refusal:
            raise CommandError(f"Port {options['port']} cannot be had: {refusal.strerror}.") from None
        sftp = SftpServer(options["sftp"], known.keys) if options["sftp"] else None
        self._end_by_signal(server)
        self.stdout.write(
            f"Wise {server.url}/wise, cloudLibrary {server.url}, UiTdatabank {server.url}/uit, S3 {server.url}/s3"
        )
        if sftp:
            sftp.start()
            self.stdout.write(f"SFTP 127.0.0.1:{sftp.port}, host key {fingerprint(sftp.host_key)}")
        self.stdout.write("".join(f"  {name}: {value}\n" for name, value in known.keys.__dict__.items()))
        self.stdout.flush()
        server.serve_forever(poll_interval=0.2)
        server.server_close()
        if sftp:
            sftp.stop()

    def _end_by_signal(self, server: Server) -> None:
        def end(*_: object) -> None:
            # From another thread: shutdown() waits for serve_forever, which this signal interrupted.
            threading.Thread(target=server.shutdown).start()

        signal.signal(signal.SIGTERM, end)
        signal.signal(signal.SIGINT, end)
