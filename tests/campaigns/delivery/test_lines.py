"""Whether and how fast mail may go to an account; the workers share what they learn."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings

from bibmail.tenancy import acting_for, acting_for_network, clock
from campaigns.delivery import claim, esp, lines
from campaigns.delivery.esp import Accepted, NotTaken, Unclear
from campaigns.delivery.lines import Grant
from campaigns.models import Message, SendingLine
from tests import factories
from tests.campaigns.delivery import stage
from tests.campaigns.delivery.stage import Post
from tests.factories import NOON
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


def line(**fields: object) -> SendingLine:
    with acting_for_network():
        return SendingLine.objects.update_or_create(code=esp.NETWORK, defaults=fields)[0]


def ask(most: int = 100) -> Grant:
    return lines.ask(esp.NETWORK, most, at=NOON)


def learn(*answers: esp.Answer) -> None:
    for answer in answers:
        if lines.is_news(esp.NETWORK, answer):
            lines.note(esp.NETWORK, answer)


def later(**span: float) -> None:
    """As if so long had passed on the database's clock."""
    found = line()
    moved = {
        name: getattr(found, name) - timedelta(**span)
        for name in ("opened_at", "next_probe_at", "quiet_until", "tokens_at")
        if getattr(found, name)
    }
    line(**moved)


def test_a_line_that_nobody_knows_lets_all_go() -> None:
    assert ask() == Grant(100)
    assert not SendingLine.objects.exists()


def test_a_stopped_line_lets_nothing_go() -> None:
    line(is_stopped=True)

    assert ask() == Grant(0, "stopped")


def test_a_refused_key_opens_the_breaker_at_once_and_one_call_tries_now_and_again() -> None:
    learn(NotTaken("401", is_locked_out=True))
    closed = ask()
    later(seconds=31)
    probe, next_one = ask(), ask()
    learn(Accepted(["id"]))

    assert (closed, probe, next_one) == (Grant(0, "open"), Grant(1, "open"), Grant(0, "open"))
    assert ask() == Grant(100)


def test_five_troubles_in_a_row_open_the_breaker_and_four_do_not() -> None:
    learn(*[Unclear("status 500")] * 4, Accepted(["id"]), *[Unclear("status 500")] * 4)
    assert ask() == Grant(100)

    learn(NotTaken("no connection", is_trouble=True))

    assert ask() == Grant(0, "open")
    assert line().opened_why == "no connection"


def test_slower_please_is_no_trouble_and_is_heard() -> None:
    learn(*[NotTaken("429", wait_seconds=60)] * 9)
    quiet = ask()
    later(seconds=61)

    assert (quiet, ask(), line().is_open()) == (Grant(0, "quiet"), Grant(100), False)


def test_a_pace_is_kept_over_time_and_what_did_not_go_is_given_back() -> None:
    line(per_minute=60)
    first, second = ask(), ask()
    lines.give_back(esp.NETWORK, 4)
    third = ask()
    later(seconds=3)
    fourth = ask()

    assert [g.mails for g in (first, second, third, fourth)] == [10, 0, 4, 3]
    assert first.why == "pace"


def test_a_new_account_grows_day_by_day() -> None:
    start = date(2026, 11, 2)

    assert [lines.most_on(start + timedelta(days=n), start) for n in (0, 1, 2, 13)] == [
        500,
        750,
        1125,
        97309,
    ]
    assert lines.most_on(start + timedelta(days=14), start) is None


def test_the_first_day_of_an_account_ends_at_its_most() -> None:
    line(warm_up_from=NOON.date(), day=NOON.date(), day_count=470)

    assert (ask(), ask()) == (Grant(30, "warm_up"), Grant(0, "warm_up"))


def test_what_is_asked_goes_by_the_clock_of_the_database() -> None:
    line(quiet_until=clock.database_now() + timedelta(seconds=60))

    assert lines.ask(esp.NETWORK, 1, at=NOON + timedelta(days=400)) == Grant(0, "quiet")


# --- With a real sandbox ---------------------------------------------------------------------------


def test_a_pace_holds_back_the_rest_of_a_newsletter(post: Post) -> None:
    line(per_minute=30)
    post.queue(*[post.person() for _ in range(40)], mailing=post.newsletter())

    post.send()

    # Five at once; making the first one may take so long that a few more become due.
    assert 5 <= post.states().count(ACCEPTED) < 40
    assert set(post.states()) == {ACCEPTED, QUEUED}


def test_a_worker_takes_no_more_than_it_may(post: Post) -> None:
    post.queue(*[post.person() for _ in range(40)], mailing=post.newsletter())

    with acting_for(post.library.pk):
        taken = claim.take(5, at=NOON)

    assert len(taken.messages) == 5
    assert post.states().count(QUEUED) == 35


def test_a_key_that_is_refused_keeps_all_queued_and_nothing_fails(post: Post) -> None:
    post.queue(*[post.person() for _ in range(3)])
    post.sandbox.put("mode", {"mode": "401"})
    calls = [post.send() for _ in range(3)]

    assert (calls, post.states()) == ([1, 0, 0], [QUEUED] * 3)

    post.sandbox.put("mode", {"mode": "ok"})
    later(seconds=31)
    post.let_leases_end()
    post.send()
    post.send()

    assert post.states() == [ACCEPTED] * 3


def test_a_stop_holds_within_one_batch(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    post.queue(*[post.person() for _ in range(5)])
    deliver = esp.deliver

    def stopping(*given: object, **more: object) -> esp.Answer:
        answer = deliver(*given, **more)  # type: ignore[arg-type]  # passed on as they came
        line(is_stopped=True)
        return answer

    monkeypatch.setattr(esp, "deliver", stopping)

    post.send()

    assert sorted(post.states()) == sorted([ACCEPTED] + [QUEUED] * 4)


def test_one_address_that_the_esp_dislikes_keeps_nobody_else_from_a_newsletter(post: Post) -> None:
    people = [post.person() for _ in range(40)]
    post.queue(*people, mailing=post.newsletter())
    post.sandbox.put("mode", {"mode": "400_some", "share": 0.1})

    post.send()

    states = post.states()
    assert set(states) == {ACCEPTED, (Message.State.FAILED, Message.Reason.REFUSED)}
    assert len(post.received) == len(set(post.received)) == states.count(ACCEPTED)
    assert 0 < states.count((Message.State.FAILED, Message.Reason.REFUSED)) < 15
