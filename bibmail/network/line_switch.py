"""How one account is held back or slowed down, for every library that sends with it."""

import logging
from datetime import date

from django.db import transaction

from bibmail.network.switch import NoReason
from bibmail.tenancy.models import User
from campaigns.models import SendingLine

logger = logging.getLogger(__name__)


def current(code: str) -> SendingLine:
    """How it stands; plain where nothing ever happened to it."""
    return SendingLine.objects.filter(code=code).first() or SendingLine(code=code)


@transaction.atomic
def turn(
    code: str, *, is_stopped: bool, per_minute: int | None, warm_up_from: date | None, reason: str, by: User
) -> SendingLine:
    """Stop it or let it go on, and set how fast it goes. For scope network; raises NoReason.

    Mail waits while a line is stopped, and leaves afterwards. The log keeps who did it and what.
    """
    if not reason.strip():
        raise NoReason
    SendingLine.objects.bulk_create([SendingLine(code=code)], ignore_conflicts=True)
    line = SendingLine.objects.select_for_update().get(code=code)
    if line.per_minute != per_minute:
        line.tokens, line.tokens_at = 0, None
    line.is_stopped, line.stop_reason = is_stopped, reason.strip()[:200] if is_stopped else ""
    line.per_minute, line.warm_up_from = per_minute, warm_up_from
    line.save()
    logger.warning(
        "line %s: stopped=%s per_minute=%s warm_up_from=%s by=%s reason=%s",
        code, is_stopped, per_minute, warm_up_from, by.pk, reason.strip()[:200],
    )  # fmt: skip
    return line
