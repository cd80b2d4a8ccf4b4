"""One click and it is done; a scanner that looks at the link changes nothing."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from bibmail.tenancy import acting_for, clock, tokens
from bibmail.tenancy.models import Library
from bibmail.tenancy.tokens import Purpose
from campaigns.models import LegalBasis, Message
from consent.models import Consent, MessageClass, Suppression
from members.models import Contact, ContactChange
from tests import factories, pages
from tests.factories import NOON, a_consent, a_contact, a_mailing

pytestmark = pytest.mark.django_db

ONE_CLICK = b"List-Unsubscribe=One-Click"
FORM = "application/x-www-form-urlencoded"


def a_message(recipient: Contact | None, **fields: Any) -> Message:
    return factories.a_message(recipient, **({"state": "accepted", "topic": "newsletter"} | fields))


def path(library: Library, message: Message, purpose: Purpose = Purpose.UNSUBSCRIBE) -> str:
    token = tokens.for_message(purpose, library_id=library.pk, public_id=message.public_id)
    return f"/u/{token}/"


def click(library: Library, message: Message, body: bytes = ONE_CLICK) -> tuple[int, str]:
    """As a mail program does it: no cookies, no session, nothing else."""
    answer = Client(enforce_csrf_checks=True).post(path(library, message), body, content_type=FORM)
    assert not answer.cookies
    return answer.status_code, answer.content.decode()


def open_topics(library: Library) -> list[str]:
    with acting_for(library.pk):
        return sorted(Consent.objects.filter(closed_at=None).values_list("code", flat=True))


def state(library: Library, message: Message) -> tuple[str, str]:
    with acting_for(library.pk):
        return Message.objects.values_list("state", "reason").get(pk=message.pk)


@pytest.fixture
def noor(zottegem: Library) -> Contact:
    with acting_for(zottegem.pk):
        contact = a_contact()
        a_consent(contact)
        a_consent(contact, code="events")
    return contact


def test_the_exact_body_without_cookies_withdraws_and_does_so_twice(zottegem: Library, noor: Contact) -> None:
    with acting_for(zottegem.pk):
        message = a_message(noor)

    first, second = click(zottegem, message), click(zottegem, message)

    assert (first[0], second[0]) == (200, 200)
    assert open_topics(zottegem) == ["events"]
    with acting_for(zottegem.pk):
        closed = Consent.objects.get(code="newsletter")
        assert closed.closed_source == "uitschrijflink"
        assert Message.objects.get().unsubscribed_at == closed.closed_at
        assert ContactChange.objects.filter(contact=noor).exists()


def test_a_look_at_the_link_changes_nothing(zottegem: Library, noor: Contact) -> None:
    with acting_for(zottegem.pk):
        message = a_message(noor)

    got, looked = Client().get(path(zottegem, message)), Client().head(path(zottegem, message))

    assert (got.status_code, looked.status_code) == (200, 200)
    assert "Stop deze mails" in got.content.decode()
    assert open_topics(zottegem) == ["events", "newsletter"]
    with acting_for(zottegem.pk):
        assert Message.objects.get().unsubscribed_at is None


def test_mails_that_wait_are_stopped_unless_another_topic_carries_them(
    zottegem: Library, noor: Contact
) -> None:
    with acting_for(zottegem.pk):
        message = a_message(noor)
        same = a_message(noor, state="queued", topic="")
        claimed = a_message(noor, state="claimed", topic="")
        either = a_message(noor, state="queued", mailing=a_mailing(topics=["newsletter", "events"]))
        other = a_message(noor, state="queued", mailing=a_mailing(topics=["events"]))
        service = a_message(
            noor, state="queued", mailing=a_mailing(message_class=MessageClass.SERVICE, topics=["newsletter"])
        )
        theirs = a_message(a_contact(), state="queued")

    click(zottegem, message)

    assert state(zottegem, same) == state(zottegem, claimed) == ("cancelled", "objected")
    assert {state(zottegem, one)[0] for one in (either, other, service, theirs)} == {"queued"}


def test_an_objection_to_a_mail_by_policy_is_kept_and_ends_the_series(
    zottegem: Library, noor: Contact
) -> None:
    policy = {"legal_basis": LegalBasis.LIBRARY_POLICY}
    with acting_for(zottegem.pk):
        message = a_message(
            noor, topic="", mailing=a_mailing(topics=["events", "new_acquisitions"], **policy)
        )
        next_one = a_message(noor, state="queued", topic="", mailing=a_mailing(topics=["digital"], **policy))

    click(zottegem, message)
    click(zottegem, message)

    assert open_topics(zottegem) == ["newsletter"]
    assert state(zottegem, next_one) == ("cancelled", "objected")
    with acting_for(zottegem.pk):
        kept = Consent.objects.get(code="new_acquisitions")
    assert kept.opened_at == kept.closed_at


def test_all_mail_can_be_stopped_from_the_same_page(zottegem: Library, noor: Contact) -> None:
    with acting_for(zottegem.pk):
        message = a_message(noor)
        other = a_message(noor, state="queued", mailing=a_mailing(topics=["events"]))

    status, words = click(zottegem, message, b"alles=1")

    assert status == 200
    assert "behalve berichten over je lidmaatschap" in words
    assert open_topics(zottegem) == []
    assert state(zottegem, other) == ("cancelled", "objected")
    with acting_for(zottegem.pk):
        assert Suppression.objects.get().reason == "unsubscribed"


def test_who_chose_again_and_clicks_the_old_mail_is_heard_again(zottegem: Library, noor: Contact) -> None:
    with acting_for(zottegem.pk):
        message = a_message(noor)
    click(zottegem, message)
    with acting_for(zottegem.pk):
        a_consent(noor, opened_at=clock.now())

    click(zottegem, message)

    assert open_topics(zottegem) == ["events"]


def test_service_mail_explains_and_changes_nothing(zottegem: Library, noor: Contact) -> None:
    with acting_for(zottegem.pk):
        mailing = a_mailing(message_class=MessageClass.SERVICE, legal_basis=LegalBasis.CONTRACT, topics=[])
        message = a_message(noor, mailing=mailing, topic="")

    status, words = click(zottegem, message, b"alles=1")

    assert status == 200
    assert "hoort bij je lidmaatschap" in words
    assert open_topics(zottegem) == ["events", "newsletter"]


def test_it_works_after_erasure_and_after_retention(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        message = a_message(None)
    after_erasure = click(zottegem, message)
    with acting_for(zottegem.pk):
        message.delete()

    after_retention = click(zottegem, message)

    assert after_erasure[0] == after_retention[0] == 200
    assert after_erasure[1] == after_retention[1]


def test_a_page_in_english_for_who_reads_english(zottegem: Library, noor: Contact) -> None:
    with acting_for(zottegem.pk):
        message = a_message(noor)
        Contact.objects.filter(pk=noor.pk).update(language="en")

    answer = Client().get(path(zottegem, message))

    assert answer.headers["Content-Language"] == "en"
    assert 'lang="en"' in answer.content.decode()
    assert Client().get(path(zottegem, message) + "?taal=nl").headers["Content-Language"] == "nl"


def test_the_address_stays_here(zottegem: Library, noor: Contact) -> None:
    with acting_for(zottegem.pk):
        message = a_message(noor)

    headers = Client().get(path(zottegem, message)).headers

    assert headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in headers["Cache-Control"]


def test_a_token_made_for_something_else_opens_nothing(zottegem: Library, noor: Contact) -> None:
    with acting_for(zottegem.pk):
        message = a_message(noor)

    answer = Client().post(path(zottegem, message, Purpose.VIEW), ONE_CLICK, content_type=FORM)

    assert answer.status_code == 404
    assert open_topics(zottegem) == ["events", "newsletter"]


def test_another_library_cannot_be_reached(zottegem: Library, aalst: Library, noor: Contact) -> None:
    with acting_for(zottegem.pk):
        message = a_message(noor)

    status, _words = click(aalst, message)

    assert status == 200
    assert open_topics(zottegem) == ["events", "newsletter"]


def test_it_takes_few_queries(zottegem: Library, noor: Contact) -> None:
    with acting_for(zottegem.pk):
        message = a_message(noor, queued_at=NOON - timedelta(days=1))

    with pages.at_most(8):
        Client().get(path(zottegem, message))
