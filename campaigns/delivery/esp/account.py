"""An account at an ESP, and what each kind of ESP can do (docs/esp.md has the table with the others)."""

from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings

# The account from the environment, with which every library sends that has none of its own.
NETWORK = "network"
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class NotFromHere(Exception):
    """Outside production no ESP but one on this machine is ever called."""


@dataclass(frozen=True)
class Capabilities:
    """What the engine must know of an ESP."""

    name: str
    most_in_a_call: int
    # How long the same key brings no second mail; None where there are no keys.
    key_window: timedelta | None
    tells_by_webhook: bool
    # Whether its webhooks are signed; otherwise a password and the MAC in our own metadata vouch for them.
    signs_webhooks: bool
    # Whether it can be asked if it has one of our mails.
    can_look_up: bool


# Brevo: rendered versions in one call, an idempotency key for 30 minutes (developers.brevo.com, "Idempotency
# key"; we use 10), webhooks with a password. Mailgun: one call a mail here, no keys, signed webhooks, its log
# of events kept at least three days (documentation.mailgun.com). SMTP: none of it.
CAPABILITIES = {
    "brevo": Capabilities("brevo", 100, timedelta(minutes=10), tells_by_webhook=True, signs_webhooks=False,
                          can_look_up=True),
    "mailgun": Capabilities("mailgun", 1, None, tells_by_webhook=True, signs_webhooks=True, can_look_up=True),
    "smtp": Capabilities("smtp", 1, None, tells_by_webhook=False, signs_webhooks=False, can_look_up=False),
}  # fmt: skip


@dataclass(frozen=True)
class Account:
    """Where mail is given to, and the keys. `code` names it in the ledger; keys never show in a repr."""

    code: str
    kind: str
    # Of the API; of SMTP the whole, with user and password.
    url: str = field(repr=False)
    secret: str = field(default="", repr=False)
    # Mailgun's: the domain that sends.
    domain: str = ""

    @property
    def can(self) -> Capabilities:
        return CAPABILITIES[self.kind]


def of_network() -> Account:
    """The account of the environment."""
    if settings.ESP_KIND == "smtp":
        return Account(NETWORK, "smtp", settings.ESP_SMTP_URL)
    return Account(
        NETWORK,
        settings.ESP_KIND,
        settings.ESP_API_URL,
        settings.ESP_API_KEY,
        domain=settings.ESP_SENDER_DOMAIN,
    )


def refuse_strangers(account: Account) -> None:
    """Raises NotFromHere: a copy of the database on another machine must not reach anybody."""
    if not settings.IN_PRODUCTION and urlsplit(account.url).hostname not in _LOOPBACK:
        raise NotFromHere(f"This is {settings.ENVIRONMENT}: an ESP must be on this machine.")
