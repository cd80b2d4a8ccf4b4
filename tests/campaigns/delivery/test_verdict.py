from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest

from campaigns.delivery import verdict
from campaigns.delivery.verdict import Pass, Postpone, Settle, Standing
from campaigns.models import LegalBasis, Message, SendingSettings
from consent.models import MessageClass

AT = datetime(2026, 12, 1, 9, tzinfo=UTC)
LIVE = SendingSettings(library_id=1, is_trial=False)
Reason, State = Message.Reason, Message.State


def a_standing(**fields: Any) -> Standing:
    values: dict[str, Any] = {
        "id": 1,
        "message_class": MessageClass.MARKETING,
        "legal_basis": LegalBasis.CONSENT,
        "topics": ["digital", "events"],
        "data_uses": [],
        "queued_at": AT,
        "not_after": AT + timedelta(days=10),
        "recipient_id": 7,
        "recipient_hash": UUID(int=7),
        "email_norm": "noor@example.be",
        "date_of_birth": date(1989, 3, 12),
        "is_deceased": False,
        "is_institution": False,
        "is_suppressed": False,
        "consents": {"events": 3},
        "granted": [],
        "objections": [],
        "pace": "",
        "paused_until": None,
        "is_mailing_stopped": False,
        "is_mailing_paused": False,
        "is_network_on": True,
        "is_network_marketing_on": True,
        "is_staff_address": False,
    }
    return Standing(**(values | fields))


def said(window: SendingSettings = LIVE, at: datetime = AT, **fields: Any) -> verdict.Verdict:
    return verdict.of(a_standing(**fields), window, at=at)


def test_a_consent_carries_it_and_is_remembered() -> None:
    assert said() == Pass(topic="events", consent_id=3, gap=timedelta(days=3))


@pytest.mark.parametrize(
    ("fields", "state", "reason"),
    [
        ({"consents": {}}, State.SKIPPED, Reason.NO_CONSENT),
        ({"consents": {}, "objections": ["events"]}, State.SKIPPED, Reason.CONSENT_WITHDRAWN),
        ({"data_uses": ["use_ebook_activity"]}, State.SKIPPED, Reason.NO_DATA_USE),
        ({"is_suppressed": True}, State.SKIPPED, Reason.SUPPRESSED),
        ({"is_deceased": True}, State.SKIPPED, Reason.SUPPRESSED),
        ({"is_institution": True}, State.SKIPPED, Reason.SUPPRESSED),
        ({"email_norm": ""}, State.SKIPPED, Reason.NO_ADDRESS),
        ({"recipient_id": None}, State.CANCELLED, Reason.ERASED),
        ({"date_of_birth": date(2013, 12, 2)}, State.SKIPPED, Reason.UNDER_AGE),
        ({"is_mailing_stopped": True}, State.CANCELLED, Reason.STOPPED),
        ({"is_network_on": False}, State.CANCELLED, Reason.STOPPED),
        ({"is_network_marketing_on": False}, State.CANCELLED, Reason.STOPPED),
        ({"not_after": AT - timedelta(seconds=1)}, State.EXPIRED, Reason.TOO_LATE),
        ({"paused_until": date(2026, 12, 24)}, State.SKIPPED, Reason.PAUSED),
    ],
)
def test_what_keeps_a_mail_says_why(fields: dict[str, Any], state: str, reason: str) -> None:
    assert said(**fields) == Settle(state, reason)


def test_on_the_thirteenth_birthday_a_person_gets_their_own_mail() -> None:
    assert isinstance(said(date_of_birth=date(2013, 12, 1)), Pass)


def test_a_service_mail_needs_no_consent_and_no_room_under_the_cap() -> None:
    found = said(message_class=MessageClass.SERVICE, legal_basis=LegalBasis.CONTRACT, consents={})

    assert found == Pass()


def test_a_pause_does_not_hold_a_service_mail() -> None:
    found = said(
        message_class=MessageClass.SERVICE, legal_basis=LegalBasis.CONTRACT, paused_until=date(2026, 12, 24)
    )

    assert isinstance(found, Pass)


def test_stopping_marketing_lets_service_through() -> None:
    found = said(
        message_class=MessageClass.SERVICE, legal_basis=LegalBasis.CONTRACT, is_network_marketing_on=False
    )

    assert isinstance(found, Pass)


def test_a_library_policy_carries_the_welcome_until_somebody_objects() -> None:
    policy: dict[str, Any] = {"legal_basis": LegalBasis.LIBRARY_POLICY, "consents": {}}

    assert said(**policy) == Pass(gap=timedelta(days=3))
    assert said(**policy, objections=["events"]) == Settle(State.SKIPPED, Reason.CONSENT_WITHDRAWN)


def test_a_short_pause_is_waited_for() -> None:
    found = said(paused_until=date(2026, 12, 3))

    assert isinstance(found, Postpone)
    assert found.until.date() == date(2026, 12, 4)


@pytest.mark.parametrize(("pace", "days"), [("", 3), ("week", 7), ("month", 30)])
def test_who_wants_less_mail_gets_a_longer_gap(pace: str, days: int) -> None:
    found = said(pace=pace)

    assert isinstance(found, Pass)
    assert found.gap == timedelta(days=days)


def test_outside_the_window_it_waits() -> None:
    found = said(at=datetime(2026, 12, 1, 20, tzinfo=UTC))

    assert found == Postpone(datetime(2026, 12, 2, 7, tzinfo=UTC))


def test_a_trial_writes_to_colleagues_only() -> None:
    trial = SendingSettings(library_id=1, is_trial=True)

    assert said(trial) == Settle(State.SKIPPED, Reason.TRIAL)
    assert isinstance(said(trial, is_staff_address=True), Pass)


def test_a_library_that_stopped_sends_nothing() -> None:
    assert said(SendingSettings(library_id=1, is_trial=False, is_on=False)) == Settle(
        State.CANCELLED, Reason.STOPPED
    )


def test_room_that_comes_too_late_is_no_room() -> None:
    later = verdict.postponed(a_standing(), AT + timedelta(days=11), LIVE, reason=Reason.FREQUENCY_CAP)

    assert later == Settle(State.SKIPPED, Reason.FREQUENCY_CAP)
    assert time(8) == LIVE.opens
