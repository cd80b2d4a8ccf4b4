"""The first page of Mails, and the list of every message."""

from typing import Any

import pytest
from django.utils import timezone

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import AuditEntry, Library, StaffRole
from campaigns.models import MailVariant, Message, MessageEvent
from members.models import Contact
from tests import factories, pages
from tests.factories import NOON

pytestmark = pytest.mark.django_db


def a_sent(recipient: Contact | None = None, **fields: Any) -> Message:
    values: dict[str, Any] = {"state": "accepted", "accepted_at": NOON, "submitted_at": NOON, "delivery": 10}
    return factories.a_message(recipient or factories.a_reader(), **(values | fields))


def blind(library: Library) -> Any:
    return pages.logged_in(factories.a_role(library, role=StaffRole.Role.EDITOR, sees_people=False))


def test_an_empty_library_is_told_what_to_do(zottegem: Library) -> None:
    html = pages.editor(zottegem).get(pages.at(zottegem, "mails")).content.decode()

    assert "Nog geen nieuwsbrief" in html
    assert "Maak een nieuwsbrief" in html


def test_a_reader_cannot_begin_one(zottegem: Library) -> None:
    html = pages.reader(zottegem).get(pages.at(zottegem, "mails")).content.decode()

    assert "Maak een nieuwsbrief</button>" not in html
    assert pages.reader(zottegem).post(pages.at(zottegem, "newsletter-add")).status_code == 403


def test_newsletters_stand_there_with_their_balance(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        campaign = factories.a_campaign(state="done", frozen_at=NOON, reach={})
        mailing = factories.a_mailing(campaign=campaign)
        a_sent(mailing=mailing)
        a_sent(mailing=mailing, state="skipped", reason="trial", delivery=0)

    html = pages.reader(zottegem).get(pages.at(zottegem, "mails")).content.decode()

    assert "2 voorzien, 1 aangekomen, 1 niet verstuurd" in html


def test_mails_in_doubt_are_told_of_first(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        for _ in range(2):
            a_sent(state="unknown", accepted_at=None)

    assert "Van <b>2 mails</b>" in pages.reader(zottegem).get(pages.at(zottegem, "mails")).content.decode()


def test_mails_of_journeys_are_counted_by_text(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        mailing = factories.a_mailing(label="Welkom", message_class="service", legal_basis="contract")
        for _ in range(3):
            a_sent(mailing=mailing, queued_at=timezone.now())

    html = pages.reader(zottegem).get(pages.at(zottegem, "mails")).content.decode()

    assert "<b>3 servicemails</b>" in html


def test_the_first_page_asks_little(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        for number in range(15):
            campaign = factories.a_campaign(name=f"N{number}", state="done", frozen_at=NOON)
            a_sent(mailing=factories.a_mailing(campaign=campaign))
    editor = pages.editor(zottegem)

    with pages.at_most(12):
        editor.get(pages.at(zottegem, "mails"))


# --- Every message ---------------------------------------------------------------------------------


def test_the_list_is_narrowed_by_state_and_reason(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        trial = a_sent(state="skipped", reason="trial", delivery=0)
        paused = a_sent(state="skipped", reason="paused", delivery=0)
        unknown = a_sent(state="unknown", accepted_at=None, delivery=0)

    def shown(query: str) -> set[int]:
        html = pages.reader(zottegem).get(f"{pages.at(zottegem, 'messages')}?{query}").content.decode()
        return {m.pk for m in (trial, paused, unknown) if pages.at(zottegem, "message", m.pk) in html}

    assert shown("") == {trial.pk, paused.pk, unknown.pk}
    assert shown("stand=onzeker") == {unknown.pk}
    assert shown("stand=niet-verstuurd&reden=trial") == {trial.pk}
    assert shown("stand=;drop") == {trial.pk, paused.pk, unknown.pk}


def test_messages_in_doubt_are_listed_by_number(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        unknown = a_sent(state="unknown", accepted_at=None, delivery=0)

    html = blind(zottegem).get(f"{pages.at(zottegem, 'messages')}?stand=onzeker").content.decode()

    assert f">{unknown.pk}<" in html
    assert "Noor" not in html


def test_names_stand_there_only_for_who_may_see_people(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        a_sent()

    assert "Noor Lemmens" in pages.reader(zottegem).get(pages.at(zottegem, "messages")).content.decode()
    assert "Noor" not in blind(zottegem).get(pages.at(zottegem, "messages")).content.decode()


def test_the_list_asks_little_however_long(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        for _ in range(20):
            a_sent()
    reader = pages.reader(zottegem)

    with pages.at_most(12):
        reader.get(pages.at(zottegem, "messages"))


def test_a_message_tells_what_happened_to_it(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        message = a_sent()
        MessageEvent.objects.create(message=message, kind="delivered", at=NOON)

    html = pages.reader(zottegem).get(pages.at(zottegem, "message", message.pk)).content.decode()

    for words in ("In de rij gezet", "Door de mailprovider aanvaard", "Aangekomen", "De mail kwam aan."):
        assert words in html
    with acting_for(zottegem.pk):
        assert AuditEntry.objects.filter(act="contact.viewed").count() == 1


def test_a_message_whose_person_is_gone_still_shows(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        message = factories.a_message(None, state="cancelled", reason="erased", settled_at=NOON)

    html = pages.reader(zottegem).get(pages.at(zottegem, "message", message.pk)).content.decode()

    assert "Deze persoon is gewist" in html


@pytest.mark.parametrize("name", ["message", "message-mail"])
def test_a_message_is_for_who_may_see_people(zottegem: Library, aalst: Library, name: str) -> None:
    with acting_for(zottegem.pk):
        message = a_sent()

    assert blind(zottegem).get(pages.at(zottegem, name, message.pk)).status_code == 403
    assert pages.admin(aalst).get(pages.at(zottegem, name, message.pk)).status_code == 404
    assert pages.admin(aalst).get(pages.at(aalst, name, message.pk)).status_code == 404


def test_the_mail_that_was_sent_is_shown_without_its_links(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        mailing = factories.a_mailing()
        html = '<p>Dag [[contact.first_name]] <a href="[[links.unsubscribe]]">uit</a></p>'
        variant = MailVariant.objects.create(
            mailing=mailing, digest="d", subject="Dag", html=html, text="Dag", created_at=NOON
        )
        message = a_sent(mailing=mailing, variant=variant, slots={"contact.first_name": "Noor <b>"})

    answer = pages.reader(zottegem).get(pages.at(zottegem, "message-mail", message.pk))

    assert answer.content.decode() == '<p>Dag Noor &lt;b&gt; <a href="#">uit</a></p>'
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_a_mail_that_was_never_made_is_not_found(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        message = a_sent()

    assert pages.reader(zottegem).get(pages.at(zottegem, "message-mail", message.pk)).status_code == 404


def test_a_message_asks_little(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        message = a_sent()
    reader = pages.reader(zottegem)

    with pages.at_most(12):
        reader.get(pages.at(zottegem, "message", message.pk))
