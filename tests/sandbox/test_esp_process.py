"""The sandbox as a process of its own, with the application's clock."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from signal import SIGKILL, SIGTERM

import pytest
import requests
from django.conf import LazySettings, settings
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.utils import timezone

from bibmail.sandbox.esp.book import Book
from bibmail.sandbox.esp.domain_clock import DomainClock
from bibmail.tenancy import database
from bibmail.tenancy.models.deployment import Deployment
from tests.sandbox.esp_stage import Application, a_batch


@pytest.fixture
def moved(transactional_db: None) -> Iterator[timedelta]:
    """The demo's clock, forty days ahead."""
    ahead = timedelta(days=40)
    Deployment.objects.update(clock_offset=ahead)
    yield ahead
    Deployment.objects.update(clock_offset=timedelta())


@pytest.mark.slow
def test_a_killed_sandbox_keeps_what_it_took_and_goes_on(
    tmp_path: Path, application: Application, moved: timedelta
) -> None:
    application.answers = lambda asked: (503, {}, "")
    with _process(tmp_path, application) as (first, url):
        taken = _send(url)
        first.send_signal(SIGKILL)
        first.wait(10)

    application.answers = lambda asked: (200, {}, "")
    with _process(tmp_path, application) as (second, url):
        _until_nothing_pends(url)
        second.send_signal(SIGTERM)
        assert second.wait(10) == 0

    book = Book(tmp_path / "esp")
    assert [mail.message_id for mail in book.mails()] == taken
    assert len({one.mail_id for one in book.happenings()}) == len(taken)
    for mail in book.mails():
        assert timedelta(days=39) < mail.domain_at - mail.received_at < timedelta(days=41)


def test_many_threads_share_one_question_to_the_database(moved: timedelta) -> None:
    domain_clock = DomainClock()
    domain_clock.start()

    first, second = domain_clock.now(), domain_clock.now()
    Deployment.objects.update(clock_offset=moved * 2)
    third = domain_clock.fresh()

    domain_clock.stop()
    assert abs(first - timezone.now() - moved) < timedelta(seconds=2)
    assert second - first < timedelta(seconds=1)
    assert abs(third - timezone.now() - moved * 2) < timedelta(seconds=2)


def test_a_database_that_is_away_does_not_stop_the_clock(moved: timedelta) -> None:
    known = connections.settings["default"]
    name, known["NAME"] = known["NAME"], "no_such_database"
    domain_clock = DomainClock()
    domain_clock.start()
    try:
        away = domain_clock.fresh()
    finally:
        known["NAME"] = name
    back = domain_clock.fresh()
    domain_clock.stop()

    assert abs(away - timezone.now()) < timedelta(seconds=5)
    assert abs(back - timezone.now() - moved) < timedelta(seconds=5)


def test_production_has_no_sandbox(settings: LazySettings) -> None:
    settings.IN_PRODUCTION = True

    with pytest.raises(CommandError, match="not for production"):
        call_command("sandbox_esp")


def test_an_application_elsewhere_is_not_called(settings: LazySettings) -> None:
    settings.BASE_URL = "https://bibmail.example.org"

    with pytest.raises(CommandError, match="not on this machine"):
        call_command("sandbox_esp")


def _send(url: str) -> list[str]:
    call = a_batch(*(f"p{number}@example.be" for number in range(60)))
    headers = {"api-key": "sandbox-key"}
    answer = requests.post(f"{url}/v3/smtp/email", json=call, headers=headers, timeout=20)
    found: list[str] = answer.json()["messageIds"]
    return found


def _until_nothing_pends(url: str) -> None:
    deadline = time.monotonic() + 30
    while requests.get(f"{url}/sandbox/pending", timeout=5).json()["pending"]:
        assert time.monotonic() < deadline
        time.sleep(0.02)


@contextmanager
def _process(folder: Path, application: Application) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    name = connection.settings_dict["NAME"]
    login = f"{database.with_database(os.environ['DATABASE_URL'], name)}&options=-c%20role%3Dbibmail_app"
    words = [sys.executable, "manage.py", "sandbox_esp", "--port=0", f"--folder={folder / 'esp'}"]
    environ = os.environ | {"DATABASE_URL": login, "BASE_URL": application.url}
    with subprocess.Popen(
        words, env=environ, cwd=settings.ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout
            url = process.stdout.readline().strip().rpartition(" ")[2].rstrip("/")
            yield process, url
        finally:
            process.kill()
