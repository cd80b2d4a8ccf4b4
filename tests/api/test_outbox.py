"""What happened becomes a message in the transaction in which it happened, whoever did it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from bibmail.api import actions, outbox
from bibmail.api.models import EventKind, WebhookDelivery
from bibmail.tenancy.models import Library
from consent.actions import choices, stops
from members.models import Contact
from tests import factories
from tests.api.stage import a_member, a_program
from tests.factories import NOON

HEARD = [EventKind.CONSENT_CHANGED, EventKind.UNSUBSCRIBED, EventKind.ERASED]


@pytest.fixture
def reader(library: Library) -> Contact:
    """Somebody with the newsletter, known before anybody listens."""
    contact = factories.a_reader(external_id="730001")
    actions.add_webhook(url="http://127.0.0.1:9/", events=HEARD, by=factories.a_user(), at=NOON)
    return contact


def told() -> list[tuple[Any, ...]]:
    rows = WebhookDelivery.objects.order_by("pk")
    return list(rows.values_list("kind", "external_id", "code", "is_given"))


def test_a_withdrawal_is_told(reader: Contact) -> None:
    choices.set_topic(contact=reader, code="newsletter", is_wanted=False, at=NOON, source="voorkeuren")

    assert told() == [("consent.changed", "730001", "newsletter", False)]
    assert WebhookDelivery.objects.get().occurred_at == NOON


def test_a_yes_is_told(reader: Contact) -> None:
    choices.set_data_use(
        contact=reader, code="use_loan_history", is_allowed=True, at=NOON, source="voorkeuren"
    )

    assert told() == [("consent.changed", "730001", "use_loan_history", True)]


def test_stopping_all_mail_is_told_with_what_it_closed(reader: Contact) -> None:
    stops.object_to_all(contact=reader, at=NOON, source="voorkeuren")

    assert told() == [
        ("consent.changed", "730001", "newsletter", False),
        ("contact.unsubscribed", "730001", "", None),
    ]


def test_a_file_of_answers_is_told_row_by_row(reader: Contact, library: Library) -> None:
    program = a_program(library)
    said = {"memberExternalId": "730001", "source": "app", "recordedAt": "2026-09-02T10:00:00Z"}
    program.post("/contacts", {"items": [a_member("730001")]})

    program.post(
        "/consents",
        {
            "items": [
                said | {"topic": "newsletter", "status": False},
                said | {"topic": "family", "status": True, "proofText": "Ja."},
            ]
        },
    )

    assert sorted(told()) == [
        ("consent.changed", "730001", "family", True),
        ("consent.changed", "730001", "newsletter", False),
    ]


def test_who_is_gone_or_has_no_number_any_more_is_told(reader: Contact) -> None:
    other = factories.a_contact(external_id="730002")

    other.delete()
    Contact.objects.filter(pk=reader.pk).update(external_id=None)

    assert told() == [("contact.erased", "730002", "", None), ("contact.erased", "730001", "", None)]


def test_an_import_of_a_person_tells_nothing(reader: Contact, library: Library) -> None:
    a_program(library).post("/contacts", {"items": [a_member("730001", city="Velzeke"), a_member("2")]})

    assert told() == []


def test_what_is_undone_is_not_told(reader: Contact) -> None:
    with transaction.atomic():
        stops.object_to_all(contact=reader, at=NOON, source="voorkeuren")
        transaction.set_rollback(True)

    assert told() == []


def test_an_endpoint_hears_only_what_it_asked_for(reader: Contact) -> None:
    actions.add_webhook(
        url="http://127.0.0.1:9/", events=[EventKind.UNSUBSCRIBED], by=factories.a_user(), at=NOON
    )

    stops.object_to_all(contact=reader, at=NOON, source="voorkeuren")

    kinds = WebhookDelivery.objects.order_by("endpoint_id", "pk").values_list("kind", flat=True)
    assert list(kinds) == ["consent.changed", "contact.unsubscribed", "contact.unsubscribed"]


def test_a_message_holds_a_number_and_codes_and_no_name_or_address(reader: Contact) -> None:
    choices.set_topic(contact=reader, code="newsletter", is_wanted=False, at=NOON, source="voorkeuren")

    body = outbox.body_of(WebhookDelivery.objects.get()).decode()

    assert body == (
        '{"type":"consent.changed","timestamp":"2026-10-06T12:00:00+00:00","data":{"externalId":"730001",'
        '"subject":"topic","code":"newsletter","given":false}}'
    )


def test_a_delivery_is_claimed_once_until_its_lease_ends(reader: Contact) -> None:
    stops.object_to_all(contact=reader, at=NOON, source="voorkeuren")
    endpoint_id = WebhookDelivery.objects.all()[0].endpoint_id

    first, second = (outbox.claim(endpoint_id, limit=8) for _ in range(2))
    WebhookDelivery.objects.update(leased_until=first.deliveries[0].created_at - timedelta(seconds=1))
    third = outbox.claim(endpoint_id, limit=1)

    assert [len(claim.deliveries) for claim in (first, second, third)] == [2, 0, 1]
