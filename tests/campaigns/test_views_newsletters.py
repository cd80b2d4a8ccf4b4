"""The pages of a newsletter: written by editors, sent for a number that was typed, and counted afterwards."""

import re
from typing import Any

import pytest
from django.test import Client

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import AuditEntry, Library, StaffRole
from campaigns import tasks
from campaigns.models import Campaign, Mailing, Message, SendingSettings
from tests import factories, pages

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(zottegem: Library) -> Campaign:
    with acting_for(zottegem.pk):
        SendingSettings.objects.create(is_trial=False)
        factories.a_branch()
        factories.a_reader(first_name="Noor")
        return factories.a_campaign()


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What bells were rung."""
    calls: list[dict[str, Any]] = []
    for task in (tasks.send, tasks.send_test):
        monkeypatch.setattr(task, "delay", lambda **given: calls.append(given))
    return calls


def stored(library: Library, campaign: Campaign) -> Campaign:
    with acting_for(library.pk):
        return Campaign.objects.get(pk=campaign.pk)


def at(library: Library, name: str, campaign: Campaign) -> str:
    return pages.at(library, name, campaign.pk)


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


# --- Who may what ----------------------------------------------------------------------------------

_GETS = ["newsletter", "newsletter-audience", "newsletter-send", "newsletter-preview", "newsletter-check"]
_POSTS = [
    "newsletter", "block-add", "block-save", "block-move", "block-remove", "newsletter-audience",
    "newsletter-rule-remove", "newsletter-rules-join", "newsletter-send", "newsletter-take-back", "newsletter-stop",
    "newsletter-test", "newsletter-copy", "newsletter-remove",
]  # fmt: skip


@pytest.mark.parametrize("name", _GETS)
def test_an_editor_sees_it_and_a_stranger_finds_nothing(
    zottegem: Library, aalst: Library, draft: Campaign, name: str
) -> None:
    assert pages.editor(zottegem).get(at(zottegem, name, draft)).status_code == 200
    assert pages.admin(aalst).get(at(zottegem, name, draft)).status_code == 404
    assert pages.admin(aalst).get(at(aalst, name, draft)).status_code == 404


@pytest.mark.parametrize("name", _POSTS)
def test_a_reader_changes_nothing(zottegem: Library, draft: Campaign, name: str) -> None:
    assert pages.reader(zottegem).post(at(zottegem, name, draft)).status_code == 403


@pytest.mark.parametrize("name", _POSTS)
def test_a_number_of_another_library_is_not_found(
    zottegem: Library, aalst: Library, draft: Campaign, name: str
) -> None:
    assert pages.editor(aalst).post(at(aalst, name, draft)).status_code == 404


def test_a_reader_looks_at_a_draft(zottegem: Library, draft: Campaign) -> None:
    html = text(pages.reader(zottegem), at(zottegem, "newsletter", draft))

    assert "In opmaak" in html
    assert "Bewaar onderwerp" not in html


# --- Writing ---------------------------------------------------------------------------------------


def test_one_click_makes_a_newsletter_with_something_in_it(zottegem: Library) -> None:
    answer = pages.editor(zottegem).post(pages.at(zottegem, "newsletter-add"))

    with acting_for(zottegem.pk):
        made = Campaign.objects.get()
    assert answer.headers["Location"] == at(zottegem, "newsletter", made)
    assert [block["type"] for block in made.blocks] == ["greeting", "new_acquisitions", "events"]


def test_a_first_name_is_written_as_people_write_it(zottegem: Library, draft: Campaign) -> None:
    editor, page = pages.editor(zottegem), at(zottegem, "newsletter", draft)
    head = {"name": "N", "subject": "Dag [voornaam]!", "preheader": "", "topic": "newsletter"}

    editor.post(page, head)

    assert stored(zottegem, draft).subject == "Dag {{contact.first_name}}!"
    assert "Dag [Voornaam]!" in text(editor, page)


def test_a_subject_reads_as_it_was_typed(zottegem: Library, draft: Campaign) -> None:
    with acting_for(zottegem.pk):
        Campaign.objects.update(subject="Dag {{contact.first_name}}, nieuws van {{library.name}}")
    written = [at(zottegem, "newsletter-send", draft), pages.at(zottegem, "mails")]

    assert all(_says_the_subject(zottegem, page) for page in written)

    with acting_for(zottegem.pk):
        Campaign.objects.update(state="done")
    assert _says_the_subject(zottegem, at(zottegem, "newsletter", draft))


def _says_the_subject(zottegem: Library, page: str) -> bool:
    return f"Dag [Voornaam], nieuws van {zottegem.name}" in text(pages.editor(zottegem), page)


def test_a_field_that_no_mail_knows_is_refused(zottegem: Library, draft: Campaign) -> None:
    head = {"name": "N", "subject": "{{contact.shoe_size}}", "preheader": "", "topic": "newsletter"}

    answer = pages.editor(zottegem).post(at(zottegem, "newsletter", draft), head)

    assert answer.status_code == 422
    assert "We kennen {{contact.shoe_size}} niet" in answer.content.decode()


def test_a_subject_that_is_too_long_with_its_fields_is_refused(zottegem: Library, draft: Campaign) -> None:
    head = {"name": "N", "subject": "[Voornaam]" * 14, "preheader": "", "topic": "newsletter"}

    assert pages.editor(zottegem).post(at(zottegem, "newsletter", draft), head).status_code == 422


def test_a_topic_that_is_not_offered_cannot_be_chosen(zottegem: Library, draft: Campaign) -> None:
    head = {"name": "N", "subject": "S", "preheader": "", "topic": "service"}

    assert pages.editor(zottegem).post(at(zottegem, "newsletter", draft), head).status_code == 422


def test_a_block_is_added_filled_moved_and_removed(zottegem: Library, draft: Campaign) -> None:
    editor = pages.editor(zottegem)

    editor.post(at(zottegem, "block-add", draft), {"soort": "button"})
    editor.post(
        at(zottegem, "block-save", draft),
        {"blok": "b2", "b2-label": "Bekijk de agenda", "b2-url": "https://example.be/agenda"},
    )
    editor.post(at(zottegem, "block-move", draft), {"blok": "b2", "naar": "op"})
    button, _text = stored(zottegem, draft).blocks
    editor.post(at(zottegem, "block-remove", draft), {"blok": "b1"})

    assert (button["type"], button["label"]) == ("button", "Bekijk de agenda")
    assert [block["key"] for block in stored(zottegem, draft).blocks] == ["b2"]


def test_a_block_that_is_refused_stays_open_with_the_reason(zottegem: Library, draft: Campaign) -> None:
    answer = pages.editor(zottegem).post(at(zottegem, "block-save", draft), {"blok": "b1", "b1-text": ""})

    assert answer.status_code == 422
    assert 'id="id_b1-text_error"' in answer.content.decode()


@pytest.mark.parametrize("name", ["block-save", "block-move", "block-remove"])
def test_a_block_that_is_gone_is_not_found(zottegem: Library, draft: Campaign, name: str) -> None:
    assert pages.editor(zottegem).post(at(zottegem, name, draft), {"blok": "b9"}).status_code == 404


def test_what_was_sent_is_not_written_on(zottegem: Library, draft: Campaign) -> None:
    with acting_for(zottegem.pk):
        Campaign.objects.update(state="sending")

    pages.editor(zottegem).post(at(zottegem, "block-remove", draft), {"blok": "b1"})

    assert stored(zottegem, draft).blocks


def test_a_draft_can_be_thrown_away_and_a_copy_made(zottegem: Library, draft: Campaign) -> None:
    editor = pages.editor(zottegem)

    editor.post(at(zottegem, "newsletter-copy", draft))
    editor.post(at(zottegem, "newsletter-remove", draft))

    with acting_for(zottegem.pk):
        copy = Campaign.objects.get()
    assert (copy.state, copy.blocks, copy.subject) == ("draft", draft.blocks, "Nieuws van {{library.name}}")


# --- Looking at it ---------------------------------------------------------------------------------


def test_the_preview_is_the_mail_itself(zottegem: Library, draft: Campaign) -> None:
    answer = pages.editor(zottegem).get(at(zottegem, "newsletter-preview", draft))

    html = answer.content.decode()
    assert "Er is nieuws." in html
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_a_look_as_a_person_is_kept_and_not_for_everyone(zottegem: Library, draft: Campaign) -> None:
    with acting_for(zottegem.pk):
        campaign_reader = factories.a_reader(first_name="Yasmina")
    path = f"{at(zottegem, 'newsletter-preview', draft)}?persoon={campaign_reader.pk}"
    blind = pages.logged_in(factories.a_role(zottegem, role=StaffRole.Role.EDITOR, sees_people=False))

    assert pages.editor(zottegem).get(path).status_code == 200
    assert blind.get(path).status_code == 403
    with acting_for(zottegem.pk):
        assert AuditEntry.objects.filter(act="contact.viewed", subject_id=campaign_reader.pk).count() == 1


def test_names_are_offered_only_to_who_may_see_people(zottegem: Library, draft: Campaign) -> None:
    blind = pages.logged_in(factories.a_role(zottegem, role=StaffRole.Role.EDITOR, sees_people=False))

    assert "Noor Lemmens" in text(pages.editor(zottegem), at(zottegem, "newsletter", draft))
    assert "Noor Lemmens" not in text(blind, at(zottegem, "newsletter", draft))


def test_a_test_mail_goes_to_oneself(
    zottegem: Library, draft: Campaign, rung: list[dict[str, Any]], django_capture_on_commit_callbacks: Any
) -> None:
    role = factories.a_role(zottegem, role=StaffRole.Role.EDITOR)

    with django_capture_on_commit_callbacks(execute=True):
        pages.logged_in(role).post(at(zottegem, "newsletter-test", draft), {"email": "ander@example.be"})

    assert rung == [{"library_id": zottegem.pk, "campaign_id": draft.pk, "user_id": role.user_id}]


def test_the_linter_looks_at_the_mail_as_it_is_made(zottegem: Library, draft: Campaign) -> None:
    with acting_for(zottegem.pk):
        Campaign.objects.update(preheader="", blocks=[{"key": "b1", "type": "text", "title": "", "text": ""}])

    html = text(pages.editor(zottegem), at(zottegem, "newsletter-check", draft))

    assert "‘Tekst’ is nog leeg." in html
    assert "Vul de voorvertoning in" in html


# --- For whom --------------------------------------------------------------------------------------


def test_a_rule_becomes_a_sentence_and_a_number(zottegem: Library, draft: Campaign) -> None:
    editor, page = pages.editor(zottegem), at(zottegem, "newsletter-audience", draft)

    editor.post(f"{page}?veld=age", {"op": "gte", "value": "18"})
    editor.post(f"{page}?veld=branch", {"value": ["3550"]})
    html = text(editor, page)

    assert stored(zottegem, draft).rule == {
        "all": [
            {"field": "age", "op": "gte", "value": 18},
            {"field": "branch", "op": "in", "value": ["3550"]},
        ]
    }
    assert "is 18 jaar of ouder" in html
    assert "hoort bij vestiging Centrum" in html


@pytest.mark.parametrize(
    ("field", "data", "leaf"),
    [
        ("membership_valid", {"value": "nee"}, ("is", False)),
        ("last_active", {"op": "gte", "value": "365"}, ("gte", 365)),
        ("postal_code", {"value": "9620, 9630"}, ("in", ["9620", "9630"])),
        ("wants_topic", {"value": ["events"]}, ("in", ["events"])),
        ("interest", {}, ("is", "studying")),
        ("child_age", {"youngest": "0", "oldest": "5"}, ("in", [0, 5])),
        ("loans_count", {"op": "lte", "value": "2"}, ("lte", 2)),
        ("language", {"value": ["nl"]}, ("in", ["nl"])),
        ("relation", {"value": ["member"]}, ("in", ["member"])),
    ],
)
def test_each_kind_of_rule_can_be_written(
    zottegem: Library, draft: Campaign, field: str, data: dict[str, Any], leaf: tuple[str, Any]
) -> None:
    editor, page = pages.editor(zottegem), at(zottegem, "newsletter-audience", draft)

    assert text(editor, f"{page}?veld={field}")
    answer = editor.post(f"{page}?veld={field}", data)

    assert answer.status_code == 302, answer.content.decode()
    assert stored(zottegem, draft).rule == {"all": [{"field": field, "op": leaf[0], "value": leaf[1]}]}
    # And it can be opened again.
    assert text(editor, f"{page}?regel=0")


def test_rules_are_changed_joined_and_taken_away(zottegem: Library, draft: Campaign) -> None:
    editor, page = pages.editor(zottegem), at(zottegem, "newsletter-audience", draft)
    editor.post(f"{page}?veld=age", {"op": "gte", "value": "18"})
    editor.post(f"{page}?veld=loans_count", {"op": "gte", "value": "1"})

    editor.post(f"{page}?regel=0", {"op": "gte", "value": "65"})
    editor.post(at(zottegem, "newsletter-rules-join", draft), {"samen": "any"})
    joined = stored(zottegem, draft).rule
    editor.post(at(zottegem, "newsletter-rule-remove", draft), {"regel": "1"})
    editor.post(at(zottegem, "newsletter-rule-remove", draft), {"regel": "0"})

    assert [leaf["value"] for leaf in joined["any"]] == [65, 1]
    assert "Iedereen die je bib kent" in text(editor, page)


@pytest.mark.parametrize("query", ["veld=shoe_size", "regel=7", "regel=x", "veld=membership_status"])
def test_a_rule_nobody_knows_opens_nothing(zottegem: Library, draft: Campaign, query: str) -> None:
    page = at(zottegem, "newsletter-audience", draft)

    assert pages.editor(zottegem).get(f"{page}?{query}").status_code == 200
    assert pages.editor(zottegem).post(f"{page}?{query}", {"value": "1"}).status_code == 404


def test_a_rule_with_a_wrong_value_says_why(zottegem: Library, draft: Campaign) -> None:
    page = at(zottegem, "newsletter-audience", draft)

    answer = pages.editor(zottegem).post(f"{page}?veld=postal_code", {"value": "Zottegem"})

    assert answer.status_code == 422
    assert "is geen postcode" in answer.content.decode()


# --- Sending ---------------------------------------------------------------------------------------


def test_it_leaves_for_the_number_that_was_typed(
    zottegem: Library, draft: Campaign, rung: list[dict[str, Any]], django_capture_on_commit_callbacks: Any
) -> None:
    editor, page = pages.editor(zottegem), at(zottegem, "newsletter-send", draft)

    with django_capture_on_commit_callbacks(execute=True):
        answer = editor.post(page, {"when": "now", "count": "1"})

    assert answer.headers["Location"] == at(zottegem, "newsletter", draft)
    assert rung == [{"library_id": zottegem.pk}]
    with acting_for(zottegem.pk):
        assert Message.objects.count() == 1


def test_a_second_click_sends_nothing_twice(zottegem: Library, draft: Campaign, rung: list[Any]) -> None:
    editor, page = pages.editor(zottegem), at(zottegem, "newsletter-send", draft)

    for _ in range(2):
        assert editor.post(page, {"when": "now", "count": "1"}).status_code == 302

    with acting_for(zottegem.pk):
        assert (Message.objects.count(), Mailing.objects.count()) == (1, 1)


def test_another_number_is_asked_again(zottegem: Library, draft: Campaign) -> None:
    answer = pages.editor(zottegem).post(
        at(zottegem, "newsletter-send", draft), {"when": "now", "count": "2"}
    )

    assert answer.status_code == 422
    assert "Het zijn er nu 1." in answer.content.decode()
    assert stored(zottegem, draft).state == "draft"


def test_a_plan_takes_a_day_and_an_hour(zottegem: Library, draft: Campaign) -> None:
    data = {"when": "later", "day": "2099-10-08", "hour": "9u30", "count": "1"}

    pages.editor(zottegem).post(at(zottegem, "newsletter-send", draft), data)

    planned = stored(zottegem, draft)
    assert planned.state == "scheduled"
    assert planned.send_at is not None
    assert planned.send_at.isoformat() == "2099-10-08T07:30:00+00:00"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"when": "later", "day": "", "hour": "", "count": "1"}, "Kies de dag"),
        ({"when": "later", "day": "2020-01-01", "hour": "9", "count": "1"}, "al voorbij"),
        ({"when": "now", "count": "alles"}, "Typ alleen het getal"),
    ],
)
def test_what_is_not_filled_in_is_said(
    zottegem: Library, draft: Campaign, data: dict[str, str], words: str
) -> None:
    answer = pages.editor(zottegem).post(at(zottegem, "newsletter-send", draft), data)

    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_a_fault_holds_it_back(zottegem: Library, draft: Campaign) -> None:
    with acting_for(zottegem.pk):
        Campaign.objects.update(subject="")
    editor, page = pages.editor(zottegem), at(zottegem, "newsletter-send", draft)

    editor.post(page, {"when": "now", "count": "1"})

    assert "Er is nog geen onderwerp" in text(editor, page)
    assert stored(zottegem, draft).state == "draft"


def test_a_library_in_trial_is_told_that_only_colleagues_get_it(zottegem: Library, draft: Campaign) -> None:
    with acting_for(zottegem.pk):
        SendingSettings.objects.update(is_trial=True)

    assert "nog in proef" in text(pages.editor(zottegem), at(zottegem, "newsletter-send", draft))


# --- Afterwards ------------------------------------------------------------------------------------


@pytest.fixture
def sent(zottegem: Library, draft: Campaign, rung: list[Any]) -> Campaign:
    pages.editor(zottegem).post(at(zottegem, "newsletter-send", draft), {"when": "now", "count": "1"})
    return draft


def test_every_mail_is_accounted_for(zottegem: Library, sent: Campaign) -> None:
    html = text(pages.reader(zottegem), at(zottegem, "newsletter", sent))

    assert "De rekening klopt" in html
    assert "Er was <b>1 mail</b> voorzien" in html


def test_a_mail_that_went_missing_shows(zottegem: Library, sent: Campaign) -> None:
    with acting_for(zottegem.pk):
        Message.objects.all().delete()

    assert "1 mails ontbreken" in text(pages.reader(zottegem), at(zottegem, "newsletter", sent))


def test_the_figures_ask_for_themselves_while_mails_wait(zottegem: Library, sent: Campaign) -> None:
    page, headers = at(zottegem, "newsletter", sent), {"HX-Request": "true", "HX-Target": "balans"}

    waiting = pages.reader(zottegem).get(page, headers=headers).content.decode()
    with acting_for(zottegem.pk):
        Message.objects.update(state="accepted", delivery=10)
    done = pages.reader(zottegem).get(page, headers=headers).content.decode()

    assert re.match(r'\s*<div class="bm-stack-v" id="balans" hx-get=', waiting)
    assert "hx-get" not in done
    assert "is aangekomen" in done


def test_it_is_stopped_after_one_question(zottegem: Library, sent: Campaign) -> None:
    editor, page = pages.editor(zottegem), at(zottegem, "newsletter-stop", sent)

    assert "1 mens" in text(editor, page)
    editor.post(page)

    assert stored(zottegem, sent).state == "stopped"


def test_a_plan_is_taken_back(zottegem: Library, draft: Campaign) -> None:
    editor = pages.editor(zottegem)
    editor.post(
        at(zottegem, "newsletter-send", draft),
        {"when": "later", "day": "2099-10-08", "hour": "9", "count": "1"},
    )

    assert "Vertrekt" in text(editor, at(zottegem, "newsletter", draft))
    editor.post(at(zottegem, "newsletter-take-back", draft))

    assert stored(zottegem, draft).state == "draft"


@pytest.mark.parametrize("name", ["newsletter", "newsletter-audience", "newsletter-send"])
def test_the_pages_of_a_draft_ask_little(zottegem: Library, draft: Campaign, name: str) -> None:
    editor = pages.editor(zottegem)

    with pages.at_most(12):
        editor.get(at(zottegem, name, draft))


def test_the_report_asks_little(zottegem: Library, sent: Campaign) -> None:
    editor = pages.editor(zottegem)

    with pages.at_most(12):
        editor.get(at(zottegem, "newsletter", sent))
