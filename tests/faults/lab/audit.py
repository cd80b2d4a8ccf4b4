"""Our ledger beside the ESP's: the ESP's is the oracle, since nothing in it can be changed."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from bibmail.sandbox.esp.book import Book
from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library
from campaigns.models import InboxEvent, Message
from tests.factories import a_hash

# A call that was under way when the word was committed may still arrive: as long as a call may last.
UNDER_WAY = timedelta(seconds=1.5)

_OURS = """
    SELECT g.public_id::text, g.state, g.recipient_hash, g.mailing_id, g.submitted_at,
           m.legal_basis = 'consent',
           (SELECT max(k.opened_at) FROM consent_consent AS k
             WHERE k.contact_id = g.recipient_id AND k.code = ANY(m.topics)),
           (SELECT max(coalesce(k.closed_at, '9999-01-01')) FROM consent_consent AS k
             WHERE k.contact_id = g.recipient_id AND k.code = ANY(m.topics)),
           g.recipient_id IS NULL
      FROM campaigns_message AS g
      JOIN campaigns_mailing AS m ON m.id = g.mailing_id
"""


class Audited(NamedTuple):
    """What was found; all but the first three must be nothing, unless a scenario says so."""

    mails: int
    settled: int
    # In doubt, not at the ESP, and their person withdrew meanwhile: nobody may ask again (decision D8).
    let_be: int
    waiting: int
    # We say the ESP has it, and it does not.
    lost: int
    double: int
    without_consent: int
    cross_library: int
    unknown: int
    # The ESP has it, and we do not say so.
    unknown_to_us: int
    unread: int

    @property
    def is_clean(self) -> bool:
        return self.is_clean_but()

    def is_clean_but(self, *expected: str) -> bool:
        """Nothing wrong, apart from these, which the scenario is about."""
        return not any(count for name, count in list(self._asdict().items())[3:] if name not in expected)

    def line(self, name: str, *expected: str) -> str:
        """All of it in one line."""
        figures = " ".join(f"{key}={value}" for key, value in self._asdict().items())
        return f"{name}: {figures} {'green' if self.is_clean_but(*expected) else 'RED'}"


class _Ours(NamedTuple):
    library_id: int
    state: str
    recipient_hash: UUID | None
    mailing_id: int
    submitted_at: datetime | None
    needs_consent: bool
    opened_at: datetime | None
    closed_at: datetime | None
    is_erased: bool


def audit(book: Book, *, after: int = 0, stops: Mapping[str, datetime]) -> Audited:
    """Hold both ledgers against each other, the ESP's from this mail on.

    `stops` is when an address was withdrawn, by the lab's own notes.
    """
    mails = list(book.mails(after=after))
    times = Counter(mail.m for mail in mails)
    ours = _ours()
    states = Message.State
    lost = [m for m, one in ours.items() if one.state == states.ACCEPTED and not times[m]]
    waiting = [
        m for m, one in ours.items() if one.state in {states.QUEUED, states.CLAIMED, states.SUBMITTING}
    ]
    let_be = [m for m, one in ours.items() if one.state == states.UNKNOWN and not times[m] and _withdrew(one)]
    # The same mail to the same address counts as double whatever the row is called.
    per_person = Counter(
        (mail.l, mail.email, ours[mail.m].mailing_id) if mail.m in ours else mail.m for mail in mails
    )
    return Audited(
        mails=len(mails),
        settled=len(ours) - len(waiting),
        let_be=len(let_be),
        waiting=len(waiting),
        lost=len(lost),
        double=sum(count - 1 for count in per_person.values()),
        without_consent=sum(
            (mail.m in ours and _had_no_consent(ours[mail.m]))
            or (mail.email in stops and mail.received_at > stops[mail.email] + UNDER_WAY)
            for mail in mails
        ),
        cross_library=sum(
            mail.m in ours and not _is_theirs(mail.email, mail.l, ours[mail.m]) for mail in mails
        ),
        unknown=sum(one.state == states.UNKNOWN for one in ours.values()) - len(let_be),
        unknown_to_us=sum(
            m not in ours or ours[m].state not in {states.ACCEPTED, states.UNKNOWN} for m in times
        ),
        unread=InboxEvent.objects.count(),
    )


def _ours() -> dict[str, _Ours]:
    found: dict[str, _Ours] = {}
    for library_id in Library.objects.order_by("pk").values_list("pk", flat=True):
        with acting_for(library_id), connection.cursor() as cursor:
            cursor.execute(_OURS)
            for public_id, *rest in cursor.fetchall():
                found[public_id] = _Ours(library_id, *rest)
    return found


def _had_no_consent(one: _Ours) -> bool:
    """Nobody asked for it, or it was closed before we let it go."""
    if not one.needs_consent or one.is_erased or one.submitted_at is None:
        return False
    if one.opened_at is None or one.closed_at is None:
        return True
    return one.closed_at < one.submitted_at


def _withdrew(one: _Ours) -> bool:
    return one.needs_consent and (one.is_erased or (one.closed_at is not None and one.closed_at.year < 9999))


def _is_theirs(email: str, library_id: int | None, one: _Ours) -> bool:
    return library_id == one.library_id and (
        one.recipient_hash is None or str(one.recipient_hash) == str(UUID(str(a_hash(email))))
    )
