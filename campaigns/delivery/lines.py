"""How fast, and whether at all, mail may go to an account: its stop, its breaker, its pace, its warm-up.

The row of the line is shared by all workers and libraries, so what one learns all know. It is written only when
something changes: a line without limits that works costs one look.
"""

import logging
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.utils import timezone

from bibmail.tenancy import acting_for_network, clock
from campaigns.delivery.esp import Accepted, Answer, NotTaken, Refused, Unclear
from campaigns.delivery.windows import BRUSSELS
from campaigns.models import SendingLine

logger = logging.getLogger(__name__)

# So many calls in a row without a good answer, and the breaker opens; then one call may try now and again.
MOST_TROUBLES = 5
PROBE_EVERY = timedelta(seconds=30)
# Of the pace of a minute, so much may leave at once.
_BURST_SECONDS = 10
# Our own choice: a new account sends so many mails on its first day and half as many again every next day; after
# two weeks receivers know it.
_FIRST_DAY, _GROWTH, _WARM_AFTER = 500, 1.5, 14


class Grant(NamedTuple):
    """How many mails may go now; `why` says what keeps the rest: stopped, open, quiet, pace or warm_up."""

    mails: int
    why: str = ""


def most_on(day: date, warm_up_from: date) -> int | None:
    """How many mails an account that began on `warm_up_from` may send on this day; None when it is warm."""
    days = (day - warm_up_from).days
    return None if days >= _WARM_AFTER else int(_FIRST_DAY * _GROWTH ** max(0, days))


def is_shut(code: str) -> bool:
    """Whether somebody stopped this account meanwhile; one look, in whatever transaction is open."""
    return SendingLine.objects.filter(code=code, is_stopped=True).exists()


def ask(code: str, most: int, *, at: datetime) -> Grant:
    """How many of `most` mails may go by this account now; they count as gone until they are given back."""
    with acting_for_network():
        line = SendingLine.objects.filter(code=code).first()
        if line is None or _is_plain(line):
            return Grant(most)
        line = SendingLine.objects.select_for_update().get(pk=line.pk)
        granted = _granted(line, most, now=clock.database_now(), today=timezone.localdate(at, BRUSSELS))
        line.save()
        return granted


def give_back(code: str, count: int) -> None:
    """Mails that were granted and did not go."""
    if count <= 0:
        return
    with acting_for_network():
        line = SendingLine.objects.select_for_update().filter(code=code).first()
        if line and (line.per_minute or line.warm_up_from):
            line.tokens, line.day_count = line.tokens + count, max(0, line.day_count - count)
            line.save(update_fields=["tokens", "day_count"])


def is_news(code: str, answer: Answer) -> bool:
    """Whether the line must learn of this answer; one look, in whatever transaction is open."""
    if isinstance(answer, Accepted | Refused):
        return SendingLine.objects.not_well().filter(code=code).exists()
    return True


def note(code: str, answer: Answer) -> None:
    """What the answer says of the line: well, slower, or not well."""
    with acting_for_network():
        SendingLine.objects.bulk_create([SendingLine(code=code)], ignore_conflicts=True)
        line = SendingLine.objects.select_for_update().get(code=code)
        _learn(line, answer, now=clock.database_now())
        line.save()


def _is_plain(line: SendingLine) -> bool:
    return not (line.is_stopped or line.opened_at or line.quiet_until or line.per_minute or line.warm_up_from)


def _granted(line: SendingLine, most: int, *, now: datetime, today: date) -> Grant:
    if line.is_stopped:
        return Grant(0, "stopped")
    if line.opened_at:
        if line.next_probe_at and line.next_probe_at > now:
            return Grant(0, "open")
        line.next_probe_at = now + PROBE_EVERY
        return Grant(1, "open")
    if line.waits_until(now):
        return Grant(0, "quiet")
    line.quiet_until = None
    count, why = most, ""
    if line.per_minute:
        _refill(line, now)
        count, why = _less(count, why, int(line.tokens), "pace")
    if line.warm_up_from:
        if line.day != today:
            line.day, line.day_count = today, 0
        cap = most_on(today, line.warm_up_from)
        if cap is not None:
            count, why = _less(count, why, cap - line.day_count, "warm_up")
    line.tokens -= count
    line.day_count += count
    return Grant(count, why)


def _less(count: int, why: str, room: int, because: str) -> tuple[int, str]:
    return (max(0, room), because) if room < count else (count, why)


def _refill(line: SendingLine, now: datetime) -> None:
    assert line.per_minute  # noqa: S101  # asked by the caller
    full = max(1.0, line.per_minute * _BURST_SECONDS / 60)
    passed = (now - line.tokens_at).total_seconds() if line.tokens_at else _BURST_SECONDS
    line.tokens, line.tokens_at = min(full, line.tokens + passed * line.per_minute / 60), now


def _learn(line: SendingLine, answer: Answer, *, now: datetime) -> None:
    match answer:
        case Accepted() | Refused():
            if line.opened_at:
                logger.warning("line %s works again", line.code)
            line.troubles_count, line.opened_at, line.opened_why, line.next_probe_at = 0, None, "", None
        case NotTaken(why=why, is_locked_out=True):
            _open(line, why, now=now)
        case NotTaken(is_trouble=False, wait_seconds=seconds):
            line.quiet_until = now + timedelta(seconds=seconds)
        case NotTaken(why=why) | Unclear(why=why):
            line.troubles_count = min(line.troubles_count + 1, 1000)
            if line.troubles_count >= MOST_TROUBLES:
                _open(line, why, now=now)


def _open(line: SendingLine, why: str, *, now: datetime) -> None:
    """Nothing goes by it but a try now and again; the moment is that of the first trouble."""
    if line.opened_at is None:
        logger.error("line %s is closed: %s", line.code, why)
        line.opened_at = now
    line.opened_why, line.next_probe_at = why[:60], now + PROBE_EVERY
