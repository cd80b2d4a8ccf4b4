"""The door to other systems: patience with passing trouble, and none with strangers."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from django.conf import LazySettings

from bibmail.sandbox.sources.world import agenda_event
from members.connectors.addresses import may_be_called, refuse_url
from members.connectors.trouble import Trouble
from members.models import ConnectorRun
from tests.members.connectors.stage import Stage, later

pytestmark = pytest.mark.django_db

DONE, FAILED = ConnectorRun.State.DONE, ConnectorRun.State.FAILED


def fetched(stage: Stage, **more: Any) -> ConnectorRun:
    stage.world.events = [agenda_event("0f3c")]
    return stage.fetch(stage.uit(), **more)


@pytest.mark.parametrize("mode", ["429", "500", "truncated"])
def test_passing_trouble_is_waited_out_longer_each_time(stage: Stage, mode: str) -> None:
    stage.switch(mode, times=3)

    run = fetched(stage)

    assert (run.state, run.requests_count, len(stage.slept)) == (DONE, 4, 3)
    assert 0.25 <= stage.slept[0] <= 0.75
    assert 1.0 <= stage.slept[2] <= 3.0


def test_a_source_that_asks_for_seconds_gets_them(stage: Stage) -> None:
    stage.switch("429", retry_after="7")

    assert fetched(stage).state == DONE
    assert stage.slept == [7.0]


def test_a_source_that_asks_for_a_moment_gets_it(stage: Stage) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    stage.switch("500", retry_after=format_datetime(now + timedelta(seconds=9), usegmt=True))

    assert fetched(stage, door=stage.door(now=lambda: now)).state == DONE
    assert stage.slept == [9.0]


def test_a_source_that_asks_for_hours_is_left_alone_so_long(stage: Stage) -> None:
    stage.switch("429", retry_after="43200", times=9)
    source = stage.uit()

    run = stage.fetch(source)

    assert (run.error_code, run.requests_count, stage.slept) == ("too_many_requests", 1, [])
    assert stage.now(source).next_due_at == later(hours=12)


def test_trouble_that_stays_ends_the_fetch_and_the_pauses_grow(stage: Stage) -> None:
    stage.switch("500", times=99)
    source = stage.uit()

    pauses = []
    for _ in range(3):
        run = stage.fetch(source)
        pauses.append(stage.now(source).next_due_at - later())
        source = stage.now(source)

    assert (run.error_code, stage.now(source).failures_count) == ("server_error", 3)
    assert pauses == [timedelta(hours=1), timedelta(hours=2), timedelta(hours=4)]


def test_success_after_trouble_forgets_it(stage: Stage) -> None:
    stage.switch("401")
    source = stage.uit()
    stage.fetch(source)

    stage.fetch(source, at=later(hours=6))

    now = stage.now(source)
    assert (now.error_code, now.failures_count, now.last_success_at) == ("", 0, later(hours=6))


@pytest.mark.parametrize(
    ("mode", "code"),
    [("401", "not_let_in"), ("404", "not_found"), ("garbage", "unreadable"), ("redirect", "redirected")],
)
def test_what_no_waiting_mends_is_said_at_once(stage: Stage, mode: str, code: str) -> None:
    stage.switch(mode, times=9)

    run = fetched(stage)

    assert (run.state, run.error_code, run.requests_count) == (FAILED, code, 1)


def test_a_slow_source_is_not_waited_for_forever(stage: Stage) -> None:
    stage.switch("slow", seconds=2.0, times=9)
    began = time.monotonic()

    run = fetched(stage, door=stage.door(timeouts=(1.0, 0.1), attempts=2))

    assert (run.error_code, run.requests_count) == ("timeout", 2)
    assert time.monotonic() - began < 2


def test_an_answer_without_end_is_cut_off(stage: Stage) -> None:
    stage.switch("huge")

    assert fetched(stage, door=stage.door(max_bytes=1_000_000)).error_code == "too_large"


def test_nobody_there_is_said(stage: Stage) -> None:
    run = stage.fetch(stage.uit(url="http://127.0.0.1:9/uit"))

    assert (run.error_code, run.requests_count) == ("no_connection", 4)


def test_the_rate_is_kept(stage: Stage) -> None:
    stage.world.events = [agenda_event(f"e{number:03}") for number in range(250)]

    stage.fetch(stage.uit(), door=stage.door(rate=1 / 600))

    assert [0 < wait <= 600 for wait in stage.slept] == [True, True]


# --- Whom we call -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "elsewhere", "in_production"),
    [
        ("127.0.0.1", True, False), ("::1", True, False), ("::ffff:127.0.0.1", True, False),
        ("10.0.0.8", False, False), ("169.254.169.254", False, False), ("192.168.1.1", False, False),
        ("fd00::1", False, False), ("0.0.0.0", False, False), ("224.0.0.1", False, False),
        ("::ffff:10.0.0.8", False, False), ("100.64.0.1", False, False),
        ("8.8.8.8", False, True), ("2001:4860:4860::8888", False, True),
    ],
)  # fmt: skip
def test_in_production_public_machines_alone_and_elsewhere_this_one(
    settings: LazySettings, address: str, elsewhere: bool, in_production: bool
) -> None:
    assert may_be_called(address) is elsewhere
    settings.IN_PRODUCTION = True
    assert may_be_called(address) is in_production


def test_in_production_this_machine_is_refused_before_a_byte_leaves(
    stage: Stage, settings: LazySettings
) -> None:
    source = stage.uit(url=stage.server.url.replace("http:", "https:"))
    settings.IN_PRODUCTION = True

    run = stage.fetch(source)

    assert (run.error_code, stage.asked()) == ("forbidden_address", [])


def _plain(settings: LazySettings) -> str:
    settings.IN_PRODUCTION = True
    return "http://search.example.org/"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        (_plain, "not_encrypted"),
        (lambda _: "file:///etc/passwd", "bad_address"),
        (lambda _: "http://user:password@127.0.0.1/", "bad_address"),
        (lambda _: "gopher://127.0.0.1/", "bad_address"),
    ],
)
def test_addresses_that_cannot_be(
    settings: LazySettings, url: Callable[[LazySettings], str], code: str
) -> None:
    with pytest.raises(Trouble, match=code):
        refuse_url(url(settings))
