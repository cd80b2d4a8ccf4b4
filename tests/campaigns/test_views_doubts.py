"""The page of mails in doubt, and the question before they go once more."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from bibmail.tenancy import acting_for, clock
from bibmail.tenancy.models import Library, StaffRole
from campaigns.models import Message, Submission
from members.models import Contact
from tests import factories, pages

pytestmark = pytest.mark.django_db


def in_doubt(library: Library, *, hours: int = 25, **fields: Any) -> Message:
    with acting_for(library.pk):
        opened = clock.database_now() - timedelta(hours=hours)
        call = Submission.objects.create(
            account="network", message_ids=[], payload_sha256="x", state="unknown",
            opened_at=opened, last_tried_at=opened,
        )  # fmt: skip
        person: Contact = factories.a_reader(first_name="Noor", last_name="Peeters")
        return factories.a_message(
            person, state="unknown", submission=call, submitted_at=timezone.now() - timedelta(hours=hours),
            not_after=timezone.now() + timedelta(days=3), **fields,
        )  # fmt: skip


def listed(client: Any, library: Library, query: str = "") -> str:
    html: str = client.get(pages.at(library, "doubts") + query).content.decode()
    return html


def test_it_says_how_many_and_names_them_to_who_may_know(zottegem: Library) -> None:
    message = in_doubt(zottegem)
    blind = pages.logged_in(factories.a_role(zottegem, role=StaffRole.Role.EDITOR, sees_people=False))

    seen, unseen = listed(pages.editor(zottegem), zottegem), listed(blind, zottegem)

    assert "<b>1 mail</b>: we weten niet of hij vertrok." in seen
    assert "Noor Peeters" in seen
    assert "Noor" not in unseen
    assert f'value="{message.pk}"' in unseen


def test_young_ones_cannot_be_chosen_and_a_reader_chooses_nothing(zottegem: Library) -> None:
    in_doubt(zottegem, hours=20)
    old = in_doubt(zottegem)

    assert listed(pages.editor(zottegem), zottegem).count('name="bericht"') == 1
    assert 'name="bericht"' not in listed(pages.reader(zottegem), zottegem)
    address = pages.at(zottegem, "doubts-resend")
    assert pages.reader(zottegem).post(address, {"bericht": old.pk}).status_code == 403


def test_the_question_comes_first_and_changes_nothing(zottegem: Library) -> None:
    message = in_doubt(zottegem)

    answer = pages.editor(zottegem).post(pages.at(zottegem, "doubts-resend"), {"bericht": message.pk})

    html = answer.content.decode()
    assert "<b>twee keer</b>" in html
    assert "Typ 1 om te bevestigen" in html
    with acting_for(zottegem.pk):
        assert Message.objects.count() == 1


def test_with_a_reason_and_the_number_they_go(zottegem: Library) -> None:
    one, two = in_doubt(zottegem), in_doubt(zottegem)
    values = {"ids": f"{one.pk},{two.pk}", "reason": "storing bij de mailprovider", "count": "2"}

    answer = pages.editor(zottegem).post(pages.at(zottegem, "doubts-resend"), values, follow=True)

    assert "2 mails vertrekken opnieuw." in answer.content.decode()
    with acting_for(zottegem.pk):
        assert Message.objects.filter(state="queued").count() == 2


@pytest.mark.parametrize("wrong", [{"count": "3"}, {"reason": ""}, {"ids": "999999"}, {"ids": "x"}])
def test_anything_else_sends_nothing(zottegem: Library, wrong: dict[str, str]) -> None:
    message = in_doubt(zottegem)
    values = {"ids": str(message.pk), "reason": "storing", "count": "1"} | wrong

    answer = pages.editor(zottegem).post(pages.at(zottegem, "doubts-resend"), values)

    assert answer.status_code in {302, 422}
    with acting_for(zottegem.pk):
        assert Message.objects.count() == 1


def test_all_of_a_newsletter_is_all_of_that_newsletter(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        campaign = factories.a_campaign(state="sending", frozen_at=timezone.now())
        mailing = factories.a_mailing(campaign=campaign)
    in_doubt(zottegem)
    mine = in_doubt(zottegem, mailing=mailing)
    editor = pages.editor(zottegem)

    report = editor.get(pages.at(zottegem, "newsletter", campaign.pk)).content.decode()
    html = editor.post(
        pages.at(zottegem, "doubts-resend"), {"alle": "1", "nieuwsbrief": campaign.pk}
    ).content.decode()

    assert f"mails/onzeker/?nieuwsbrief={campaign.pk}" in report
    assert f'name="ids" value="{mine.pk}"' in html


def test_nothing_chosen_is_told(zottegem: Library) -> None:
    in_doubt(zottegem)

    answer = pages.editor(zottegem).post(pages.at(zottegem, "doubts-resend"), follow=True)

    assert "Kies eerst welke mails" in answer.content.decode()


def test_the_page_asks_little(zottegem: Library) -> None:
    for _ in range(10):
        in_doubt(zottegem)
    editor = pages.editor(zottegem)

    with pages.at_most(12):
        listed(editor, zottegem)
