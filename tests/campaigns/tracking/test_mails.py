"""What a mail says of itself afterwards: why it came, and how it looked."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from bibmail.tenancy import acting_for, tokens
from bibmail.tenancy.models import Library
from bibmail.tenancy.tokens import Purpose
from campaigns.models import LegalBasis, Mailing, MailVariant, Message, TrackedLink
from campaigns.tracking import why
from campaigns.tracking.why import Step
from consent.models import MessageClass, Subject, Wording
from members.models import Contact
from tests import factories, pages
from tests.factories import NOON, a_consent, a_contact

pytestmark = pytest.mark.django_db

REASON = (
    "Je krijgt deze mail omdat je koos voor mails over ‘{{consent.topic}}’. Je komt naar {{branch.name}}."
)


def a_mailing(**fields: Any) -> Mailing:
    content = {
        "subject": "Samen lezen, {{contact.first_name}}",
        "reason": REASON,
        "blocks": [{"type": "events"}],
    }
    values = {"topics": ["family"], "data_uses": ["use_linked_children"], "content": content}
    return factories.a_mailing(**(values | fields))


def a_sent_mail(recipient: Contact | None, *, mailing: Mailing | None = None, **fields: Any) -> Message:
    mailing = mailing or a_mailing()
    link = TrackedLink.objects.create(mailing=mailing, url="https://example.be/fundels")
    variant = MailVariant.objects.create(
        mailing=mailing,
        digest="d",
        subject="Samen lezen, [[contact.first_name]]",
        html=f'<html lang="nl"><p style="color:red">Dag [[contact.first_name]]</p><a href="[[link:{link.pk}]]">x</a>'
        '<a href="[[links.why]]">y</a></html>',
        text="Dag",
        created_at=NOON,
    )
    slots = {"contact.first_name": "<Noor>", "consent.topic": "Tips voor gezinnen", "branch.name": ""}
    values = {
        "state": "accepted",
        "accepted_at": NOON,
        "topic": "family",
        "variant": variant,
        "slots": slots if recipient else {},
    }
    return factories.a_message(recipient, mailing=mailing, **(values | fields))


def path(library: Library, message: Message, purpose: Purpose) -> str:
    letter = {Purpose.WHY: "w", Purpose.VIEW: "m"}[purpose]
    token = tokens.for_message(purpose, library_id=library.pk, public_id=message.public_id)
    return f"/{letter}/{token}/"


def told(library: Library, message: Message) -> str:
    return " ".join(Client().get(path(library, message, Purpose.WHY)).content.decode().split())


def test_the_page_tells_the_reason_the_yes_and_what_was_used(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        noor = a_contact()
        wording = Wording.objects.create(
            subject="topic", code="family", version=1, text="Ja, mail mij tips", created_at=NOON
        )
        consent = a_consent(noor, code="family", wording=wording, opened_at=NOON - timedelta(days=34))
        message = a_sent_mail(noor, consent=consent)

    page = told(zottegem, message)

    assert "Samen lezen, &lt;Noor&gt;" in page
    # A sentence with nothing to say is left out.
    assert "omdat je koos voor mails over ‘Tips voor gezinnen’.<" in page
    assert "Je koos ‘Tips voor gezinnen met kinderen’" in page
    assert "Op woensdag 2 september 2026, aan de balie" in page
    assert "Ja, mail mij tips" in page
    assert "De leeftijd van je kinderen, want dat mag van jou" in page
    assert "Je voornaam, je e-mailadres, je leeftijd en je vestiging" in page
    assert "wat je leende" in page
    assert "of je de mail opende" in page


def test_measuring_that_is_allowed_is_not_denied(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        noor = a_contact()
        a_consent(noor, code="measure_clicks", subject=Subject.DATA_USE)
        message = a_sent_mail(noor)

    page = told(zottegem, message)

    assert "waarop je klikte" not in page
    assert "of je de mail opende" in page


def test_service_mail_and_mail_by_policy_say_on_what_they_rest(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        noor = a_contact()
        service = a_mailing(message_class=MessageClass.SERVICE, legal_basis=LegalBasis.CONTRACT, topics=[])
        policy = a_mailing(legal_basis=LegalBasis.LIBRARY_POLICY)
        mails = [a_sent_mail(noor, mailing=mailing, topic="") for mailing in (service, policy)]

    by_contract, by_policy = (told(zottegem, message) for message in mails)

    assert "Berichten over je lidmaatschap krijgt elk lid" in by_contract
    assert "Stop deze mails" not in by_contract
    assert "Bib Zottegem stuurt deze mail naar nieuwe leden" in by_policy
    assert "Stop deze mails" in by_policy


def test_a_higher_floor_tells_what_happened_in_between(
    zottegem: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(why, "_steps_of", [])
    why.register(lambda mail: [Step("users-plus", "Je koppelde twee kinderen", NOON)])
    with acting_for(zottegem.pk):
        message = a_sent_mail(a_contact())

    assert "Je koppelde twee kinderen" in told(zottegem, message)


def test_after_erasure_it_tells_nothing(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        message = a_sent_mail(None)

    page = told(zottegem, message)

    assert "De gegevens bij deze mail zijn gewist" in page
    assert "Samen lezen" not in page


def test_the_mail_in_a_browser_is_the_mail_that_was_sent(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        message = a_sent_mail(a_contact())

    answer = Client().get(path(zottegem, message, Purpose.VIEW))

    words = answer.content.decode()
    assert "Dag &lt;Noor&gt;" in words
    assert "/l/" in words
    assert path(zottegem, message, Purpose.WHY) in words
    assert "[[" not in words


def test_the_mail_in_a_browser_can_do_nothing(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        message = a_sent_mail(a_contact())

    headers = Client().get(path(zottegem, message, Purpose.VIEW)).headers

    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script" not in policy
    assert headers["Referrer-Policy"] == "no-referrer"


def test_a_mail_that_is_gone_says_so_with_the_librarys_own_style(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        message = a_sent_mail(a_contact(), variant=None)

    answer = Client().get(path(zottegem, message, Purpose.VIEW))

    assert answer.status_code == 200
    assert "Deze mail is er niet meer" in answer.content.decode()
    assert "unsafe-inline" not in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(("purpose", "most"), [(Purpose.WHY, 12), (Purpose.VIEW, 2)])
def test_few_queries(zottegem: Library, purpose: Purpose, most: int) -> None:
    with acting_for(zottegem.pk):
        noor = a_contact()
        message = a_sent_mail(noor, consent=a_consent(noor, code="family"))

    with pages.at_most(most):
        Client().get(path(zottegem, message, purpose))


def test_an_answer_to_a_question_is_thanked_and_not_kept(zottegem: Library) -> None:
    client = Client()

    yes, no, other = (client.get(f"/bedankt/zottegem/{word}/") for word in ("ja", "nee", "misschien"))

    assert (yes.status_code, no.status_code, other.status_code) == (200, 200, 404)
    assert "Antwoord gerust op de mail" in no.content.decode()
    assert client.get("/bedankt/nergens/ja/").content == other.content
