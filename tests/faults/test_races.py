"""Many hands at once, each with a connection of its own: clicks, workers, and libraries with the same reader."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

import pytest
from django.db import connection, transaction

from bibmail.tenancy import acting_for
from campaigns import newsletters
from campaigns.delivery import gate
from campaigns.models import Campaign, Message, SendingSettings
from tests import factories
from tests.factories import NOON

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

CLICKS, ROUNDS = 20, 1000
Answer = TypeVar("Answer")


def at_once(hands: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """What each hand got, when all began together."""
    together = threading.Barrier(len(hands))

    def one(hand: Callable[[], Answer]) -> Answer:
        try:
            together.wait(30)
            return hand()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(hands)) as pool:
        return list(pool.map(one, hands))


def test_twenty_clicks_on_send_queue_each_mail_once() -> None:
    library = factories.a_library(slug="zottegem")
    with acting_for(library.pk):
        SendingSettings.objects.create(is_trial=False)
        for _reader in range(10):
            factories.a_reader()
        campaign, editor = factories.a_campaign(), factories.a_role(library).user

    def click() -> str:
        try:
            with acting_for(library.pk):
                newsletters.launch(campaign_id=campaign.pk, approved=10, by=editor, at=NOON)
        except newsletters.NotADraft:
            return "refused"
        return "sent"

    said = at_once([click] * CLICKS)

    assert sorted(said) == ["refused"] * (CLICKS - 1) + ["sent"]
    with acting_for(library.pk):
        assert Message.objects.count() == 10
        assert Campaign.objects.get().state == "sending"


def test_two_workers_of_two_libraries_never_both_get_a_place_for_one_address() -> None:
    libraries = [factories.a_library(slug=slug).pk for slug in ("zottegem", "aalst")]
    hashes = [factories.a_hash(f"lezer{number}@example.be") for number in range(ROUNDS)]
    each_round = threading.Barrier(4)

    def worker(library_id: int, behind: timedelta) -> list[bool]:
        got = []
        for address in hashes:
            each_round.wait(30)
            with acting_for(library_id), transaction.atomic(), connection.cursor() as cursor:
                values: dict[str, Any] = {
                    "hashes": [address],
                    "gaps": [timedelta(days=3)],
                    "at": NOON + behind,
                }
                cursor.execute(gate._RESERVE, values)
                got.append(cursor.fetchone()[1] is None)
        return got

    hands = [
        partial(worker, library_id, timedelta(milliseconds=number))
        for library_id in libraries
        for number in range(2)
    ]
    rounds = zip(*at_once(hands), strict=True)

    assert [sum(places) for places in rounds] == [1] * ROUNDS
