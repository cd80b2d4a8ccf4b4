"""Sending workers and ticks are killed with -9 at every point that the code names; the ledger says what is left."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from signal import SIGKILL

import pytest
from django.conf import LazySettings, settings

from bibmail.tenancy import acting_for
from campaigns.models import Message, Submission
from members.models import ActivityKind as Kind
from tests import factories
from tests.campaigns.delivery import stage
from tests.campaigns.delivery.stage import Post
from tests.factories import NOON
from tests.faults import worker as worker_processes
from tests.journeys.play import Play
from tests.sandbox import esp_stage

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

_SEND = """
import sys, django
django.setup()
from datetime import datetime
from campaigns.delivery import sender
at = datetime.fromisoformat(sys.argv[2])
sender.send(library_id=int(sys.argv[1]), now=lambda: at)
"""

_TICK = """
import sys, django
django.setup()
from datetime import datetime
from journeys.engine import tick
tick.tick(library_id=int(sys.argv[1]), at=datetime.fromisoformat(sys.argv[2]))
"""

_POINT = re.compile(r'faults\.point\("([a-z_]+)"\)')


def points_in(*files: str) -> list[str]:
    """Every point that these modules name, so that a new one is tried the day it is added."""
    return [name for file in files for name in _POINT.findall((settings.ROOT / file).read_text("utf-8"))]


@pytest.fixture
def post(tmp_path: Path, settings: LazySettings) -> Iterator[Post]:
    with (
        esp_stage.application() as application,
        esp_stage.sandbox(stage.folder_of(tmp_path), application) as sandbox,
        stage.pointed_at(sandbox, settings),
    ):
        yield Post(factories.a_library(slug="zottegem"), sandbox)


@pytest.mark.parametrize("point", points_in("campaigns/delivery/sender.py"))
@pytest.mark.parametrize("kind", ["journey", "newsletter"])
def test_a_sender_killed_anywhere_loses_nothing_and_sends_nothing_twice(
    post: Post, tmp_path: Path, point: str, kind: str
) -> None:
    people = [post.person() for _ in range(5)]
    post.queue(*people, mailing=post.newsletter() if kind == "newsletter" else post.mailing())

    _killed_at(point, _SEND, post, NOON, tmp_path)
    post.let_leases_end()
    post.reap()
    with acting_for(post.library.pk):
        Submission.objects.update(last_tried_at=NOON - timedelta(days=900))
    post.reap()
    post.send()
    post.hear()

    assert sorted(post.received) == sorted(person.email for person in people)
    assert set(post.states()) == {(Message.State.ACCEPTED, "")}


@pytest.mark.parametrize("point", points_in("journeys/engine/tick.py"))
def test_a_tick_killed_anywhere_is_made_up_by_the_next(post: Post, tmp_path: Path, point: str) -> None:
    play = Play(post.library)
    play.switch_on("welcome")
    readers = [play.person() for _ in range(3)]
    for reader in readers:
        play.did(reader, Kind.MEMBERSHIP_CREATED, 0)

    _killed_at(point, _TICK, post, play.on(1), tmp_path)
    play.tick(1)

    assert play.mails() == [("welcome_hours", 1)] * len(readers)


def _killed_at(point: str, program: str, post: Post, at: datetime, tmp_path: Path) -> None:
    faults = tmp_path / "faults"
    faults.mkdir()
    (faults / point).touch()
    with _worker(program, post, at, faults) as worker:
        deadline = time.monotonic() + 60
        while not list(faults.glob(f"{point}.standing.*")):
            assert worker.poll() is None, "it ended before it came by the point"
            assert time.monotonic() < deadline
            time.sleep(0.01)
        worker.send_signal(SIGKILL)


@contextmanager
def _worker(program: str, post: Post, at: datetime, faults: Path) -> Iterator["subprocess.Popen[bytes]"]:
    environ = worker_processes.environ(
        FAULTS_DIR=str(faults),
        ESP_API_URL=f"{post.sandbox.url}/v3/",
        ESP_API_KEY=esp_stage.KEY,
        ESP_READ_SECONDS="2",
    )
    words = [sys.executable, "-c", program, str(post.library.pk), at.isoformat()]
    worker = subprocess.Popen(words, cwd=settings.ROOT, env=environ)
    try:
        yield worker
    finally:
        if worker.poll() is None:
            os.kill(worker.pid, SIGKILL)
        worker.wait()
