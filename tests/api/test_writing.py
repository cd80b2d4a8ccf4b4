"""Programs write: what comes in, what is refused, and what stays as it was."""

from contextlib import closing
from typing import Any

import pytest
from django.db import connection

from bibmail.api import writing
from bibmail.api.models import ApiUsage
from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library
from consent.models import Consent
from members.models import Activity, Contact, HouseholdMember
from tests import factories
from tests.api.stage import Program, a_member, a_program


@pytest.fixture
def program(zottegem: Library) -> Program:
    with acting_for(zottegem.pk):
        factories.a_branch(code="3550")
    return a_program(zottegem)


def outcomes(answer: Any) -> list[str]:
    return [one["outcome"] for one in answer.json()["results"]]


def test_people_come_in_and_come_again_unchanged(program: Program) -> None:
    body = {"items": [a_member("1", email="noor@example.be"), a_member("2", homeBranchId="3550", email=None)]}

    first, again = program.post("/contacts", body), program.post("/contacts", body)

    assert first.status_code == 200, first.content
    assert outcomes(first) == ["new", "new"]
    assert outcomes(again) == ["unchanged", "unchanged"]
    assert again.json()["totals"] == {"received": 2, "new": 0, "changed": 0, "unchanged": 2, "refused": 0}
    with acting_for(program.library.pk):
        assert Contact.objects.get(external_id="1").email_norm == "noor@example.be"
        assert Contact.objects.get(external_id="1").source == "api:kassa"


def test_a_field_that_an_item_does_not_name_stays_and_null_empties_it(program: Program) -> None:
    program.post(
        "/contacts", {"items": [a_member(str(n), email="n@example.be", city="Velzeke") for n in (1, 2)]}
    )

    program.post("/contacts", {"items": [a_member("1", email=None), a_member("2", firstName="Nora")]})

    with acting_for(program.library.pk):
        one, two = Contact.objects.order_by("external_id")
    assert (one.email, one.city) == ("", "Velzeke")
    assert (two.email, two.first_name) == ("n@example.be", "Nora")


def test_one_bad_item_is_refused_by_its_place_and_the_others_come_in(program: Program) -> None:
    items = [a_member("1"), a_member("2", dateOfBirth="2010-02-30"), a_member("3", email="geen adres")]

    answer = program.post("/contacts", {"items": items})

    assert outcomes(answer) == ["new", "refused", "refused"]
    refused = answer.json()["results"][1]
    assert refused["refusal"]["code"] == "bad_date"
    assert refused["refusal"]["field"] == "dateOfBirth"
    assert answer.json()["results"][2]["refusal"]["code"] == "bad_email"
    assert "geen adres" not in answer.content.decode()


def test_a_mixed_batch_tells_of_every_item_what_became_of_it(program: Program) -> None:
    program.post("/contacts", {"items": [a_member(str(n), city="Velzeke") for n in (1, 2, 3)]})
    items = [
        a_member("1", city="Velzeke"),
        a_member("4", city="Velzeke"),
        a_member("2", city="Ninove"),
        a_member("3", city="Velzeke", dateOfBirth="2010-02-30"),
        # Of the membership alone, and with other fields: merged apart.
        a_member("3", subscriptionType="Volwassene"),
        a_member("1", subscriptionType=""),
    ]
    body = {"items": items}

    answer = program.post("/contacts", body, Idempotency_Key="een")
    replayed = program.post("/contacts", body, Idempotency_Key="een")

    assert outcomes(answer) == ["unchanged", "new", "changed", "refused", "changed", "unchanged"]
    assert answer.json()["totals"] == {"received": 6, "new": 1, "changed": 2, "unchanged": 2, "refused": 1}
    assert replayed.headers["Idempotency-Replayed"] == "true"
    assert replayed.json() == answer.json()


_LOAN = {"kind": "loan", "memberExternalId": "1", "loanDate": "2026-09-02"}
_EBOOK = {"kind": "ebook", "memberExternalId": "1", "eventType": "login"}
_SEAT = {"kind": "seat_reservation", "memberExternalId": "1", "start": "2026-09-03 14:00"}
_YES = {
    "memberExternalId": "1",
    "topic": "newsletter",
    "source": "app",
    "status": True,
    "proofText": "Ja, mail mij.",
}
_TITLE = {"recordId": "T1", "title": "Boek", "branchId": "3550", "addedOn": "2026-09-01"}
_EVENT = {"eventId": "E1", "name": "Lezing", "start": "2026-12-01 19:00"}
_LINK = {"profileId": "p1", "memberExternalId": "1", "relation": "zelf", "linkedOn": "2026-09-01"}


