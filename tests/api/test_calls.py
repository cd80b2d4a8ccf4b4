"""A call that comes twice works once."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from bibmail.api import writing
from bibmail.api.models import IdempotencyRecord
from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library
from members.models import Contact, ImportRun
from tests import factories
from tests.api.stage import Program, a_member, a_program

BODY = {"items": [a_member("1"), a_member("2", dateOfBirth="gisteren")]}


@pytest.fixture
def program(zottegem: Library) -> Program:
    return a_program(zottegem)


def runs_count(program: Program) -> int:
    with acting_for(program.library.pk):
        return ImportRun.objects.count()


def test_the_same_call_gets_the_same_answer_and_is_worked_once(program: Program) -> None:
    first, again = (program.post("/contacts", BODY, Idempotency_Key="a") for _ in range(2))

    assert first.json() == again.json()
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert runs_count(program) == 2  # two shapes, each once


def test_the_same_key_with_another_body_or_address_is_refused(program: Program) -> None:
    program.post("/contacts", BODY, Idempotency_Key="a")

    other = program.post("/contacts", {"items": [a_member("3")]}, Idempotency_Key="a")

    assert (other.status_code, other.json()["code"]) == (422, "key_used")
    with acting_for(program.library.pk):
        assert Contact.objects.count() == 1


def test_keys_of_two_programs_do_not_meet(program: Program) -> None:
    other = a_program(program.library)
    program.post("/contacts", BODY, Idempotency_Key="a")

    assert other.post("/contacts", {"items": [a_member("3")]}, Idempotency_Key="a").status_code == 200


def test_what_is_kept_holds_no_word_of_a_person(program: Program) -> None:
    items = [a_member("1"), a_member("2", email="geen adres", lastName="Kanarie")]
    program.post("/contacts", {"items": items}, Idempotency_Key="kanarie")

    with acting_for(program.library.pk):
        kept = str(IdempotencyRecord.objects.values().get())

    assert not any(word in kept for word in ("Lemmens", "Kanarie", "kanarie", "geen adres", "Noor"))


def test_after_a_day_a_key_is_new_again(program: Program) -> None:
    program.post("/contacts", BODY, Idempotency_Key="a")
    with acting_for(program.library.pk):
        record = IdempotencyRecord.objects.get()
        IdempotencyRecord.objects.update(created_at=record.created_at - timedelta(hours=25))

    answer = program.post("/contacts", {"items": [a_member("3")]}, Idempotency_Key="a")

    assert answer.status_code == 200


@pytest.mark.parametrize("token", ["", "a b", "x" * 201, "é"])
def test_a_strange_idempotency_key_is_refused(program: Program, token: str) -> None:
    assert program.post("/contacts", BODY, Idempotency_Key=token).status_code == 400


def test_a_call_that_fails_may_come_again_at_once(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(writing, "write", _breaks)
        assert program.post("/contacts", BODY, Idempotency_Key="a").status_code == 500

    assert program.post("/contacts", BODY, Idempotency_Key="a").status_code == 200


def test_a_call_whose_process_died_is_under_way_until_its_lease_ends(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(writing, "write", _breaks)
        patch.setattr("bibmail.api.calls.Call.let_go", lambda self: None)
        program.post("/contacts", BODY, Idempotency_Key="a")

    meanwhile = program.post("/contacts", BODY, Idempotency_Key="a")
    with acting_for(program.library.pk):
        record = IdempotencyRecord.objects.get()
        IdempotencyRecord.objects.update(lease_until=record.lease_until - timedelta(seconds=130))
    later = program.post("/contacts", BODY, Idempotency_Key="a")

    assert (meanwhile.status_code, meanwhile.headers["Retry-After"]) == (409, "2")
    assert later.status_code == 200


def _breaks(*_: Any, **__: Any) -> None:
    raise RuntimeError


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_works_and_the_other_hears_that_it_is_under_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    program = a_program(factories.a_library(slug="zottegem"))
    began, may_end = threading.Event(), threading.Event()
    write = writing.write

    def slowly(*args: Any, **named: Any) -> writing.Written:
        began.set()
        assert may_end.wait(20)
        return write(*args, **named)

    monkeypatch.setattr(writing, "write", slowly)
    answers: list[Any] = []
    first = _in_thread(lambda: answers.append(program.post("/contacts", BODY, Idempotency_Key="a")))
    assert began.wait(20)

    second = program.post("/contacts", BODY, Idempotency_Key="a")
    may_end.set()
    first.join(20)

    assert second.status_code == 409
    assert answers[0].status_code == 200
    assert program.post("/contacts", BODY, Idempotency_Key="a").json() == answers[0].json()


def _in_thread(work: Callable[[], object]) -> threading.Thread:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread
