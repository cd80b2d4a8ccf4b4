"""A library's own account at an ESP: set up, changed, and put aside for the network's. Only codes in the trail."""

import secrets as randomness
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from bibmail.tenancy import audit, current_library_id, sealing
from bibmail.tenancy.models import User
from campaigns.models import SendingAccount

# Brevo signs nothing: its webhooks bring this name and a password of ours.
_WEBHOOK_USER = "bibmail"


def in_use() -> SendingAccount | None:
    """The library's own account; None when it sends with the network's."""
    return SendingAccount.objects.filter(is_active=True).first()


@transaction.atomic
def save(
    kind: str, *, options: Mapping[str, str], secrets: Mapping[str, str], by: User, at: datetime
) -> SendingAccount:
    """Send with it from now on. Secrets that are empty stay as they were; another kind is another account."""
    sealed = sealing.seal_all(secrets, library_id=current_library_id())
    account = SendingAccount.objects.select_for_update().filter(is_active=True).first()
    if account and account.kind != kind:
        _put_aside(account)
        account = None
    if account:
        account.options, account.secrets = dict(options), account.secrets | sealed
        account.save(update_fields=["options", "secrets"])
        audit.record("sending_account.changed", by=by, at=at, kind=kind)
        return account
    made = SendingAccount.objects.create(
        kind=kind, options=dict(options), secrets=sealed, created_by=by, created_at=at
    )
    audit.record("sending_account.added", by=by, at=at, kind=kind)
    return made


@transaction.atomic
def new_webhook_password(*, by: User, at: datetime) -> str:
    """A new name and password for the webhooks of a Brevo account, to be shown once; the old one is worth nothing."""
    account = SendingAccount.objects.select_for_update().get(is_active=True, kind=SendingAccount.Kind.BREVO)
    made = f"{_WEBHOOK_USER}:{randomness.token_urlsafe(24)}"
    account.secrets |= sealing.seal_all({"webhook": made}, library_id=current_library_id())
    account.save(update_fields=["secrets"])
    audit.record("sending_account.webhook", by=by, at=at, kind=account.kind)
    return made


@transaction.atomic
def back_to_network(*, by: User, at: datetime) -> bool:
    """Send with the network's account again; False when it did already."""
    account = SendingAccount.objects.select_for_update().filter(is_active=True).first()
    if account is None:
        return False
    _put_aside(account)
    audit.record("sending_account.left", by=by, at=at, kind=account.kind)
    return True


def _put_aside(account: SendingAccount) -> None:
    """Kept with its keys: mails in doubt are asked of the ESP that has them, and its webhooks still come in."""
    account.is_active = False
    account.save(update_fields=["is_active"])
