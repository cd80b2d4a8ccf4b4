"""The ESP is asked about what it never answered, and only its yes counts."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import LazySettings

from bibmail.tenancy import acting_for, clock
from campaigns import tasks
from campaigns.delivery import esp, looking_up
from campaigns.models import Message, SendingAccount, Submission
from tests import factories
from tests.campaigns.delivery import stage, test_mailgun
from tests.campaigns.delivery.stage import Post
from tests.factories import NOON
from tests.sandbox import esp_stage

pytestmark = pytest.mark.django_db

ACCEPTED, UNKNOWN = (Message.State.ACCEPTED, ""), (Message.State.UNKNOWN, "")


@pytest.fixture(params=["brevo", "mailgun"])
def post(request: Any, tmp_path: Path, settings: LazySettings) -> Iterator[Post]:
    """Zottegem, by the network's Brevo or by its own Mailgun."""
    with (
        esp_stage.application() as application,
        esp_stage.sandbox(stage.folder_of(tmp_path), application) as sandbox,
        stage.pointed_at(sandbox, settings),
    ):
        post = Post(factories.a_library(slug="zottegem"), sandbox)
        if request.param == "mailgun":
            test_mailgun.an_account(post, post.library)
        yield post


def let_pass(post: Post, span: timedelta) -> None:
    """As if the call had been made so long ago."""
    with acting_for(post.library.pk):
        now = clock.database_now()
        for submission in Submission.objects.all():
            moved = now - span - submission.opened_at
            submission.opened_at += moved
            if submission.next_look_up_at:
                submission.next_look_up_at += moved
            submission.save()


def look_up(post: Post) -> int:
    return looking_up.look_up(library_id=post.library.pk, at=NOON)


def submissions(post: Post) -> list[tuple[str, int]]:
    with acting_for(post.library.pk):
        return list(Submission.objects.values_list("state", "looked_up_count"))


@contextmanager
def counted_calls() -> Iterator[list[Any]]:
    """Every question to the ESP, which is really asked."""
    asked: list[Any] = []
    real = esp.look_up

    def look_up(mail: Any, *rest: Any, **named: Any) -> str | None:
        asked.append(mail)
        return real(mail, *rest, **named)

    with patch.object(esp, "look_up", look_up):
        yield asked


@pytest.mark.parametrize("mode", ["accept_500", "accept_garbage"])
def test_what_the_esp_shows_was_accepted_and_its_submission_closed(post: Post, mode: str) -> None:
    post.queue(post.person(), post.person())
    post.sandbox.put("mode", {"mode": mode})
    post.send()
    post.sandbox.put("mode", {"mode": "ok"})
    doubted = post.states()
    let_pass(post, timedelta(minutes=16))

    found = look_up(post)

    assert (doubted, found) == ([UNKNOWN] * 2, 2)
    assert post.states() == [ACCEPTED] * 2
    assert submissions(post) == [("accepted", 1)] * 2
    with acting_for(post.library.pk):
        ids = set(Message.objects.values_list("esp_message_id", flat=True))
    assert ids == {mail.message_id for mail in post.sandbox.book.mails()}
    assert len(post.received) == 2


def test_before_a_quarter_of_an_hour_nobody_asks(post: Post) -> None:
    post.queue(post.person())
    post.sandbox.put("mode", {"mode": "accept_500"})
    post.send()
    let_pass(post, timedelta(minutes=14))

    assert (look_up(post), post.states(), submissions(post)) == (0, [UNKNOWN], [("unknown", 0)])


def test_what_the_esp_never_shows_stays_unknown_and_is_asked_for_three_times(post: Post) -> None:
    post.queue(post.person())
    post.sandbox.put("mode", {"mode": "down"})
    post.send()
    post.sandbox.put("mode", {"mode": "ok"})

    with counted_calls() as asked:
        for minutes in (16, 17, 121, 122, 24 * 60 + 1, 48 * 60):
            let_pass(post, timedelta(minutes=minutes))
            look_up(post)

    assert len(asked) == 3
    assert post.states() == [UNKNOWN]
    assert submissions(post) == [("unknown", 3)]
    assert post.received == []


def test_who_found_no_time_for_the_first_does_not_ask_twice_at_once(post: Post) -> None:
    post.queue(post.person())
    post.sandbox.put("mode", {"mode": "down"})
    post.send()
    let_pass(post, timedelta(hours=3))

    with counted_calls() as asked:
        look_up(post)
        look_up(post)

    assert len(asked) == 1


def test_a_sweep_asks_a_bounded_number(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking_up, "MOST_CALLS", 2)
    post.queue(*(post.person() for _ in range(4)))
    post.sandbox.put("mode", {"mode": "accept_500"})
    for _ in range(4):
        stage.let_lines_recover()
        post.send()
    let_pass(post, timedelta(minutes=16))

    with counted_calls() as asked:
        first = look_up(post)
        between = len(asked)
        second = look_up(post)

    assert (first, between, second) == (2, 2, 2)
    assert post.states() == [ACCEPTED] * 4


def test_another_mail_with_the_same_subject_is_not_taken_for_it(post: Post) -> None:
    noor = post.person()
    post.queue(noor, mailing=post.service())
    post.send()
    post.queue(noor, mailing=post.service())
    post.sandbox.put("mode", {"mode": "down"})
    post.send()
    let_pass(post, timedelta(minutes=16))

    assert look_up(post) == 0
    assert sorted(post.states()) == [ACCEPTED, UNKNOWN]


def test_the_sweep_rings_where_something_is_due(post: Post, django_capture_on_commit_callbacks: Any) -> None:
    post.queue(post.person())
    post.sandbox.put("mode", {"mode": "accept_500"})
    post.send()
    let_pass(post, timedelta(minutes=16))

    with patch.object(tasks.look_up, "delay") as rung:
        tasks.sweep()

    rung.assert_called_once_with(library_id=post.library.pk)


def test_without_the_keys_of_its_account_nobody_asks(post: Post) -> None:
    post.queue(post.person())
    post.sandbox.put("mode", {"mode": "accept_500"})
    post.send()
    let_pass(post, timedelta(minutes=16))
    with acting_for(post.library.pk):
        SendingAccount.objects.update(secrets={"secret": "s1.broken"})
        own = SendingAccount.objects.exists()

    assert look_up(post) == (0 if own else 1)
