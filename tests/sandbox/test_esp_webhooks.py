"""What became of a mail is written down and told, in the application's time."""

import base64
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from bibmail.sandbox.esp.outcomes import bounces, plan
from bibmail.sandbox.esp.rates import Habits, Rates
from tests.sandbox import esp_stage
from tests.sandbox.esp_stage import NOON, Application, Asked, Sandbox, a_batch, a_mail


def test_a_delivered_mail_is_told_in_brevos_words(sandbox: Sandbox, application: Application) -> None:
    custom = '{"m": "1", "l": 7, "s": "x"}'
    message_id = sandbox.send(a_mail(tags=["welcome"], headers={"X-Mailin-custom": custom})).json()[
        "messageId"
    ]
    sandbox.settle()

    assert application.webhooks == [
        {
            "event": "delivered",
            "email": "noor@example.be",
            "id": 8025,
            "date": "2026-12-01 12:00:00",
            "ts": int(NOON.timestamp()),
            "message-id": message_id,
            "ts_event": int(NOON.timestamp()),
            "subject": "Welkom",
            "sending_ip": "192.0.2.25",
            "ts_epoch": int(NOON.timestamp() * 1000),
            "contact_id": 0,
            "tags": ["welcome"],
            "X-Mailin-custom": custom,
        }
    ]
    login = base64.b64decode(application.asked[0].headers["Authorization"].removeprefix("Basic "))
    assert login == b"brevo:secret"


def test_what_became_of_it_stands_in_the_ledger(sandbox: Sandbox) -> None:
    sandbox.send(a_mail())
    sandbox.settle()

    happenings = sandbox.book.happenings()
    assert [(one.what, one.domain_at, one.detail["status"]) for one in happenings] == [
        ("delivered", NOON, 200)
    ]


@pytest.mark.parametrize("event", ["hard_bounce", "soft_bounce", "blocked"])
def test_a_mail_that_does_not_arrive_says_why(sandbox: Sandbox, application: Application, event: str) -> None:
    sandbox.rates(**{event: 1}, soft_then_delivered=0)

    sandbox.send(a_mail())
    sandbox.settle()

    assert [webhook["event"] for webhook in application.webhooks] == [event]
    assert application.webhooks[0]["reason"]


def test_a_complaint_comes_hours_later_in_domain_time(sandbox: Sandbox, application: Application) -> None:
    sandbox.rates(complaint=1)
    sandbox.send(a_mail())
    sandbox.settle()
    before = [webhook["event"] for webhook in application.webhooks]

    sandbox.clock.pass_(days=3)
    sandbox.settle()

    assert before == ["delivered"]
    assert [webhook["event"] for webhook in application.webhooks] == ["delivered", "spam"]
    assert NOON.timestamp() * 1000 < application.webhooks[1]["ts_epoch"]


def test_a_soft_bounce_may_arrive_after_all(sandbox: Sandbox, application: Application) -> None:
    sandbox.rates(soft_bounce=1, soft_then_delivered=1)
    sandbox.send(a_mail())
    sandbox.clock.pass_(hours=5)
    sandbox.settle()

    assert [webhook["event"] for webhook in application.webhooks] == ["soft_bounce", "delivered"]


def test_webhooks_may_come_twice_and_overtake_each_other(sandbox: Sandbox, application: Application) -> None:
    sandbox.rates(soft_bounce=1, soft_then_delivered=1, duplicate=1, out_of_order=1)
    sandbox.send(a_mail())
    sandbox.clock.pass_(hours=5)
    sandbox.settle()

    events = [webhook["event"] for webhook in application.webhooks]
    times = [webhook["ts_epoch"] for webhook in application.webhooks]
    assert events == ["delivered", "delivered", "soft_bounce", "soft_bounce"]
    assert times == sorted(times, reverse=True)


def test_held_webhooks_wait_until_they_are_let_go(sandbox: Sandbox, application: Application) -> None:
    sandbox.put("hold", {"webhooks": True})
    sandbox.send(a_mail())
    sandbox.settle()
    held = sandbox.get("/sandbox/pending").json()["held"]

    sandbox.put("hold", {"webhooks": False})
    sandbox.settle()

    assert held == 1
    assert len(application.webhooks) == 1


def test_an_inbox_that_fails_is_tried_again(sandbox: Sandbox, application: Application) -> None:
    answers = iter([500, 503, 200])
    application.answers = lambda asked: (next(answers), {}, "")

    sandbox.send(a_mail())
    sandbox.settle()

    assert len(application.webhooks) == 3
    assert sandbox.book.happenings()[0].detail == {"status": 200, "tries": 3, "times": 1}


