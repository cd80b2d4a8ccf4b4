"""What became of a number of messages. Every figure on a page comes from here, so that pages agree (decision D5)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db import connection

from campaigns.models import Message

State, Delivery = Message.State, Message.Delivery

_CLICKS = "clicks"
_WAITING = {State.QUEUED, State.CLAIMED, State.SUBMITTING}


class Count(NamedTuple):
    """So many messages of one text that had the same end; or, with the state "clicks", so many clicks."""

    step_key: str
    mail_code: str
    state: str
    reason: str
    delivery: int
    messages_count: int
    unsubscribed_count: int


# Of a mail in doubt that was sent once more only the new row counts: whoever was expected is expected once.
# Clicks are added up by mailing, since most people did not let us measure theirs (decision D9).
_COUNTS = """
    SELECT m.step_key, m.mail_code, g.state, g.reason, g.delivery, count(*), count(g.unsubscribed_at)
      FROM campaigns_mailing AS m
      JOIN campaigns_message AS g ON g.mailing_id = m.id
     WHERE m.journey_code = %(code)s AND g.resent_as = ''
     GROUP BY m.step_key, m.mail_code, g.state, g.reason, g.delivery
     UNION ALL
    SELECT m.step_key, m.mail_code, 'clicks', '', 0, sum(l.human_clicks_count), 0
      FROM campaigns_mailing AS m
      JOIN campaigns_trackedlink AS l ON l.mailing_id = m.id
     WHERE m.journey_code = %(code)s
     GROUP BY m.step_key, m.mail_code
"""


def of_journey(code: str) -> list[Count]:
    """The messages of a journey in all its versions, by step, text and end; and its clicks."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, {"code": code})
        return [Count(*row) for row in cursor.fetchall()]


# As two questions, since each has an index of its own.
_WAITING_NOW = """
    SELECT (SELECT count(*) FROM campaigns_message WHERE state = 'queued')
         + (SELECT count(*) FROM campaigns_message WHERE state IN ('claimed', 'submitting'))
"""


def waiting_now() -> int:
    """How many of the library's messages are still to leave."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING_NOW)
        return int(cursor.fetchone()[0])


@dataclass(frozen=True, kw_only=True)
class Balance:
    """expected = accepted + skipped + failed + cancelled + expired + unknown + still waiting.

    `expected` is counted elsewhere than the rest; what does not close is shown, never hidden.
    """

    expected: int
    waiting: int = 0
    accepted: int = 0
    skipped: int = 0
    failed: int = 0
    cancelled: int = 0
    expired: int = 0
    unknown: int = 0
    # Of the accepted: these four are all of them.
    delivered: int = 0
    bounced: int = 0
    complained: int = 0
    no_word: int = 0
    unsubscribed: int = 0
    # How often people clicked; machines are left out.
    clicks: int = 0
    # Why the others did not leave.
    reasons: Mapping[str, int] = field(default_factory=dict)

    @property
    def accounted(self) -> int:
        return (
            self.waiting
            + self.accepted
            + self.skipped
            + self.failed
            + self.cancelled
            + self.expired
            + self.unknown
        )

    @property
    def missing(self) -> int:
        return self.expected - self.accounted

    @property
    def closes(self) -> bool:
        return self.missing == 0

    @property
    def not_sent(self) -> int:
        return self.skipped + self.failed + self.cancelled + self.expired


def of(counts: Iterable[Count], *, expected: int | None = None) -> Balance:
    """The balance of these counts; without a figure of its own `expected` is their sum."""
    states, deliveries, reasons, unsubscribed = Counter[str](), Counter[int](), Counter[str](), 0
    clicks = 0
    for count in counts:
        if count.state == _CLICKS:
            clicks += int(count.messages_count)
            continue
        states["waiting" if count.state in _WAITING else count.state] += count.messages_count
        unsubscribed += count.unsubscribed_count
        if count.state == State.ACCEPTED:
            deliveries[count.delivery] += count.messages_count
        if count.reason:
            reasons[count.reason] += count.messages_count
    return Balance(
        expected=states.total() if expected is None else expected,
        **{name: states[name] for name in _PARTS},
        delivered=deliveries[Delivery.DELIVERED],
        bounced=deliveries[Delivery.SOFT_BOUNCE] + deliveries[Delivery.HARD_BOUNCE],
        complained=deliveries[Delivery.COMPLAINED],
        no_word=deliveries[Delivery.NONE],
        unsubscribed=unsubscribed,
        clicks=clicks,
        reasons=dict(reasons.most_common()),
    )


_PARTS = ("waiting", "accepted", "skipped", "failed", "cancelled", "expired", "unknown")
