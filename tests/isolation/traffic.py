"""The two libraries at work at one moment: mail to send, news to read, somebody on a journey. One person reads
at both, under one address."""

import base64
import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from celery import Task
from django.conf import settings
from django.test import Client
from django.utils import timezone

from bibmail.tenancy import acting_for, tokens
from bibmail.tenancy.models import Deployment
from campaigns.models import Click, LegalBasis, Mailing, Message
from consent.models import MailPreference, MessageClass, Suppression
from journeys import definition, mailings
from journeys.models import JourneyVersion
from members.models import Activity, Contact, Membership
from tests import factories
from tests.isolation import probes
from tests.isolation.rows.campaigns import public_id
from tests.isolation.world import NOON, Tenant, World

SAME_PERSON = "lezer@example.be"


def begin(world: World) -> None:
    """It is noon, and both libraries have work to do."""
    Deployment.objects.update(clock_offset=NOON - timezone.now())
    for tenant in (world.zottegem, world.aalst):
        _begin(tenant)


def _begin(its: Tenant) -> None:
    address = factories.a_hash(SAME_PERSON)
    with acting_for(its.library.pk):
        Contact.objects.update(email=SAME_PERSON, email_norm=SAME_PERSON, recipient_hash=address)
        Suppression.objects.update(lifted_at=NOON)
        MailPreference.objects.all().delete()
        Membership.objects.update(ended_because="")
        Activity.objects.update(is_pending=False)
        Mailing.objects.update(message_class=MessageClass.SERVICE, legal_basis=LegalBasis.CONTRACT)
        Message.objects.update(state=Message.State.QUEUED, recipient_hash=address, delivery=0)
        Click.objects.update(at=NOON - timedelta(hours=1))
        version = definition.read(JourneyVersion.objects.get().definition)
        mailings.publish(version, version=1, at=NOON)


def changed(tenant: Tenant, before: dict[str, str]) -> set[str]:
    """The tables of this library that are not as they were."""
    return set(probes.changes(before, tenant))


def rung(patch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """Every bell that is rung from now on: name and arguments."""
    found: list[tuple[str, dict[str, Any]]] = []
    patch.setattr(
        Task,
        "apply_async",
        lambda self, args=None, kwargs=None, **_: found.append((self.name, kwargs or {})),
    )
    return found


def metadata(its: Tenant, **other: Any) -> dict[str, Any]:
    """What the ESP brings back of this library's message."""
    mine = str(public_id(its))
    mac = tokens.message_mac(library_id=its.library.pk, public_id=mine)
    return {"m": mine, "l": its.library.pk, "s": mac} | other


def mac(library: Tenant, message: UUID) -> str:
    """A signature of ours over this pair, whether or not it exists."""
    return tokens.message_mac(library_id=library.library.pk, public_id=str(message))


def tell(custom: dict[str, Any], event: str = "hard_bounce") -> None:
    """A webhook with this metadata comes in."""
    body = {
        "event": event,
        "message-id": "<1@relay.example.org>",
        "ts_epoch": int(NOON.timestamp() * 1000),
        "X-Mailin-custom": json.dumps(custom),
    }
    password = base64.b64encode(settings.ESP_WEBHOOK_AUTH.encode()).decode()
    answer = Client().post(
        "/esp/brevo/", body, content_type="application/json", headers={"Authorization": f"Basic {password}"}
    )
    assert answer.status_code == 200
