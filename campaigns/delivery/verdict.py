"""What the gate makes of one message. Pure: everything it needs stands in `Standing`, and time is an argument."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

from django.utils import timezone

from campaigns.delivery.windows import BRUSSELS, next_open
from campaigns.models import LegalBasis, Message, SendingSettings
from consent.models import MailPreference, MessageClass
from members.models.contact import AGE_OF_OWN_MAIL, years_before

Reason = Message.Reason

# Marketing to one address, across libraries: one in three days and four in thirty (journeys 6.0). The second
# stands in the function cap_reserve.
_GAPS = {
    MailPreference.Pace.NORMAL: timedelta(days=3),
    MailPreference.Pace.WEEK: timedelta(days=7),
    MailPreference.Pace.MONTH: timedelta(days=30),
}


class Standing(NamedTuple):
    """All that decides whether one message may leave, read in one query (standing.py)."""

    id: int
    message_class: str
    legal_basis: str
    topics: list[str]
    data_uses: list[str]
    queued_at: datetime
    not_after: datetime
    recipient_id: int | None
    recipient_hash: UUID | None
    email_norm: str
    date_of_birth: date | None
    is_deceased: bool
    is_institution: bool
    is_suppressed: bool
    # Topics whose consent is in force: code to consent id, and those this library offers no more left out.
    consents: Mapping[str, int]
    # Data uses in force.
    granted: list[str]
    # Topics for which the last answer was a no, given after the message's cause.
    objections: list[str]
    pace: str
    paused_until: date | None
    is_mailing_stopped: bool
    is_mailing_paused: bool
    is_network_on: bool
    is_network_marketing_on: bool
    is_staff_address: bool


@dataclass(frozen=True)
class Pass:
    """May leave, if the cap has room. `gap` is None for service mail, which no cap holds."""

    topic: str = ""
    consent_id: int | None = None
    gap: timedelta | None = None


@dataclass(frozen=True)
class Settle:
    """Does not leave, and why."""

    state: str
    reason: str


@dataclass(frozen=True)
class Postpone:
    """Not now."""

    until: datetime


Verdict = Pass | Settle | Postpone


def of(standing: Standing, window: SendingSettings, *, at: datetime) -> Verdict:
    """The first thing that keeps this message, else Pass."""
    if (stop := _stop(standing, window)) or (stop := _person(standing, at=at)):
        return stop
    if window.is_trial and not standing.is_staff_address:
        # A library in its trial writes to its own colleagues only.
        return Settle(Message.State.SKIPPED, Reason.TRIAL)
    if at > standing.not_after:
        return Settle(Message.State.EXPIRED, Reason.TOO_LATE)
    if standing.is_mailing_paused:
        return Postpone(at)
    carried = _carried(standing)
    if isinstance(carried, Settle):
        return carried
    if standing.message_class != MessageClass.SERVICE and _is_paused(standing, at=at):
        return _after_pause(standing, at=at)
    opens = next_open(at, window)
    if opens > at:
        return Postpone(opens)
    return carried


def postponed(standing: Standing, until: datetime, window: SendingSettings, *, reason: str) -> Verdict:
    """Later, or not at all when it would then be too late."""
    until = next_open(until, window)
    return Postpone(until) if until <= standing.not_after else Settle(Message.State.SKIPPED, reason)


def _stop(standing: Standing, window: SendingSettings) -> Settle | None:
    is_marketing = standing.message_class != MessageClass.SERVICE
    if standing.is_mailing_stopped:
        return Settle(Message.State.CANCELLED, Reason.STOPPED)
    if not standing.is_network_on or not window.is_on:
        return Settle(Message.State.CANCELLED, Reason.STOPPED)
    if is_marketing and not standing.is_network_marketing_on:
        return Settle(Message.State.CANCELLED, Reason.STOPPED)
    return None


def _person(standing: Standing, *, at: datetime) -> Settle | None:
    if standing.recipient_id is None:
        return Settle(Message.State.CANCELLED, Reason.ERASED)
    if standing.is_deceased or standing.is_institution or standing.is_suppressed:
        return Settle(Message.State.SKIPPED, Reason.SUPPRESSED)
    if not standing.email_norm:
        return Settle(Message.State.SKIPPED, Reason.NO_ADDRESS)
    born = standing.date_of_birth
    if born and born > years_before(timezone.localdate(at, BRUSSELS), AGE_OF_OWN_MAIL):
        return Settle(Message.State.SKIPPED, Reason.UNDER_AGE)
    return None


def _carried(standing: Standing) -> Pass | Settle:
    """On what the message may leave."""
    if not set(standing.data_uses) <= set(standing.granted):
        return Settle(Message.State.SKIPPED, Reason.NO_DATA_USE)
    gap = (
        None if standing.message_class == MessageClass.SERVICE else _GAPS[MailPreference.Pace(standing.pace)]
    )
    if standing.legal_basis == LegalBasis.CONTRACT:
        return Pass(gap=gap)
    topic = next((topic for topic in standing.topics if topic in standing.consents), "")
    if topic:
        return Pass(topic=topic, consent_id=standing.consents[topic], gap=gap)
    if standing.objections:
        return Settle(Message.State.SKIPPED, Reason.CONSENT_WITHDRAWN)
    if standing.legal_basis == LegalBasis.LIBRARY_POLICY:
        return Pass(gap=gap)
    return Settle(Message.State.SKIPPED, Reason.NO_CONSENT)


def _is_paused(standing: Standing, *, at: datetime) -> bool:
    return standing.paused_until is not None and standing.paused_until >= timezone.localdate(at, BRUSSELS)


def _after_pause(standing: Standing, *, at: datetime) -> Verdict:
    assert standing.paused_until is not None  # noqa: S101  # asked by the caller
    over = datetime.combine(standing.paused_until + timedelta(days=1), time(8), tzinfo=BRUSSELS)
    return Postpone(over) if over <= standing.not_after else Settle(Message.State.SKIPPED, Reason.PAUSED)
