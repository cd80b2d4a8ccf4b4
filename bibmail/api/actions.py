"""What colleagues do with keys and webhooks; each act stands in the trail. Within acting_for(library)."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import transaction

from bibmail.api import calling, keyring, signing
from bibmail.api.models import ApiKey, EventKind, WebhookDelivery, WebhookEndpoint
from bibmail.tenancy import audit, clock, current_library_id, sealing
from bibmail.tenancy.models import User

# Time to put the new secret of a webhook into the program that receives.
FORMER_SIGNS = timedelta(hours=24)


class NewKey(NamedTuple):
    """A key, and what is shown of it this once."""

    key: ApiKey
    shown: str


class NewWebhook(NamedTuple):
    """An endpoint, and the secret that is shown this once."""

    endpoint: WebhookEndpoint
    shown: str


class NotUsable(Exception):
    """The key was revoked or is past its day; make a new one."""


@transaction.atomic
def make_key(*, name: str, scopes: Sequence[str], expires_on: date | None, by: User, at: datetime) -> NewKey:
    """A new key with these rights."""
    new = _new_key(name=name, scopes=scopes, expires_on=expires_on, source=source_of(name), by=by, at=at)
    audit.record(
        "api_key.made", by=by, at=at, subject_kind="api_key", subject_id=new.key.pk, scopes=list(scopes)
    )
    return new


@transaction.atomic
def replace_key(*, key: ApiKey, old_until: date, by: User, at: datetime) -> NewKey:
    """A new key with the same name and rights; the old one works until that day. Raises NotUsable."""
    key = ApiKey.objects.select_for_update().get(pk=key.pk)
    if not ApiKey.objects.usable(at=at).filter(pk=key.pk).exists():
        raise NotUsable
    new = _new_key(
        name=key.name, scopes=key.scopes, expires_on=None, source=key.source, by=by, at=at, follows=key
    )
    key.expires_on = min(old_until, key.expires_on or old_until)
    key.save(update_fields=["expires_on"])
    audit.record(
        "api_key.replaced", by=by, at=at, subject_kind="api_key", subject_id=new.key.pk, replaces=key.pk
    )
    return new


@transaction.atomic
def revoke_key(*, key: ApiKey, by: User, at: datetime) -> bool:
    """The key stops working now; whether it still worked."""
    count = ApiKey.objects.filter(pk=key.pk, revoked_at__isnull=True).update(revoked_at=at)
    if count:
        audit.record("api_key.revoked", by=by, at=at, subject_kind="api_key", subject_id=key.pk)
    return count > 0


def source_of(name: str) -> str:
    """How what a key brings is marked: `api:` and its name, in plain letters."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return f"api:{re.sub('[^a-z0-9]+', '-', plain).strip('-')}"[:40].rstrip("-")


def _new_key(*, follows: ApiKey | None = None, by: User, at: datetime, **fields: object) -> NewKey:
    made = keyring.make(current_library_id())
    key = ApiKey.objects.create(
        prefix=made.prefix,
        secret_sha256=made.secret_sha256,
        created_at=at,
        created_by=by,
        follows=follows,
        calls_left=0,
        # A bucket that was filled long ago is full.
        calls_left_at=datetime.fromisoformat("2000-01-01T00:00:00+00:00"),
        **fields,
    )
    return NewKey(key, made.shown)


@transaction.atomic
def add_webhook(*, url: str, events: Sequence[str], by: User, at: datetime) -> NewWebhook:
    """An endpoint that hears of these events from now on. Raises calling.NotAllowed."""
    calling.parts(url)
    secret = signing.new_secret()
    endpoint = WebhookEndpoint.objects.create(
        url=url,
        events=list(events),
        sealed_secret=sealing.seal(secret, library_id=current_library_id()),
        created_at=at,
        created_by=by,
    )
    _note("webhook.added", endpoint, by=by, at=at)
    return NewWebhook(endpoint, signing.shown(secret))


@transaction.atomic
def renew_secret(*, endpoint: WebhookEndpoint, by: User, at: datetime) -> NewWebhook:
    """A new secret for this endpoint; the one it had signs beside it for a day, one before that no more."""
    endpoint = WebhookEndpoint.objects.select_for_update().get(pk=endpoint.pk)
    secret = signing.new_secret()
    endpoint.former_secret = endpoint.sealed_secret
    endpoint.former_until = clock.database_now() + FORMER_SIGNS
    endpoint.sealed_secret = sealing.seal(secret, library_id=current_library_id())
    endpoint.save(update_fields=["sealed_secret", "former_secret", "former_until"])
    _note("webhook.secret_renewed", endpoint, by=by, at=at)
    return NewWebhook(endpoint, signing.shown(secret))


@transaction.atomic
def test_webhook(*, endpoint: WebhookEndpoint, by: User, at: datetime) -> WebhookDelivery:
    """Leave a test message for this endpoint, without anything of a person."""
    now = clock.database_now()
    _note("webhook.tested", endpoint, by=by, at=at)
    return WebhookDelivery.objects.create(
        endpoint=endpoint, kind=EventKind.TEST, occurred_at=at, next_try_at=now, created_at=now
    )


@transaction.atomic
def pause_webhook(*, endpoint: WebhookEndpoint, by: User, at: datetime) -> None:
    """Call it no more for now; what happens meanwhile waits."""
    endpoint.state = WebhookEndpoint.State.PAUSED
    endpoint.save(update_fields=["state"])
    _note("webhook.paused", endpoint, by=by, at=at)


@transaction.atomic
def resume_webhook(*, endpoint: WebhookEndpoint, by: User, at: datetime) -> None:
    """Call it again, and give it a new day before it would be switched off."""
    endpoint.state, endpoint.failing_since = WebhookEndpoint.State.ACTIVE, None
    endpoint.save(update_fields=["state", "failing_since"])
    _note("webhook.resumed", endpoint, by=by, at=at)


@transaction.atomic
def remove_webhook(*, endpoint: WebhookEndpoint, by: User, at: datetime) -> None:
    """Forget the endpoint and everything that waited for it."""
    _note("webhook.removed", endpoint, by=by, at=at)
    endpoint.delete()


@transaction.atomic
def replay(*, delivery: WebhookDelivery, by: User, at: datetime) -> None:
    """Send this message once more, with the same webhook-id and all its tries."""
    WebhookDelivery.objects.filter(pk=delivery.pk).update(
        state=WebhookDelivery.State.WAITING,
        tries_count=0,
        next_try_at=clock.database_now(),
        settled_at=None,
        leased_until=None,
    )
    _note("webhook.replayed", delivery.endpoint, by=by, at=at)


def _note(act: str, endpoint: WebhookEndpoint, *, by: User, at: datetime) -> None:
    audit.record(act, by=by, at=at, subject_kind="webhook", subject_id=endpoint.pk)
