"""With which account a library sends: its own, or the network's."""

from typing import Any
from urllib.parse import quote

from bibmail.tenancy import current_library_id, sealing
from campaigns.delivery.esp import NETWORK, Account, of_network
from campaigns.models import SendingAccount


class SealedShut(Exception):
    """The keys of the account no longer open; somebody must fill them in again."""


def in_use() -> Account:
    """The account by which this library's mail leaves now; within acting_for(library). Raises SealedShut."""
    own = SendingAccount.objects.filter(is_active=True).first()
    return of_row(own) if own else of_network()


def named(code: str) -> Account | None:
    """The account that the ledger names so, in use or not; None when it is gone. Raises SealedShut."""
    if code == NETWORK:
        return of_network()
    return next((of_row(row) for row in SendingAccount.objects.all() if row.code == code), None)


def of_row(row: SendingAccount) -> Account:
    """A stored account, with its keys opened; raises SealedShut."""
    try:
        keys = sealing.unseal_all(row.secrets, library_id=current_library_id())
    except sealing.CannotOpen:
        raise SealedShut from None
    filled: dict[str, Any] = row.options
    if row.kind == SendingAccount.Kind.SMTP:
        return Account(row.code, "smtp", _smtp_url(filled, keys.get("secret", "")))
    return Account(row.code, row.kind, filled["url"], keys.get("secret", ""), domain=filled.get("domain", ""))


def _smtp_url(filled: dict[str, Any], password: str) -> str:
    """As environ reads it: smtp+tls://user:password@host:587."""
    who = (
        f"{quote(filled.get('user', ''), safe='')}:{quote(password, safe='')}@" if filled.get("user") else ""
    )
    return f"{filled.get('security', 'smtp+tls')}://{who}{filled['host']}:{filled.get('port', 587)}"