@pytest.mark.parametrize(
    ("path", "known", "changed", "new"),
    [
        ("/activities", _LOAN | {"loanId": "L1", "returnedDate": None},
         _LOAN | {"loanId": "L1", "returnedDate": "2026-09-09"}, _LOAN | {"loanId": "L2", "returnedDate": None}),
        ("/activities", _EBOOK | {"eventId": "e1", "occurredAt": "2026-09-02T10:00:00Z"},
         _EBOOK | {"eventId": "e1", "occurredAt": "2026-09-02T11:00:00Z"},
         _EBOOK | {"eventId": "e2", "occurredAt": "2026-09-02T10:00:00Z"}),
        ("/activities", _SEAT | {"reservationId": "s1", "status": "reserved"},
         _SEAT | {"reservationId": "s1", "status": "no_show"}, _SEAT | {"reservationId": "s2", "status": "reserved"}),
        ("/consents", _YES | {"recordedAt": "2026-09-02T10:00:00Z"},
         _YES | {"status": False, "recordedAt": "2026-09-03T10:00:00Z"},
         _YES | {"topic": "family", "recordedAt": "2026-09-02T10:00:00Z"}),
        ("/titles", _TITLE, _TITLE | {"addedOn": "2026-09-02"}, _TITLE | {"recordId": "T2"}),
        ("/events", _EVENT, _EVENT | {"name": "Andere lezing"}, _EVENT | {"eventId": "E2"}),
        ("/household-links", _LINK, _LINK | {"linkedOn": "2026-09-02"}, _LINK | {"profileId": "p2"}),
    ],
)  # fmt: skip
def test_every_resource_tells_item_by_item(
    program: Program, path: str, known: dict[str, Any], changed: dict[str, Any], new: dict[str, Any]
) -> None:
    program.post("/contacts", {"items": [a_member("1", loanHistoryOptIn=True)]})
    assert outcomes(program.post(path, {"items": [known]})) == ["new"]

    again = program.post(path, {"items": [known, new]})
    answer = program.post(path, {"items": [changed, new]})

    assert outcomes(again) == ["unchanged", "new"]
    assert outcomes(answer) == ["changed", "unchanged"]


def test_a_number_that_comes_twice_is_refused_the_second_time(program: Program) -> None:
    answer = program.post("/contacts", {"items": [a_member("1"), a_member("1")]})

    assert outcomes(answer) == ["new", "refused"]
    assert answer.json()["results"][1]["refusal"]["code"] == "duplicate"


def test_activities_go_to_the_sink_of_their_kind(program: Program) -> None:
    program.post("/contacts", {"items": [a_member("1", loanHistoryOptIn=True)]})
    items = [
        {"kind": "loan", "loanId": "L1", "memberExternalId": "1", "loanDate": "2026-09-02"},
        {
            "kind": "ebook",
            "memberExternalId": "1",
            "eventType": "login",
            "occurredAt": "2026-09-02T10:00:00Z",
        },
        {
            "kind": "seat_reservation",
            "memberExternalId": "1",
            "start": "2026-09-03 14:00",
            "branchId": "3550",
        },
        {"kind": "loan", "loanId": "L2", "memberExternalId": "onbekend", "loanDate": "2026-09-02"},
    ]

    answer = program.post("/activities", {"items": items})

    assert outcomes(answer) == ["new", "new", "new", "refused"]
    assert answer.json()["results"][3]["refusal"]["code"] == "unknown_member"
    with acting_for(program.library.pk):
        assert Activity.objects.filter(kind__in=["loan", "ebook_login", "seat_reservation"]).count() == 3


def test_a_yes_without_the_text_the_person_saw_is_refused_and_a_no_is_heard(program: Program) -> None:
    program.post("/contacts", {"items": [a_member("1")]})
    said = {"memberExternalId": "1", "source": "app", "recordedAt": "2026-09-02T10:00:00Z"}

    answer = program.post(
        "/consents",
        {
            "items": [
                said | {"topic": "newsletter", "status": True},
                said | {"topic": "newsletter", "status": True, "proofText": "Ja, mail mij de nieuwsbrief."},
                said | {"topic": "family", "status": False},
            ]
        },
    )

    assert outcomes(answer)[0] == "refused"
    assert answer.json()["results"][0]["refusal"]["code"] == "no_evidence"
    with acting_for(program.library.pk):
        (given,) = Consent.objects.filter(closed_at__isnull=True)
        assert given.wording is not None
        assert given.wording.text == "Ja, mail mij de nieuwsbrief."


