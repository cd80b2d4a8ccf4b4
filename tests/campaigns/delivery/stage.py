"""A library with mail to send and a real sandbox ESP that takes it, over HTTP."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import LazySettings
from django.conf import settings as django_settings

from bibmail.tenancy import acting_for, acting_for_network
from bibmail.tenancy.models import Library
from campaigns.delivery import esp, reaper, sender
from campaigns.models import Campaign, LegalBasis, Mailing, Message, SendingLine, SendingSettings
from campaigns.tracking import inbox
from consent.models import MessageClass
from members.models import Contact
from tests import factories
from tests.factories import NOON
from tests.sandbox import esp_stage

CONTENT = {
    "subject": "Nieuw in de bib, {{contact.first_name}}",
    "preheader": "Kom eens langs.",
    "reason": "Je krijgt deze mail omdat je dat wou.",
    "blocks": [
        {"key": "dag", "type": "greeting"},
        {"key": "tekst", "type": "text", "text": "Er is van alles nieuw in de bib."},
    ],
}


def let_lines_recover() -> None:
    """As if the time were over that the ESP asked for, or a closed line waits before its next try."""
    with acting_for_network():
        SendingLine.objects.update(quiet_until=None, next_probe_at=None)


class Post:
    """What goes out of one library, and how it is looked at."""

    def __init__(self, library: Library, sandbox: esp_stage.Sandbox) -> None:
        self.library, self.sandbox = library, sandbox
        with acting_for(library.pk):
            SendingSettings.objects.create(is_trial=False)

    def mailing(self, **fields: Any) -> Mailing:
        with acting_for(self.library.pk):
            return factories.a_mailing(**({"content": CONTENT} | fields))

    def newsletter(self) -> Mailing:
        with acting_for(self.library.pk):
            campaign = Campaign.objects.create(name="Oktober", created_at=NOON, state="sending")
            return factories.a_mailing(
                campaign=campaign, journey_code="", step_key="", mail_code="", content=CONTENT
            )

    def service(self) -> Mailing:
        return self.mailing(message_class=MessageClass.SERVICE, legal_basis=LegalBasis.CONTRACT, topics=[])

    def person(self, address: str | None = None, *, wants: str = "newsletter", **fields: Any) -> Contact:
        address = address or f"lezer{factories.next_number()}@example.be"
        with acting_for(self.library.pk):
            found = factories.a_contact(
                email=address, email_norm=address, recipient_hash=factories.a_hash(address), **fields
            )
            if wants:
                factories.a_consent(found, code=wants, opened_at=NOON - timedelta(days=30))
            return found

    def queue(self, *people: Contact, mailing: Mailing | None = None, **fields: Any) -> list[Message]:
        mailing = mailing or self.mailing()
        with acting_for(self.library.pk):
            return [factories.a_message(person, mailing=mailing, **fields) for person in people]

    def send(self, at: datetime = NOON) -> int:
        return sender.send(library_id=self.library.pk, now=lambda: at)

    def reap(self, at: datetime = NOON) -> int:
        return reaper.reap(library_id=self.library.pk, at=at)

    def states(self) -> list[tuple[str, str]]:
        """(state, reason) of every message, in order."""
        with acting_for(self.library.pk):
            return list(Message.objects.order_by("pk").values_list("state", "reason"))

    def let_leases_end(self) -> None:
        """As if the time of every lease had passed."""
        with acting_for(self.library.pk):
            Message.objects.exclude(lease_until=None).update(lease_until=NOON - timedelta(days=900))
        let_lines_recover()

    def hear(self, at: datetime = NOON) -> None:
        """What the ESP tells of every mail it has: it was delivered."""
        told = [
            {
                "event": "delivered",
                "message-id": mail.message_id,
                "ts_epoch": int(at.timestamp() * 1000),
                "X-Mailin-custom": mail.custom,
            }
            for mail in self.sandbox.book.mails()
        ]
        inbox.receive("brevo", told, at=at)
        while inbox.process(at=at):
            pass

    @property
    def received(self) -> list[str]:
        """Whom the ESP has mail for, in order."""
        return [mail.email for mail in self.sandbox.book.mails()]


@contextmanager
def pointed_at(sandbox: esp_stage.Sandbox, settings: LazySettings) -> Iterator[None]:
    """The engine with this sandbox as its ESP."""
    settings.ESP_KIND, settings.ESP_API_URL, settings.ESP_API_KEY = (
        "brevo",
        f"{sandbox.url}/v3/",
        esp_stage.KEY,
    )
    settings.ANYMAIL = django_settings.ANYMAIL | {"REQUESTS_TIMEOUT": (1, 2)}
    esp.forget_connections()
    yield
    esp.forget_connections()


def folder_of(tmp_path: Path) -> Path:
    folder = tmp_path / "esp"
    folder.mkdir(exist_ok=True)
    return folder
