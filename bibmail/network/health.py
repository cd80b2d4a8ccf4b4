"""How the sending of the whole network stands now: its lines, its queues, its inbox. From aggregates alone."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, Min
from django.utils import timezone

from bibmail.network.models import LibraryHealth
from bibmail.tenancy import clock
from campaigns.delivery import lines
from campaigns.delivery.esp import NETWORK
from campaigns.delivery.windows import BRUSSELS
from campaigns.models import InboxEvent, SendingLine

# A sweep comes every half minute, and its moment is written at least every five.
LATE = timedelta(minutes=10)
# Mail whose time came so long ago should have left.
OLD = timedelta(minutes=30)
MOST_SHOWN = 50


class Line(NamedTuple):
    """One account: how it stands, and what waits for it in all libraries that use it."""

    line: SendingLine
    # The library that owns it; empty for the network's.
    owner: str
    libraries_count: int
    waiting_count: int
    quiet_until: datetime | None
    # Of the warm-up: which day it is, and how many mails may go on it; None when it is over or never began.
    warm_up_day: int | None
    warm_up_most: int | None

    @property
    def colour(self) -> str:
        """bad where nothing leaves, warn where it goes slower, else good."""
        if self.line.is_stopped or self.line.is_open():
            return "bad"
        return "warn" if self.quiet_until or self.warm_up_most else "good"


class Inbox(NamedTuple):
    """Webhooks that were not read yet, and those with which nothing could be done, by why."""

    waiting_count: int
    oldest_at: datetime | None
    faults: list[tuple[str, int]]


class Health(NamedTuple):
    """Everything of the page. `seen_at` is the database's clock, by which sweeps are judged."""

    lines: list[Line]
    libraries: list[LibraryHealth]
    service_count: int
    marketing_count: int
    oldest_at: datetime | None
    unknown_count: int
    imports_count: int
    last_sweep_at: datetime | None
    late_count: int
    shut_count: int
    inbox: Inbox

    @property
    def worries(self) -> int:
        """How many things ask for a look."""
        return sum(
            (
                sum(line.colour == "bad" for line in self.lines),
                bool(self.late_count),
                bool(self.shut_count),
                bool(self.inbox.faults),
            )
        )


def of(*, at: datetime) -> Health:
    """How it stands; for scope network, in five queries."""
    found = list(LibraryHealth.objects.select_related("library"))
    now = clock.database_now()
    moments = [one.oldest_waiting_at for one in found if one.oldest_waiting_at]
    return Health(
        _lines(found, now=now, today=timezone.localdate(at, BRUSSELS)),
        sorted(filter(_is_worth_a_line, found), key=lambda one: (-one.unknown_count, -_waiting(one)))[
            :MOST_SHOWN
        ],
        sum(one.service_waiting_count for one in found),
        sum(one.marketing_waiting_count for one in found),
        min(moments, default=None),
        sum(one.unknown_count for one in found),
        sum(one.imports_running_count for one in found),
        max((one.swept_at for one in found), default=None),
        sum(one.swept_at < now - LATE for one in found),
        sum(not one.account for one in found),
        _inbox(),
    )


def _is_worth_a_line(one: LibraryHealth) -> bool:
    return bool(_waiting(one) or one.unknown_count or one.imports_running_count or not one.account)


def _waiting(one: LibraryHealth) -> int:
    return one.service_waiting_count + one.marketing_waiting_count


def _lines(found: list[LibraryHealth], *, now: datetime, today: date) -> list[Line]:
    """The network's first, then those that libraries use, then those that nobody uses any more."""
    stored = {line.code: line for line in SendingLine.objects.all()}
    owners = {one.account: one.library.name for one in found if one.account not in {"", NETWORK}}
    codes = [NETWORK, *sorted(owners), *sorted(set(stored) - set(owners) - {NETWORK})]
    return [
        _line(stored.get(code) or SendingLine(code=code), owners.get(code, ""),
              [one for one in found if one.account == code], now=now, today=today)
        for code in codes
    ]  # fmt: skip


def _line(line: SendingLine, owner: str, users: list[LibraryHealth], *, now: datetime, today: date) -> Line:
    most = lines.most_on(today, line.warm_up_from) if line.warm_up_from else None
    day = (today - line.warm_up_from).days + 1 if line.warm_up_from and most else None
    return Line(line, owner, len(users), sum(map(_waiting, users)), line.waits_until(now), day, most)


def _inbox() -> Inbox:
    waiting = InboxEvent.objects.filter(fault="").aggregate(count=Count("pk"), oldest=Min("received_at"))
    faults = InboxEvent.objects.exclude(fault="").values_list("fault").annotate(count=Count("pk"))
    return Inbox(waiting["count"], waiting["oldest"], sorted(faults, key=lambda pair: -pair[1]))
