"""The switch by which Cultuurconnect holds back all mail, or all marketing mail, of all libraries."""

import logging
from datetime import datetime

from django.db import transaction

from bibmail.tenancy.models import User
from campaigns.models import NetworkSwitch

logger = logging.getLogger(__name__)


class NoReason(Exception):
    """Whoever turns the switch says why: three hundred libraries will ask."""


def current() -> NetworkSwitch:
    """How it stands; on where nobody ever turned it."""
    return NetworkSwitch.objects.first() or NetworkSwitch(pk=1)


@transaction.atomic
def turn(*, is_on: bool, marketing_is_on: bool, reason: str, by: User, at: datetime) -> NetworkSwitch:
    """Turn it; the gate reads it with every batch, so it works within one. For scope network; raises NoReason.

    What it holds back is cancelled when its turn comes, and does not leave later. The log keeps who did it: there
    is no library whose trail it could stand in.
    """
    if not reason.strip():
        raise NoReason
    switch, _made = NetworkSwitch.objects.select_for_update().update_or_create(
        pk=1,
        defaults={
            "is_on": is_on,
            "marketing_is_on": marketing_is_on,
            "reason": reason.strip()[:200],
            "changed_at": at,
        },
    )
    logger.warning("network switch: all=%s marketing=%s by=%s", is_on, marketing_is_on, by.pk)
    return switch
