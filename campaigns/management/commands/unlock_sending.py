from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from bibmail.tenancy import acting_for_network
from campaigns.delivery import fence


class Command(BaseCommand):
    """After a restore or a move: say that this database may send (docs/operations.md)."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Why it may."""
        parser.add_argument("--reason", required=True, help="kept, and shown to the network")

    def handle(self, *args: Any, **options: Any) -> None:
        """Look once, so that the fence knows where it stands, and open it."""
        fence.beat()
        try:
            with acting_for_network():
                fence.acknowledge(reason=options["reason"], by=None)
        except fence.NoReason:
            raise CommandError("Give a --reason.") from None
        self.stdout.write("This database sends from now on.")
