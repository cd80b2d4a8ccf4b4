"""A database that was put back, copied or long asleep sends nothing until somebody says it may."""

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from bibmail.tenancy import acting_for_network, clock
from campaigns import tasks
from campaigns.delivery import fence
from campaigns.models import Message, SendingFence
from tests import factories
from tests.campaigns.delivery import stage
from tests.campaigns.delivery.stage import Post
from tests.sandbox import esp_stage

pytestmark = pytest.mark.django_db

ACCEPTED = (Message.State.ACCEPTED, "")
QUEUED = (Message.State.QUEUED, "")


@pytest.fixture
def post(tmp_path: Path, settings: LazySettings) -> Iterator[Post]:
    with (
        esp_stage.application() as application,
        esp_stage.sandbox(stage.folder_of(tmp_path), application) as sandbox,
        stage.pointed_at(sandbox, settings),
    ):
        yield Post(factories.a_library(slug="zottegem"), sandbox)


def row() -> SendingFence:
    with acting_for_network():
        return SendingFence.objects.get()


def change(**fields: object) -> None:
    with acting_for_network():
        SendingFence.objects.update(**fields)


def acknowledge(reason: str = "Teruggezet na een schijfbreuk, alles nagekeken") -> None:
    with acting_for_network():
        fence.acknowledge(reason=reason, by=None)


def test_a_new_database_sends_and_learns_who_it_is(post: Post) -> None:
    post.queue(post.person())

    tasks.sweep()
    post.send()

    assert post.states() == [ACCEPTED]
    identifier, timeline = row().database.split(":")
    assert identifier.isdecimal()
    assert timeline.isdecimal()


@pytest.mark.parametrize(
    ("sign", "why"),
    [
        ({"database": "7000000000000000000:1"}, "database"),
        ({"installation": "of another machine"}, "installation"),
        ({"beat_at": "long ago"}, "silence"),
        ({}, "mark"),
    ],
)
def test_each_sign_of_another_life_keeps_all_mail_in_the_queue(
    post: Post, settings: LazySettings, tmp_path: Path, sign: dict[str, object], why: str
) -> None:
    settings.SENDING_SILENCE_MINUTES = 15
    settings.SENDING_MARK_FILE = str(tmp_path / "mark")
    fence.beat()
    if "beat_at" in sign:
        sign = {"beat_at": clock.database_now() - timedelta(minutes=16)}
    if sign:
        change(**sign)
    else:
        (tmp_path / "mark").write_text("1000000000")
    post.queue(post.person())

    # A worker may be rung before the first sweep.
    before = (fence.keeps_shut(), post.send())
    tasks.sweep()
    after = (row().locked_why, post.send(), post.states())
    acknowledge()
    post.send()

    assert before == (why, 0)
    assert after == (why, 0, [QUEUED])
    assert post.states() == [ACCEPTED]
    assert fence.beat() == ""


def test_what_was_locked_stays_so_until_somebody_says_why(post: Post) -> None:
    fence.beat()
    change(locked_at=clock.database_now(), locked_why="database")

    with pytest.raises(fence.NoReason):
        acknowledge("  ")
    with pytest.raises(CommandError):
        call_command("unlock_sending", reason=" ")
    assert fence.beat() == "database"

    said = StringIO()
    call_command("unlock_sending", reason="Verhuisd", stdout=said)

    assert (fence.keeps_shut(), row().reason) == ("", "Verhuisd")
    assert "sends from now on" in said.getvalue()


def test_the_mark_outside_only_goes_up(post: Post, settings: LazySettings, tmp_path: Path) -> None:
    settings.SENDING_MARK_FILE = str(tmp_path / "mark")
    post.queue(post.person())
    post.send()
    fence.beat()
    first = int((tmp_path / "mark").read_text())
    post.queue(post.person())
    post.send()
    fence.beat()

    assert 0 < first < int((tmp_path / "mark").read_text())


def test_a_confirmation_waits_too(post: Post) -> None:
    from campaigns import confirmations
    from tests.factories import NOON

    fence.beat()
    change(locked_at=clock.database_now(), locked_why="database")

    assert confirmations.send_waiting(library_id=post.library.pk, at=NOON) == 0
