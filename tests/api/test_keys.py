"""Who may speak for a library: the right key, of that library, with the right, not too often."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from bibmail.api import keyring
from bibmail.api.models import ApiKey
from bibmail.tenancy import acting_for, clock
from bibmail.tenancy.models import AuditEntry, Library
from members.models import Contact
from tests import factories
from tests.api.stage import Program, a_member, a_program


@pytest.fixture
def program(zottegem: Library) -> Program:
    return a_program(zottegem)


def asked_with(authorization: str | None) -> Any:
    headers = {} if authorization is None else {"Authorization": authorization}
    return Client(raise_request_exception=False).get("/api/v1/health", headers=headers)


def test_a_key_tells_its_library_and_its_rights(program: Program) -> None:
    answer = program.get("/health")

    assert answer.json()["library"] == "zottegem"
    assert "contacts:write" in answer.json()["scopes"]


def test_every_wrong_key_gets_the_very_same_answer(program: Program, aalst: Library) -> None:
    _bm, prefix, secret = program.shown.split("_")
    of_aalst = prefix.replace(f"{program.library.pk}x", f"{aalst.pk}x")
    last = "0" if secret[-1] != "0" else "1"
    wrong = [
        None, "", "Bearer", "Basic abc", f"Bearer {program.shown} x", "Bearer bm_x_y", f"Bearer {prefix}",
        f"Bearer bm_{prefix}_{secret[:-1]}{last}", f"Bearer bm_{prefix}_{'0' * 64}", f"Bearer bm_{of_aalst}_{secret}",
        f"Bearer bm_{program.library.pk}x{'0' * 12}_{secret}", f"Bearer bm_999999x{'0' * 12}_{secret}",
        f"Bearer bm_9999999999x{'0' * 12}_{secret}", "Bearer bm_\u0661x000000000000_" + secret,
    ]  # fmt: skip

    answers = [asked_with(authorization) for authorization in wrong]

    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    assert {answer.headers["WWW-Authenticate"] for answer in answers} == {'Bearer realm="Bibmail"'}


def test_revoked_and_expired_keys_are_as_unknown_as_wrong_ones(zottegem: Library) -> None:
    at = clock.now()
    today = at.date()
    revoked = a_program(zottegem, revoked_at=at)
    expired = a_program(zottegem, expires_on=today - timedelta(days=2))
    lives = a_program(zottegem, expires_on=today + timedelta(days=1))

    assert [p.get("/health").status_code for p in (revoked, expired, lives)] == [401, 401, 200]
    assert revoked.get("/health").content == asked_with("Bearer x").content


def test_a_key_in_the_address_or_the_body_is_no_key(program: Program) -> None:
    answer = Client().post(
        f"/api/v1/contacts?key={program.shown}", {"key": program.shown}, content_type="application/json"
    )

    assert answer.status_code == 401


def test_a_right_that_a_key_has_not_is_refused_by_name(zottegem: Library) -> None:
    program = a_program(zottegem, scopes=["activities:write"])

    answer = program.post("/contacts", {"items": [a_member()]})

    assert (answer.status_code, answer.json()["code"]) == (403, "no_scope")
    assert "contacts:write" in answer.json()["detail"]
    with acting_for(zottegem.pk):
        assert not Contact.objects.exists()


@pytest.mark.parametrize(
    "path", ["/contacts", "/household-links", "/activities", "/consents", "/titles", "/events"]
)
def test_a_key_without_rights_writes_nothing(zottegem: Library, path: str) -> None:
    assert a_program(zottegem, scopes=[]).post(path, {"items": [{}]}).status_code == 403


def test_a_key_of_one_library_neither_sees_nor_writes_another(zottegem: Library, aalst: Library) -> None:
    ours, theirs = a_program(zottegem), a_program(aalst)
    ours.post("/contacts", {"items": [a_member("1", city="Zottegem")]})

    theirs.post("/contacts", {"items": [a_member("1", city="Aalst"), a_member("2")]})

    assert ours.get("/contacts/2").status_code == 404
    assert theirs.get("/contacts/2").json()["externalId"] == "2"
    with acting_for(zottegem.pk):
        assert Contact.objects.get().city == "Zottegem"


def test_of_a_secret_only_its_hash_is_kept(program: Program) -> None:
    secret = program.shown.rsplit("_", 1)[1]

    with acting_for(program.library.pk):
        kept = ApiKey.objects.filter(pk=program.key.pk).values().get()

    assert secret not in str(kept)
    assert kept["secret_sha256"] == keyring.digest(secret)


def test_the_first_use_is_in_the_trail_and_later_ones_move_the_moment_once_a_minute(program: Program) -> None:
    program.get("/health")
    with acting_for(program.library.pk):
        first = ApiKey.objects.get().last_used_at
    program.get("/health")

    with acting_for(program.library.pk):
        assert ApiKey.objects.get().last_used_at == first
        assert AuditEntry.objects.filter(act="api_key.first_used").count() == 1
        ApiKey.objects.update(last_used_at=clock.now() - timedelta(minutes=2))
    program.get("/health")
    with acting_for(program.library.pk):
        moved = ApiKey.objects.get().last_used_at
    assert first is not None
    assert moved is not None
    assert moved > first


def test_who_calls_too_often_waits_and_is_told_how_long(program: Program, settings: LazySettings) -> None:
    settings.API_BURST, settings.API_CALLS_PER_MINUTE = 3, 6

    answers = [program.get("/health") for _ in range(5)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert [answer.headers["RateLimit-Remaining"] for answer in answers] == ["2", "1", "0", "0", "0"]
    assert 1 <= int(answers[3].headers["Retry-After"]) <= 10
    assert answers[3].json()["code"] == "too_many_calls"
    with acting_for(program.library.pk):
        key = ApiKey.objects.get()
        ApiKey.objects.update(calls_left_at=key.calls_left_at - timedelta(seconds=10))
    assert [program.get("/health").status_code for _ in range(2)] == [200, 429]


def test_a_bucket_of_one_key_is_not_that_of_another(zottegem: Library, settings: LazySettings) -> None:
    settings.API_BURST = 1
    one, other = a_program(zottegem), a_program(zottegem)

    assert [p.get("/health").status_code for p in (one, one, other)] == [200, 429, 200]


def test_what_a_key_may_read_of_a_person_and_that_it_did_stands_in_the_trail(program: Program) -> None:
    with acting_for(program.library.pk):
        contact = factories.a_reader(external_id="730001")
        factories.a_membership(contact, membership_type="Kansentarief", is_reduced_fare=True)

    answer = program.get("/contacts/730001")

    assert answer.json()["lastName"] == "Lemmens"
    assert [one["topic"] for one in answer.json()["consents"]] == ["newsletter"]
    assert "ansentarief" not in answer.content.decode()
    with acting_for(program.library.pk):
        entry = AuditEntry.objects.get(act="api_key.read_contact")
    assert (entry.subject_id, entry.detail) == (contact.pk, {"key": program.key.pk})


def test_a_key_sees_its_own_use_only(zottegem: Library) -> None:
    one, other = a_program(zottegem), a_program(zottegem)
    one.get("/health")

    assert [day["calls"] for day in one.get("/usage").json()["days"]] == [2]
    assert [day["calls"] for day in other.get("/usage").json()["days"]] == [1]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", "/api/v1/nergens", 404), ("get", "/api/nergens", 404), ("delete", "/api/v1/contacts", 405),
        ("get", "/api/v1/contacts", 405), ("post", "/api/v1/health", 405), ("get", "/api/v1/contacts/1", 401),
    ],
)  # fmt: skip
def test_every_refusal_below_api_is_a_problem(db: Any, method: str, path: str, status: int) -> None:
    answer = getattr(Client(raise_request_exception=False), method)(path)

    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert {"type", "title", "status", "code", "detail"} <= set(answer.json())


def test_what_breaks_is_our_fault_and_tells_nothing(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: Any, **__: Any) -> None:
        raise RuntimeError("geheim")

    monkeypatch.setattr("bibmail.api.reading.usage", breaks)

    answer = program.get("/usage")

    assert (answer.status_code, answer.json()["code"]) == (500, "our_fault")
    assert "geheim" not in answer.content.decode()
