"""A library with an account of its own at Mailgun: its mail, its news, its doubts."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from bibmail.sandbox.esp import mailgun as dialect
from bibmail.sandbox.esp.mailgun import Domain
from bibmail.tenancy import acting_for, sealing
from bibmail.tenancy.models import Library
from campaigns.delivery import accounts, esp
from campaigns.models import InboxEvent, Message, MessageEvent, SendingAccount, Submission
from campaigns.tracking import inbox
from tests import factories
from tests.campaigns.delivery import stage
from tests.campaigns.delivery.stage import Post
from tests.factories import NOON
from tests.sandbox import esp_stage

pytestmark = pytest.mark.django_db

ACCEPTED = (Message.State.ACCEPTED, "")
DOMAIN = "mail.zottegem.example.be"


@pytest.fixture
def post(tmp_path: Path, settings: LazySettings) -> Iterator[Post]:
    with (
        esp_stage.application() as application,
        esp_stage.sandbox(stage.folder_of(tmp_path), application) as sandbox,
        stage.pointed_at(sandbox, settings),
    ):
        yield Post(factories.a_library(slug="zottegem"), sandbox)


@pytest.fixture
def account(post: Post) -> SendingAccount:
    return an_account(post, post.library)


def an_account(post: Post, library: Library) -> SendingAccount:
    keys = {"secret": "key-of-zottegem", "webhook": "signing-key"}
    with acting_for(library.pk):
        made = SendingAccount.objects.create(
            kind="mailgun",
            options={"url": f"{post.sandbox.url}/mailgun/v3", "domain": DOMAIN},
            secrets=sealing.seal_all(keys, library_id=library.pk),
            created_at=NOON,
        )
    door = f"{post.sandbox.provider.application.base_url}{inbox_of(made)}"
    post.sandbox.put(
        "domains", {"domain": DOMAIN, "api_key": keys["secret"], "url": door, "signing_key": keys["webhook"]}
    )
    return made


def inbox_of(account: SendingAccount) -> str:
    return f"/esp/mailgun/{account.library_id}/{account.public_id}/"


def news(post: Post, what: str, *, key: str = "signing-key", mail: int = -1) -> dict[str, Any]:
    """What the sandbox posts of a mail it has."""
    found = list(post.sandbox.book.mails())[mail]
    told = dialect.payload(found, what, NOON, Domain("", "", key))
    assert told
    return told


def tell(account: SendingAccount, body: Any) -> int:
    answer = Client().post(inbox_of(account), json.dumps(body), content_type="application/json")
    while inbox.process(at=NOON):
        pass
    return answer.status_code


def test_its_mail_leaves_one_by_one_by_its_own_account(post: Post, account: SendingAccount) -> None:
    people = [post.person() for _ in range(3)]
    post.queue(*people, mailing=post.newsletter())

    calls = post.send()

    assert (calls, post.states()) == (3, [ACCEPTED] * 3)
    assert sorted(post.received) == sorted(person.email for person in people)
    with acting_for(post.library.pk):
        assert set(Submission.objects.values_list("account", flat=True)) == {account.code}
    sent = post.sandbox.book.mail(1)
    assert sent
    assert sent[1].headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert DOMAIN in sent[0].message_id


def test_another_library_goes_on_by_the_account_of_the_network(
    post: Post, account: SendingAccount, aalst: Library
) -> None:
    with acting_for(aalst.pk):
        assert accounts.in_use() == esp.of_network()
    with acting_for(post.library.pk):
        assert accounts.in_use().secret == "key-of-zottegem"
        assert "key-of-zottegem" not in repr(accounts.in_use())


@pytest.mark.parametrize(
    ("what", "kind", "delivery"),
    [
        ("delivered", "delivered", Message.Delivery.DELIVERED),
        ("hard_bounce", "hard_bounce", Message.Delivery.HARD_BOUNCE),
        ("blocked", "blocked", Message.Delivery.HARD_BOUNCE),
        ("spam", "complained", Message.Delivery.COMPLAINED),
    ],
)
def test_signed_news_is_heard_once(
    post: Post, account: SendingAccount, what: str, kind: str, delivery: int
) -> None:
    post.queue(post.person())
    post.send()
    told = news(post, what)

    answers = [tell(account, told) for _ in range(3)]

    assert answers == [200, 200, 200]
    with acting_for(post.library.pk):
        assert Message.objects.get().delivery == delivery
        event = MessageEvent.objects.get()
        assert event.kind == kind
        assert "@" not in event.detail


def test_a_delay_is_no_bounce(post: Post, account: SendingAccount) -> None:
    post.queue(post.person())
    post.send()

    assert tell(account, news(post, "soft_bounce")) == 200
    with acting_for(post.library.pk):
        assert not MessageEvent.objects.exists()


def test_what_is_not_signed_is_not_heard(post: Post, account: SendingAccount) -> None:
    post.queue(post.person())
    post.send()
    good = news(post, "delivered")
    bad = [
        news(post, "delivered", key="another"),
        good | {"signature": {}},
        good | {"signature": good["signature"] | {"token": "x"}},
        good["event-data"],
        [],
        "x",
    ]

    assert {tell(account, body) for body in bad} == {401}
    assert (
        Client()
        .post(f"/esp/mailgun/{2**70}/{account.public_id}/", "{}", content_type="application/json")
        .status_code
        == 401
    )
    assert not InboxEvent.objects.exists()


def test_a_key_of_one_account_says_nothing_of_another_library(
    post: Post, account: SendingAccount, aalst: Library
) -> None:
    post.queue(post.person())
    post.send()
    forged = news(post, "hard_bounce")
    forged["event-data"]["user-variables"]["l"] = str(aalst.pk)

    assert tell(account, forged) == 200
    assert InboxEvent.objects.get().fault == "forged"
    with acting_for(post.library.pk):
        assert not MessageEvent.objects.exists()


@pytest.mark.parametrize("mode", ["accept_500", "accept_reset", "accept_garbage"])
def test_an_answer_that_got_lost_is_never_sent_again(post: Post, account: SendingAccount, mode: str) -> None:
    post.queue(post.person())
    post.sandbox.put("mode", {"mode": mode})
    post.send()
    doubted = post.states()
    post.sandbox.put("mode", {"mode": "ok"})
    for _ in range(3):
        post.let_leases_end()
        post.reap()
        post.send()

    assert doubted == [(Message.State.UNKNOWN, "")]
    assert len(post.received) == 1

    tell(account, news(post, "delivered"))

    assert post.states() == [ACCEPTED]


def test_a_key_that_does_not_open_sends_nothing_and_loses_nothing(
    post: Post, account: SendingAccount
) -> None:
    post.queue(post.person())
    with acting_for(post.library.pk):
        SendingAccount.objects.update(secrets={"secret": "s1.broken"})

    assert post.send() == 0
    assert post.states() == [(Message.State.QUEUED, "")]
