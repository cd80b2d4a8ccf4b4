"""expected = accepted + skipped + failed + cancelled + expired + unknown + waiting, and what does not close shows."""

import pytest

from bibmail.tenancy.models import Library
from campaigns import balance
from campaigns.models import Mailing, Message, TrackedLink
from tests import factories

State, Reason = Message.State, Message.Reason

WAITING = (State.QUEUED, State.CLAIMED, State.SUBMITTING)


@pytest.fixture
def mailing(library: Library) -> Mailing:
    return factories.a_mailing(journey_code="welcome", step_key="hours")


def _one(mailing: Mailing, state: str, **fields: object) -> None:
    reason = "" if state in {*WAITING, State.ACCEPTED, State.UNKNOWN} else Reason.STOPPED
    factories.a_message(factories.a_contact(), mailing=mailing, state=state, **({"reason": reason} | fields))


def test_each_state_is_counted_once(mailing: Mailing) -> None:
    for state in State.values:
        _one(mailing, state)

    found = balance.of(balance.of_journey("welcome"))

    assert (found.waiting, found.accepted, found.skipped, found.unknown) == (3, 1, 1, 1)
    assert found.expected == found.accounted == len(State.values)


def test_what_is_missing_is_not_hidden(mailing: Mailing) -> None:
    _one(mailing, State.ACCEPTED)

    found = balance.of(balance.of_journey("welcome"), expected=3)

    assert (found.closes, found.missing) == (False, 2)


def test_what_was_accepted_came_or_came_back_or_says_nothing(mailing: Mailing) -> None:
    for delivery in Message.Delivery.values:
        _one(mailing, State.ACCEPTED, delivery=delivery)

    found = balance.of(balance.of_journey("welcome"))

    assert (found.delivered, found.bounced, found.complained, found.no_word) == (1, 2, 1, 1)


def test_clicks_are_those_of_people_and_are_no_messages(mailing: Mailing) -> None:
    TrackedLink.objects.create(
        mailing=mailing, url="https://example.be/", human_clicks_count=4, machine_clicks_count=9
    )

    found = balance.of(balance.of_journey("welcome"))

    assert (found.clicks, found.expected) == (4, 0)


def test_another_journey_is_another_balance(mailing: Mailing) -> None:
    _one(mailing, State.ACCEPTED)

    assert balance.of_journey("missed_you") == []