def test_links_titles_and_events_have_their_address(program: Program) -> None:
    program.post("/contacts", {"items": [a_member("1"), a_member("2", dateOfBirth="2018-05-01")]})
    links = [
        {"profileId": "p1", "memberExternalId": number, "relation": relation}
        for number, relation in (("1", "zelf"), ("2", "kind"))
    ]

    answers = [
        program.post("/household-links", {"items": links}),
        program.post("/titles", {"items": [{"recordId": "T1", "title": "Boek", "branchId": "3550"}]}),
        program.post(
            "/events", {"items": [{"eventId": "E1", "name": "Lezing", "start": "2026-12-01 19:00"}]}
        ),
    ]

    assert [outcomes(answer) for answer in answers] == [["new", "new"], ["new"], ["new"]]
    with acting_for(program.library.pk):
        assert HouseholdMember.objects.count() == 2


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"items": []}, "/items"),
        ({"items": [a_member()] * 501}, "/items"),
        ({"items": [{"externalId": "1"}]}, "/items/0/lastName"),
        ({"items": [a_member(), a_member("2", rijksregisternummer="1")]}, "/items/1/rijksregisternummer"),
        ({"items": [a_member(internetBlock="ja")]}, "/items/0/internetBlock"),
        ({"items": "alles"}, "/items"),
        ({}, "/items"),
    ],
)
def test_a_wrong_shape_refuses_the_call_names_the_place_and_keeps_nothing(
    program: Program, body: Any, pointer: str
) -> None:
    answer = program.post("/contacts", body)

    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert pointer in [fault["pointer"] for fault in answer.json()["errors"]]
    with acting_for(program.library.pk):
        assert not Contact.objects.exists()


def test_the_place_of_a_wrong_activity_does_not_name_its_kind_twice(program: Program) -> None:
    answer = program.post("/activities", {"items": [{"kind": "loan", "loanId": "L1"}]})

    assert "/items/0/loanDate" in [fault["pointer"] for fault in answer.json()["errors"]]


def test_items_of_too_many_shapes_are_refused_together(program: Program) -> None:
    names = ["firstName", "city", "postalCode", "gender"]
    items = [
        {"externalId": str(n), "lastName": "L"} | {name: "x" for i, name in enumerate(names) if n >> i & 1}
        for n in range(16)
    ]

    answer = program.post("/contacts", {"items": items})

    assert (answer.status_code, answer.json()["code"]) == (422, "too_many_shapes")
    with acting_for(program.library.pk):
        assert not Contact.objects.exists()


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b'{"items": [{"externalId": "\\ud800", "lastName": "x"}]}', "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b'{"items": [NaN]}', "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b"{}", "text/csv", 415),
        (b" " * (2 * 1024**2 + 1), "application/json", 413),
    ],
)
def test_what_is_no_json_or_too_large_is_a_problem(
    program: Program, body: bytes, kind: str, status: int
) -> None:
    from django.test import Client

    answer = Client(raise_request_exception=False).post(
        "/api/v1/contacts", body, content_type=kind, headers={"Authorization": f"Bearer {program.shown}"}
    )

    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_nul_character_refuses_its_item(program: Program) -> None:
    answer = program.post("/contacts", {"items": [a_member("1\0"), a_member("2")]})

    assert outcomes(answer) == ["refused", "new"]


def test_what_a_key_brought_is_counted_by_day(program: Program) -> None:
    program.post("/contacts", {"items": [a_member("1"), a_member("2", dateOfBirth="gisteren")]})

    with acting_for(program.library.pk):
        (usage,) = ApiUsage.objects.all()
    assert (usage.calls_count, usage.items_count, usage.refused_count) == (1, 2, 1)


def test_refusals_are_in_the_language_the_program_asks_for(program: Program) -> None:
    body = {"items": [a_member("1", dateOfBirth="gisteren")]}

    dutch, english = program.post("/contacts", body), program.post("/contacts", body, Accept_Language="en")

    assert "datum" in dutch.json()["results"][0]["refusal"]["message"]
    assert "date" in english.json()["results"][0]["refusal"]["message"]
    assert english.headers["Content-Language"] == "en"


@pytest.mark.django_db(transaction=True)
def test_a_busy_library_says_when_to_come_back_and_nothing_came_in(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "_PATIENCE", "200ms")
    body, key = {"items": [a_member("1")]}, {"Idempotency_Key": "once"}

    # As an import that holds the library's turn: another session, whose lock ends when it closes.
    with closing(connection.copy()) as other, other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext('import'), %s)", [program.library.pk])
        busy = program.post("/contacts", body, **key)
    again = program.post("/contacts", body, **key)

    assert (busy.status_code, busy.headers["Retry-After"]) == (503, "60")
    assert busy.headers["Content-Type"] == "application/problem+json"
    assert outcomes(again) == ["new"]
