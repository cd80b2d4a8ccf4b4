"""What Brevo documents, the sandbox demands."""

import http.client
import json
import socket
import uuid
from typing import Any
from urllib.parse import quote

import pytest
import requests

from tests.sandbox.esp_stage import KEY, Sandbox, a_batch, a_mail


def test_one_mail_is_taken_with_an_id(sandbox: Sandbox) -> None:
    answer = sandbox.send(a_mail())

    assert answer.status_code == 201
    assert [mail.message_id for mail in sandbox.book.mails()] == [answer.json()["messageId"]]


def test_each_version_gets_an_id_and_its_own_words(sandbox: Sandbox) -> None:
    answer = sandbox.send(a_batch("noor@example.be", "piet@example.be", tags=["welcome", "m1"]))

    mails = list(sandbox.book.mails())
    assert answer.json()["messageIds"] == [mail.message_id for mail in mails]
    assert [mail.subject for mail in mails] == ["Dag noor@example.be", "Dag piet@example.be"]
    assert mails[0].tags == ("welcome", "m1")
    assert mails[0].l == 1


@pytest.mark.parametrize(
    ("key", "message"), [("", "authentication not found in headers"), ("no", "Key not found")]
)
def test_without_the_key_nothing_is_taken(sandbox: Sandbox, key: str, message: str) -> None:
    answer = sandbox.send(a_mail(), key=key)

    assert (answer.status_code, answer.json()) == (401, {"code": "unauthorized", "message": message})
    assert not list(sandbox.book.mails())


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"sender": None}, "invalid_parameter"),
        ({"sender": {"name": "Bib"}}, "missing_parameter"),
        ({"sender": {"email": "bib@example.be", "mail": "x"}}, "invalid_parameter"),
        ({"to": []}, "invalid_parameter"),
        ({"to": ["noor@example.be"]}, "invalid_parameter"),
        ({"to": [{"email": "noor"}]}, "invalid_parameter"),
        ({"to": [{"email": "n@example.be\nBcc: v@example.be"}]}, "invalid_parameter"),
        ({"to": [{"email": "n@example.be", "name": "N\r\nBcc: v@example.be"}]}, "invalid_parameter"),
        ({"to": [{"email": f"n{n}@example.be"} for n in range(100)]}, "invalid_parameter"),
        ({"subject": ""}, "missing_parameter"),
        ({"subject": 7}, "invalid_parameter"),
        ({"subject": "Dag\nBcc: v@example.be"}, "invalid_parameter"),
        ({"htmlContent": "", "textContent": ""}, "missing_parameter"),
        ({"htmlContent": ["<p>"]}, "invalid_parameter"),
        ({"replyTo": "bib@example.be"}, "invalid_parameter"),
        ({"headers": {"X-A": "b\nBcc: v@example.be"}}, "invalid_parameter"),
        ({"headers": {"X-A\nBcc": "v@example.be"}}, "invalid_parameter"),
        ({"headers": {"X-A": 7}}, "invalid_parameter"),
        ({"headers": {"Subject": "Dag"}}, "invalid_parameter"),
        ({"headers": {"idempotencyKey": "7"}}, "invalid_parameter"),
        ({"tags": "welcome"}, "invalid_parameter"),
        ({"params": ["a"]}, "invalid_parameter"),
        ({"cc": [{"email": "v@example.be"}]}, "invalid_parameter"),
        ({"trackOpens": True}, "invalid_parameter"),
        ({"messageVersions": [{"to": [{"email": "a@example.be"}]}]}, "invalid_parameter"),
    ],
)
def test_a_call_that_is_not_as_documented_is_refused_whole(
    sandbox: Sandbox, changes: dict[str, Any], code: str
) -> None:
    answer = sandbox.send(a_mail(**changes))

    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert not list(sandbox.book.mails())
    assert [refusal[1] for refusal in sandbox.book.refusals()] == [code]


@pytest.mark.parametrize(
    "version",
    [
        {},
        {"to": [{"email": "a@example.be"}], "sender": {"email": "b@example.be"}},
        {"to": [{"email": "a@example.be"}], "tags": ["x"]},
        {"to": [{"email": "a@example.be"}], "headers": {"X-A": "b\r\nc"}},
        {"to": [{"email": "a@example.be"}], "subject": ["x"]},
        {"to": [{"email": "a@example.be"}], "params": {"a": "b" * 100_001}},
    ],
)
def test_a_version_that_is_not_as_documented_refuses_all(sandbox: Sandbox, version: dict[str, Any]) -> None:
    call = a_batch("noor@example.be")
    call["messageVersions"].append(version)

    assert sandbox.send(call).status_code == 400
    assert not list(sandbox.book.mails())


@pytest.mark.parametrize("name", ["subject", "htmlContent"])
def test_versions_need_what_they_customize(sandbox: Sandbox, name: str) -> None:
    call = a_batch("noor@example.be", textContent="")
    del call[name]

    assert sandbox.send(call).json()["code"] == "missing_parameter"


