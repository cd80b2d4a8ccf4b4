"""Instellingen > Koppelingen (API): keys and secrets are shown once, and everything is for admins."""

import re
from typing import Any

import pytest
from django.test import Client

from bibmail.api import actions
from bibmail.api.models import ApiKey, EventKind, WebhookDelivery, WebhookEndpoint
from bibmail.tenancy import acting_for
from bibmail.tenancy.models import AuditEntry, Library
from tests import factories, pages
from tests.api.stage import a_program
from tests.factories import NOON

KEY = {"name": "Zelfuitleen", "scopes": ["contacts:write", "contacts:read"], "expires_on": ""}


def an_endpoint(library: Library) -> WebhookEndpoint:
    with acting_for(library.pk):
        return actions.add_webhook(
            url="http://127.0.0.1:9/haak", events=[EventKind.UNSUBSCRIBED], by=factories.a_user(), at=NOON
        ).endpoint


def acts(library: Library) -> list[str]:
    with acting_for(library.pk):
        return list(AuditEntry.objects.order_by("pk").values_list("act", flat=True))


def test_a_key_is_shown_once_works_and_stands_in_the_trail(zottegem: Library) -> None:
    admin = pages.admin(zottegem)

    made = admin.post(pages.at(zottegem, "api-key-add"), KEY).content.decode()

    shown = re.search(r"bm_\d+x[0-9a-f]{12}_[0-9a-f]{64}", made)
    assert shown
    answer = Client().get("/api/v1/health", headers={"Authorization": f"Bearer {shown[0]}"})
    assert answer.json()["scopes"] == ["contacts:write", "contacts:read"]
    assert shown[0] not in admin.get(pages.at(zottegem, "api")).content.decode()
    assert acts(zottegem)[0] == "api_key.made"


def test_a_replaced_key_works_beside_the_new_one_until_its_day(zottegem: Library) -> None:
    old = a_program(zottegem)

    made = pages.admin(zottegem).post(
        pages.at(zottegem, "api-key-replace", old.key.pk), {"old_until": "2099-01-01"}
    )

    assert made.status_code == 200
    with acting_for(zottegem.pk):
        new = ApiKey.objects.exclude(pk=old.key.pk).get()
        assert (new.source, new.scopes, new.follows_id) == (old.key.source, old.key.scopes, old.key.pk)
        assert str(ApiKey.objects.get(pk=old.key.pk).expires_on) == "2099-01-01"
    assert old.get("/health").status_code == 200


def test_a_day_that_has_passed_is_refused_with_a_sentence(zottegem: Library) -> None:
    answer = pages.admin(zottegem).post(pages.at(zottegem, "api-key-add"), KEY | {"expires_on": "2020-01-01"})

    assert "Die dag is al voorbij" in answer.content.decode()
    with acting_for(zottegem.pk):
        assert not ApiKey.objects.exists()


def test_a_revoked_key_stops_at_once_after_a_question(zottegem: Library) -> None:
    program, admin = a_program(zottegem), pages.admin(zottegem)
    address = pages.at(zottegem, "api-key-revoke", program.key.pk)

    admin.get(address)
    assert program.get("/health").status_code == 200
    admin.post(address)

    assert program.get("/health").status_code == 401
    assert "api_key.revoked" in acts(zottegem)


def test_a_webhook_is_added_with_a_secret_shown_once_and_refused_without_a_real_address(
    zottegem: Library,
) -> None:
    admin, address = pages.admin(zottegem), pages.at(zottegem, "webhook-add")

    wrong = admin.post(address, {"url": "haak", "events": ["contact.erased"]}).content.decode()
    made = admin.post(address, {"url": "http://127.0.0.1:9/", "events": ["contact.erased"]}).content.decode()

    assert "geen volledig webadres" in wrong
    assert "whsec_" in made
    with acting_for(zottegem.pk):
        assert WebhookEndpoint.objects.get().events == ["contact.erased"]


def test_a_webhook_is_tested_paused_put_on_and_removed(zottegem: Library) -> None:
    endpoint, admin = an_endpoint(zottegem), pages.admin(zottegem)

    for name in ("webhook-test", "webhook-pause", "webhook-pause"):
        admin.post(pages.at(zottegem, name, endpoint.pk))
    question = admin.get(pages.at(zottegem, "webhook-remove", endpoint.pk)).content.decode()
    admin.post(pages.at(zottegem, "webhook-remove", endpoint.pk))

    assert "Er wacht nog 1 bericht." in question
    assert acts(zottegem)[1:] == ["webhook.tested", "webhook.paused", "webhook.resumed", "webhook.removed"]
    with acting_for(zottegem.pk):
        assert not WebhookDelivery.objects.exists()


def test_a_message_can_be_sent_again_and_its_person_is_not_on_the_page(zottegem: Library) -> None:
    endpoint, admin = an_endpoint(zottegem), pages.admin(zottegem)
    with acting_for(zottegem.pk):
        delivery = actions.test_webhook(endpoint=endpoint, by=factories.a_user(), at=NOON)
        WebhookDelivery.objects.update(state="failed", tries_count=6, status=500, external_id="730001")

    page = admin.get(pages.at(zottegem, "webhook", endpoint.pk)).content.decode()
    admin.post(pages.at(zottegem, "webhook-replay", delivery.pk))

    assert "Antwoord 500" in page
    assert "730001" not in page
    with acting_for(zottegem.pk):
        assert WebhookDelivery.objects.get().state == "waiting"


@pytest.mark.parametrize(
    "name",
    [
        "api", "api-key-add", "api-key", "api-key-replace", "api-key-revoke", "webhook-add", "webhook",
        "webhook-remove",
    ],
)  # fmt: skip
def test_pages_are_for_admins_and_ask_little(zottegem: Library, name: str) -> None:
    key, endpoint = a_program(zottegem).key, an_endpoint(zottegem)
    number: list[Any] = [key.pk] if name.startswith("api-key") and name != "api-key-add" else []
    number = [endpoint.pk] if name in {"webhook", "webhook-remove"} else number
    address = pages.at(zottegem, name, *number)
    admin = pages.admin(zottegem)

    with pages.at_most(12):
        assert admin.get(address).status_code == 200
    assert pages.editor(zottegem).get(address).status_code == 403


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_documentation_names_every_address_field_and_refusal(db: Any, language: str) -> None:
    client = Client()
    client.cookies["django_language"] = language

    page = client.get("/api/v1/docs").content.decode()

    for word in ("/api/v1/contacts", "externalId", "loanId", "key_used", "consents:write", "contact.erased"):
        assert word in page


def test_the_document_can_be_read_by_programs(db: Any) -> None:
    document = Client().get("/api/v1/openapi.json").json()

    assert document["openapi"].startswith("3.")
    assert "/api/v1/consents" in document["paths"]


def test_a_new_secret_is_shown_once_after_a_question(zottegem: Library) -> None:
    endpoint, admin = an_endpoint(zottegem), pages.admin(zottegem)
    address = pages.at(zottegem, "webhook-secret", endpoint.pk)

    asked = admin.get(address).content.decode()
    made = admin.post(address).content.decode()

    shown = re.search(r"whsec_[A-Za-z0-9+/=]+", made)
    assert "24 uur" in asked
    assert "whsec_" not in asked
    assert shown
    page = admin.get(pages.at(zottegem, "webhook", endpoint.pk)).content.decode()
    assert "Het vorige geheim tekent mee tot" in page
    assert shown[0] not in page
    assert "Het geheim van daarvoor stopt nu meteen" in admin.get(address).content.decode()
    assert acts(zottegem).count("webhook.secret_renewed") == 1