def test_what_a_killed_sandbox_did_not_tell_the_next_one_does(
    tmp_path: Path, application: Application
) -> None:
    with esp_stage.sandbox(tmp_path, application) as first:
        first.put("hold", {"webhooks": True})
        first.send(a_batch("noor@example.be", "piet@example.be"))

    with esp_stage.sandbox(tmp_path, application) as second:
        second.settle()

    told = sorted(webhook["email"] for webhook in application.webhooks)
    assert told == ["noor@example.be", "piet@example.be"]


def test_pending_counts_what_is_due_and_later_what_is_not(sandbox: Sandbox, application: Application) -> None:
    sandbox.rates(complaint=1)
    sandbox.put("hold", {"webhooks": True})
    sandbox.send(a_mail())

    standing = sandbox.get("/sandbox/pending").json()

    assert (standing["pending"], standing["held"], standing["later"]) == (0, 1, 1)


def test_no_row_of_the_ledger_can_be_changed_or_removed(sandbox: Sandbox) -> None:
    sandbox.send(a_mail())
    sandbox.send(a_mail(subject=""))
    sandbox.settle()
    db = sqlite3.connect(sandbox.provider.folder / "ledger.sqlite3")

    for table in ("call", "mail", "happening", "refusal"):
        for change in (f"UPDATE {table} SET id = 7", f"DELETE FROM {table}"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                db.execute(change)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        db.execute("INSERT OR REPLACE INTO mail SELECT * FROM mail")
    db.execute("INSERT OR REPLACE INTO happening SELECT * FROM happening")
    assert db.execute("SELECT count(*) FROM happening").fetchone() == (1,)

    db.close()


def test_a_double_is_found(sandbox: Sandbox) -> None:
    headers = {"X-Mailin-custom": '{"m": "the-message", "l": 1}'}
    sandbox.send(a_mail(headers=headers))
    sandbox.send(a_mail(headers=headers))

    assert sandbox.book.doubles() == ["the-message"]
    assert len(sandbox.book.accepted()["the-message"]) == 2
    assert sandbox.book.senders() == {1: ("Bib Zottegem", 2)}


def test_the_same_addresses_bounce_every_time() -> None:
    addresses = [f"p{n}@example.be" for n in range(5000)]

    bouncing = [address for address in addresses if bounces(address, 0.02)]

    assert 60 < len(bouncing) < 140
    assert all(bounces(address.upper(), 0.02) for address in bouncing)


def test_a_mail_meets_the_same_fate_in_the_same_world_only(sandbox: Sandbox) -> None:
    sandbox.send(a_batch(*(f"p{n}@example.be" for n in range(200))))
    mails = list(sandbox.book.mails())
    habits = Habits(rates=Rates(click=0.5))

    first = [[step.what for step in plan(mail, habits)] for mail in mails]

    assert first == [[step.what for step in plan(mail, habits)] for mail in mails]
    assert first != [[step.what for step in plan(mail, Habits(habits.rates, seed=2))] for mail in mails]


def test_the_last_tag_has_the_last_word() -> None:
    assert Habits().of(("Welcome", "welcome_hours")).click == 0.12
    assert Habits().of(("Welcome", "welcome_home")).click == 0.07
    assert Habits().of(("other",)).click == Rates().click


@pytest.mark.parametrize(
    "data",
    [
        [],
        {"rate": {}},
        {"rates": {"clicks": 1}},
        {"rates": {"click": 1.5}},
        {"rates": {"click": "1"}},
        {"by_tag": {"welcome": 1}},
        {"seed": "x"},
        {"tells_requests": 1},
    ],
)
def test_rates_that_cannot_be_are_refused(sandbox: Sandbox, data: object) -> None:
    assert sandbox.put("rates", data).status_code == 400


def test_rates_outlive_the_process(tmp_path: Path, application: Application) -> None:
    with esp_stage.sandbox(tmp_path, application) as first:
        first.put("rates", {"rates": {"click": 0.9}, "by_tag": {"J9": {"reply": 1}}})

    with esp_stage.sandbox(tmp_path, application) as second:
        found = second.get("/sandbox/rates").json()

    assert found["by_tag"]["j9"] == {"reply": 1.0}


def test_an_answer_of_no_is_not_repeated_for_ever(sandbox: Sandbox, application: Application) -> None:
    def no(asked: Asked) -> tuple[int, dict[str, str], str]:
        return 403, {}, ""

    application.answers = no

    sandbox.send(a_mail())
    sandbox.settle()

    assert sandbox.book.happenings()[0].detail["status"] == 403
    assert len(application.webhooks) == 3


def test_a_reader_waits_at_most_as_long_as_was_set(sandbox: Sandbox) -> None:
    sandbox.send(a_mail())
    habits = Habits(rates=Rates(click=1, hard_bounce=0, soft_bounce=0), hours_until_last=1)

    steps = plan(next(sandbox.book.mails()), habits)

    assert max(step.due_at for step in steps if step.what == "click") <= NOON + timedelta(hours=1)
