"""A person's page: every mail with why, or why not."""

from datetime import date, timedelta

from django.test import Client

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library
from campaigns import panels
from campaigns.models import LegalBasis, Message
from consent.models import LibraryTopic, MessageClass, Topic
from members.models import Contact
from tests import factories, pages
from tests.factories import NOON

State, Reason = Message.State, Message.Reason


def told(contact: Contact) -> list[tuple[str, str]]:
    return [(moment.title, moment.text) for moment in panels.part_of(contact, NOON).moments]


def test_a_mail_that_came_says_which_consent_carried_it(library: Library) -> None:
    noor = factories.a_contact()
    factories.a_message(
        noor, state=State.ACCEPTED, delivery=Message.Delivery.DELIVERED, topic="newsletter", accepted_at=NOON
    )

    [(title, text)] = told(noor)

    assert title == "Kreeg ‘Nieuw in de bib’"
    assert "De mail kwam aan." in text
    assert "toestemming voor ‘Nieuwsbrief van je bibliotheek’" in text


def test_the_library_s_own_word_for_a_topic_is_used(library: Library) -> None:
    LibraryTopic.objects.create(topic=Topic.objects.get(code="newsletter"), label="De Leeslamp")
    noor = factories.a_contact()
    factories.a_message(noor, state=State.ACCEPTED, topic="newsletter", accepted_at=NOON)

    assert "‘De Leeslamp’" in told(noor)[0][1]


def test_a_mail_that_did_not_leave_says_why(library: Library) -> None:
    noor = factories.a_contact()
    factories.a_message(noor, state=State.SKIPPED, reason=Reason.FREQUENCY_CAP, settled_at=NOON)

    [(title, text)] = told(noor)

    assert title == "Kreeg ‘Nieuw in de bib’ niet"
    assert "maximum aantal mails" in text


def test_a_service_mail_needs_no_consent_and_says_so(library: Library) -> None:
    noor = factories.a_contact()
    mailing = factories.a_mailing(
        message_class=MessageClass.SERVICE, legal_basis=LegalBasis.CONTRACT, topics=[]
    )
    factories.a_message(noor, mailing=mailing, state=State.ACCEPTED, accepted_at=NOON)

    assert "Daar is geen toestemming voor nodig." in told(noor)[0][1]


def test_a_click_is_told_only_of_who_lets_it_be_measured(library: Library) -> None:
    noor, wout = factories.a_contact(), factories.a_contact()
    factories.a_message(noor, state=State.ACCEPTED, accepted_at=NOON, clicked_at=NOON)
    factories.a_message(wout, state=State.ACCEPTED, accepted_at=NOON)

    assert "Klikte op een link." in told(noor)[0][1]
    assert "Klikte" not in told(wout)[0][1]


def test_what_came_back_did_not_come(library: Library) -> None:
    noor = factories.a_contact()
    bounced = Message.Delivery.HARD_BOUNCE
    factories.a_message(noor, state=State.ACCEPTED, delivery=bounced, accepted_at=NOON)

    assert told(noor)[0][0] == "Kreeg ‘Nieuw in de bib’ niet"


def test_a_mail_about_a_child_stands_on_both_pages(library: Library) -> None:
    parent, child = factories.a_contact(), factories.a_contact(date_of_birth=date(2019, 1, 1))
    factories.a_message(parent, contact=child, state=State.ACCEPTED, accepted_at=NOON)

    assert told(parent)[0][0] == "Kreeg ‘Nieuw in de bib’"
    assert told(child)[0][0] == "Over dit kind: ‘Nieuw in de bib’, aan een ouder"


def test_the_card_counts_the_last_month(library: Library) -> None:
    noor = factories.a_contact()
    factories.a_message(noor, state=State.ACCEPTED, accepted_at=NOON)
    factories.a_message(noor, state=State.SKIPPED, reason=Reason.NO_CONSENT)
    factories.a_message(noor, state=State.ACCEPTED, queued_at=NOON - timedelta(days=31))

    panel = panels.part_of(noor, NOON).panel or {}

    assert (panel["got_count"], panel["not_sent_count"], panel["total_count"]) == (1, 1, 3)


def test_a_person_with_many_mails_costs_no_more_queries(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        noor = factories.a_contact()
        for _ in range(30):
            factories.a_message(noor, state=State.ACCEPTED, accepted_at=NOON, topic="newsletter")
    client: Client = pages.reader(zottegem)

    with pages.at_most(14):
        html = client.get(pages.at(zottegem, "contact", noor.pk)).content.decode()

    assert html.count("Kreeg ‘Nieuw in de bib’") == 30
