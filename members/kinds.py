"""What each kind of activity may be used for, and how long its rows stay."""

from datetime import datetime, timedelta
from typing import NamedTuple

from members.models.activity import ActivityKind


class KindRule(NamedTuple):
    """The data use without which a kind decides nothing (invariant 6), and its retention."""

    data_use: str | None
    # None: as long as the person is known here.
    keep_days: int | None


# Wise removes loan detail after 90 days unless the person keeps a history (leerplatform Cultuurconnect), and
# only loans of people who do are delivered here; two years is the source's own limit after a membership.
_TWO_YEARS = 730

RULES: dict[ActivityKind, KindRule] = {
    ActivityKind.LOAN: KindRule("use_loan_history", _TWO_YEARS),
    ActivityKind.LOAN_RENEWAL: KindRule("use_loan_history", _TWO_YEARS),
    ActivityKind.LOAN_RETURN: KindRule("use_loan_history", _TWO_YEARS),
    ActivityKind.HOLD_READY: KindRule(None, 90),
    ActivityKind.EBOOK_LOGIN: KindRule("use_ebook_activity", _TWO_YEARS),
    ActivityKind.EBOOK_LOAN: KindRule("use_ebook_activity", _TWO_YEARS),
    ActivityKind.EBOOK_RETURN: KindRule("use_ebook_activity", _TWO_YEARS),
    ActivityKind.EBOOK_HOLD: KindRule("use_ebook_activity", _TWO_YEARS),
    ActivityKind.FILM_STREAM: KindRule("use_ebook_activity", _TWO_YEARS),
    ActivityKind.SEAT_RESERVATION: KindRule("use_seat_reservations", _TWO_YEARS),
    ActivityKind.EVENT_REGISTRATION: KindRule("use_event_history", _TWO_YEARS),
    ActivityKind.EVENT_ATTENDANCE: KindRule("use_event_history", _TWO_YEARS),
    ActivityKind.PROFILE_LOGIN: KindRule(None, 365),
    ActivityKind.CHILD_LINKED: KindRule("use_linked_children", _TWO_YEARS),
    ActivityKind.MEMBERSHIP_CREATED: KindRule(None, _TWO_YEARS),
    ActivityKind.MEMBERSHIP_RENEWED: KindRule(None, _TWO_YEARS),
    ActivityKind.SEEN: KindRule(None, None),
}


def oldest_kept(kind: ActivityKind, *, at: datetime) -> datetime | None:
    """The moment before which rows of this kind are not kept; None where they stay."""
    keep_days = RULES[kind].keep_days
    return None if keep_days is None else at - timedelta(days=keep_days)