@pytest.mark.parametrize(("versions", "recipients"), [(1001, 1), (21, 96)])
def test_a_call_holds_a_thousand_versions_and_two_thousand_people(
    sandbox: Sandbox, versions: int, recipients: int
) -> None:
    call = a_batch()
    people = [{"email": f"p{n}@example.be"} for n in range(recipients)]
    call["messageVersions"] = [{"to": people}] * versions

    assert sandbox.send(call).json()["code"] == "invalid_parameter"


def test_the_same_key_sends_once(sandbox: Sandbox) -> None:
    call = a_batch("noor@example.be", headers={"idempotencyKey": str(uuid.uuid4())})

    first, second = sandbox.send(call), sandbox.send(call)

    assert (first.status_code, second.status_code) == (201, 400)
    assert second.json()["code"] == "duplicate_parameter"
    assert len(list(sandbox.book.mails())) == 1


def test_a_refused_call_does_not_use_up_its_key(sandbox: Sandbox) -> None:
    headers = {"idempotencyKey": str(uuid.uuid4())}
    sandbox.send(a_mail(headers=headers, subject=""))

    assert sandbox.send(a_mail(headers=headers)).status_code == 201


def test_the_key_is_no_header_of_the_mail(sandbox: Sandbox) -> None:
    sandbox.send(a_mail(headers={"idempotencyKey": str(uuid.uuid4()), "List-Id": "<a.example.be>"}))

    found = sandbox.book.mail(1)
    assert found
    assert found[1].headers == {"List-Id": "<a.example.be>"}


def test_its_own_template_language_eats_what_looks_like_it(sandbox: Sandbox) -> None:
    sandbox.send(a_mail(htmlContent="<p>{{params.naam}} {{ contact.naam }}!</p>", params={"naam": "Noor"}))

    found = sandbox.book.mail(1)
    assert found
    assert found[1].html == "<p>Noor !</p>"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b"[" * 100_000])
def test_what_is_no_json_object_is_refused(sandbox: Sandbox, body: bytes) -> None:
    headers = {"api-key": KEY, "Content-Type": "application/json"}

    answer = requests.post(f"{sandbox.url}/v3/smtp/email", data=body, headers=headers, timeout=5)

    assert answer.status_code == 400


def test_the_account_and_the_events_of_a_mail_can_be_looked_up(sandbox: Sandbox) -> None:
    message_id = sandbox.send(a_mail()).json()["messageId"]
    sandbox.settle()

    found = sandbox.get(f"/v3/smtp/statistics/events?messageId={quote(message_id)}").json()

    assert [event["event"] for event in found["events"]] == ["requests", "delivered"]
    assert sandbox.get("/v3/account").json()["companyName"] == "Sandbox"
    assert sandbox.get("/v3/account", key="no").status_code == 401


def test_another_host_name_opens_no_inbox(sandbox: Sandbox) -> None:
    answer = requests.get(f"{sandbox.url}/", headers={"Host": "evil.example.org"}, timeout=5)

    assert answer.status_code == 421


@pytest.mark.parametrize(
    ("mode", "status", "taken"),
    [("down", 503, 0), ("401", 401, 0), ("429", 429, 0), ("accept_500", 500, 1), ("accept_garbage", 200, 1)],
)
def test_a_bad_day_answers_so_and_takes_so_many(sandbox: Sandbox, mode: str, status: int, taken: int) -> None:
    sandbox.put("mode", {"mode": mode, "times": 1})

    first, second = sandbox.send(a_mail()), sandbox.send(a_mail())

    assert (first.status_code, second.status_code) == (status, 201)
    assert len(list(sandbox.book.mails())) == taken + 1


@pytest.mark.parametrize("mode", ["accept_reset", "accept_hang"])
def test_a_mail_can_be_taken_without_an_answer(sandbox: Sandbox, mode: str) -> None:
    sandbox.put("mode", {"mode": mode, "seconds": 0.5})

    with pytest.raises(requests.RequestException):
        sandbox.send(a_mail(), timeout=0.2)

    assert len(list(sandbox.book.mails())) == 1


def test_an_address_that_is_not_liked_refuses_its_whole_call(sandbox: Sandbox) -> None:
    sandbox.put("mode", {"mode": "400_some", "share": 1})

    assert sandbox.send(a_batch("noor@example.be")).status_code == 400
    assert sandbox.put("mode", {"mode": "away"}).status_code == 400


def test_a_connection_serves_many_calls_quickly(sandbox: Sandbox) -> None:
    line = http.client.HTTPConnection("127.0.0.1", sandbox.server.server_port)
    line.connect()
    line.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    for _ in range(20):
        headers = {"api-key": KEY, "Content-Type": "application/json"}
        line.request("POST", "/v3/smtp/email", json.dumps(a_mail()), headers)
        assert line.getresponse().read()

    line.close()
    assert len(list(sandbox.book.mails())) == 20
