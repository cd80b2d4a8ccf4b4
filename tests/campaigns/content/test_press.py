"""What readers share and what is theirs alone; what a mail always has; when there is none."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bibmail.tenancy.models import Library
from campaigns.content.fields import UnknownField
from campaigns.content.press import PREVIEW_LINKS, Press
from campaigns.models import LibraryTexts, Message
from consent.models import MessageClass
from tests import factories
from tests.campaigns.content import stage
from tests.campaigns.content.stage import a_mail, composed, rendered
from tests.factories import NOON

HELLO = {"type": "greeting", "title": "Dag {{contact.first_name}}"}
NEWS = {"type": "text", "text": "Er is nieuws."}


# --- Fields ----------------------------------------------------------------------------------------


def test_a_name_is_escaped_in_html_and_not_in_text(library: Library) -> None:
    contact = factories.a_contact(first_name="<b>Noor</b> & co")

    mail = rendered(a_mail(HELLO, NEWS, subject="Dag {{contact.first_name}}"), contact)

    assert "&lt;b&gt;Noor&lt;/b&gt; &amp; co" in mail.html
    assert "<b>Noor" not in mail.html
    assert "Dag <b>Noor</b> & co" in mail.text
    assert mail.subject == "Dag <b>Noor</b> & co"


def test_a_line_break_in_a_name_starts_no_header(library: Library) -> None:
    contact = factories.a_contact(first_name="Noor\r\nBcc: iedereen@example.org")

    mail = rendered(a_mail(NEWS, subject="Dag {{contact.first_name}}"), contact)

    assert mail.subject == "Dag Noor Bcc: iedereen@example.org"


def test_who_has_no_name_is_a_reader(library: Library) -> None:
    mail = rendered(a_mail(HELLO, NEWS), factories.a_contact(first_name=""))

    assert "Dag lezer" in mail.text


def test_a_name_opens_no_slot(library: Library) -> None:
    contact = factories.a_contact(first_name="[[links.unsubscribe]]")

    mail = rendered(a_mail(HELLO, NEWS), contact)

    assert "Dag [[links.unsubscribe]]" in mail.text.replace("\u2060", "")


def test_words_of_a_library_open_no_slot(library: Library) -> None:
    LibraryTexts.objects.create(loan_rules="Zie [[contact.first_name]].")

    mail = rendered(a_mail({"type": "loan_rules"}), factories.a_contact())

    assert "Noor" not in mail.text


def test_a_sentence_with_nothing_to_say_is_left_out(library: Library) -> None:
    said = {
        "type": "text",
        "text": "Je bent lid. Je kaart is geldig tot {{membership.expires_on}}. Tot snel.",
    }
    member, visitor = factories.a_contact(), factories.a_contact()
    factories.a_membership(member)

    press = Press(at=NOON)
    assert "geldig tot 1 september 2027. Tot snel." in rendered(a_mail(said), member, press=press).text
    assert "Je bent lid. Tot snel." in rendered(a_mail(said), visitor, press=press).text


def test_an_unknown_field_is_refused(library: Library) -> None:
    with pytest.raises(UnknownField, match=r"contact\.salary"):
        composed(a_mail({"type": "text", "text": "{{contact.salary}}"}), factories.a_contact())


def test_braces_that_are_no_field_are_words(library: Library) -> None:
    mail = rendered(a_mail({"type": "text", "text": "{% now %} {{ 7*7 }}"}), factories.a_contact())

    assert "{% now %} {{ 7*7 }}" in mail.text


def test_the_reduced_fare_does_not_show_in_a_type(library: Library) -> None:
    said = {"type": "text", "text": "Lid. Je bent {{membership.type_label}}."}
    contact = factories.a_contact()
    factories.a_membership(contact, membership_type="Kansentarief", is_reduced_fare=True)

    assert "Kansentarief" not in rendered(a_mail(said), contact).text


# --- What is shared --------------------------------------------------------------------------------


def test_a_text_is_compiled_once_for_all_who_see_the_same(furnished: Library) -> None:
    mailing = stage.of_recipe("welcome", "welcome_hours")
    readers = [factories.a_contact(first_name=name) for name in ("Noor", "Jef", "Amina", "Lou")]
    press = Press(at=NOON)

    digests = {found.digest for one in readers if (found := composed(mailing, one, press=press))}

    assert press.compiled_count == 1
    assert len(digests) == 1


def test_a_shared_text_holds_nothing_of_one_reader(furnished: Library) -> None:
    contact = factories.a_contact(first_name="Noor")
    factories.a_membership(contact)

    found = composed(stage.of_recipe("welcome", "welcome_hours"), contact)

    assert found
    for text in (found.subject_template, found.preheader, found.html_template, found.text_template):
        assert "Noor" not in text
        assert "4567" not in text
    assert found.slots["contact.first_name"] == "Noor"


def test_the_stored_parts_make_the_same_mail(furnished: Library) -> None:
    found = composed(stage.of_recipe("welcome", "welcome_new"), factories.a_contact())

    assert found
    straight = {f"link:{number}": link.url for number, link in enumerate(found.links)}
    mail = found.fill(straight | PREVIEW_LINKS)
    assert mail == found.fill(PREVIEW_LINKS)
    assert not re.search(r"\[\[|\{\{", mail.html + mail.text + mail.subject)


def test_a_link_appears_once_among_the_links_and_in_both_parts(furnished: Library) -> None:
    button = {"type": "button", "label": "Zoek een boek", "url": "{{library.catalogue_url}}"}

    found = composed(a_mail(NEWS, button, button), factories.a_contact())

    assert found
    assert [link for link in found.links if "catalogus" in link.url] == [
        ("https://bib.example.be/catalogus", "Zoek een boek")
    ]
    assert found.html_template.count('href="[[link:0]]"') == 2
    assert "Zoek een boek: [[link:0]]" in found.text_template


def test_a_hole_is_refused(library: Library) -> None:
    found = composed(a_mail(NEWS), factories.a_contact())

    assert found
    with pytest.raises(KeyError):
        found.fill({})


def test_a_batch_of_readers_takes_few_queries(furnished: Library) -> None:
    mailing = factories.a_mailing(content=stage.of_recipe("missed_you", "missed_history").content)
    ids = [factories.a_message(factories.a_contact(), mailing=mailing).pk for _ in range(12)]
    press = Press(at=NOON)

    with CaptureQueriesContext(connection) as captured:
        readers = press.readers(ids)

    assert len(captured) <= 7
    with CaptureQueriesContext(connection) as captured:
        for message_id in ids:
            press.compose(mailing, readers[message_id])
    assert len(captured) <= 12


# --- Language --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "greeting"), [("nl", "Dag"), ("en", "Hello"), ("fr", "Dag")])
def test_a_mail_is_in_the_language_of_its_reader(library: Library, language: str, greeting: str) -> None:
    hello = HELLO | {"en": {"title": "Hello {{contact.first_name}}"}}
    contact = factories.a_contact(language=language)

    mail = rendered(a_mail(hello, NEWS, en={"subject": "News"}), contact)

    assert f"{greeting} Noor" in mail.text
    assert ('lang="en"' in mail.html) is (language == "en")
    assert ('lang="nl-BE"' in mail.html) is (language != "en")


def test_a_mail_without_english_words_is_dutch_for_everyone(library: Library) -> None:
    mail = rendered(a_mail(HELLO, NEWS), factories.a_contact(language="en"))

    assert "Waarom kreeg ik deze mail?" in mail.text


# --- What a mail always has ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message_class", "may_stop"), [(MessageClass.SERVICE, False), (MessageClass.MARKETING, True)]
)
def test_marketing_has_a_way_out_and_every_mail_the_others(
    library: Library, message_class: MessageClass, may_stop: bool
) -> None:
    found = composed(a_mail(NEWS, message_class=message_class), factories.a_contact())

    assert found
    for part in (found.html_template, found.text_template):
        assert ("[[links.unsubscribe]]" in part) is may_stop
        for link in ("[[links.why]]", "[[links.preferences]]", "[[links.view_online]]"):
            assert link in part


def test_the_reason_names_the_topic_that_was_chosen(library: Library) -> None:
    contact = factories.a_contact()
    factories.a_consent(contact, code="events")
    reason = "Je koos op {{consent.opened_on}} voor mails over ‘{{consent.topic}}’."

    mail = rendered(a_mail(NEWS, reason=reason, topics=["newsletter", "events"]), contact)

    assert "Je koos op 6 oktober 2026 voor mails over ‘Activiteiten en voorleesuurtjes’." in mail.text


def test_one_heading_of_the_first_rank_and_a_preheader(furnished: Library) -> None:
    mail = rendered(stage.of_recipe("welcome", "welcome_hours"), factories.a_contact())

    assert mail.html.count("<h1") == 1
    assert mail.html.count('role="main"') == 1
    assert "Dit zijn onze openingsuren" in mail.html
    assert "fonts.googleapis" not in mail.html
    assert "http://" not in re.sub(r'xmlns(:\w)?="[^"]*"', "", mail.html)


def test_tables_of_the_layout_say_that_they_are_no_tables(furnished: Library) -> None:
    mail = rendered(stage.of_recipe("welcome", "welcome_hours"), factories.a_contact())

    tables = re.findall(r"<table[^>]*>", mail.html)
    assert [table for table in tables if "presentation" not in table] == [
        table for table in tables if 'class="t"' in table
    ]


# --- The first mail (AVG, article 14) --------------------------------------------------------------

FIRST = "Dit is je eerste mail van ons."


def test_a_first_mail_says_where_the_data_come_from(furnished: Library) -> None:
    text = rendered(a_mail(NEWS), factories.a_contact()).text

    assert FIRST in text
    assert "Stad Zottegem is verantwoordelijk voor die gegevens." in text
    assert "Vragen daarover? Mail naar privacy@example.be." in text


def test_a_later_mail_does_not_say_it_again(furnished: Library) -> None:
    contact = factories.a_contact()
    factories.a_message(contact, state=Message.State.ACCEPTED, accepted_at=NOON - timedelta(days=3))

    assert FIRST not in rendered(a_mail(NEWS), contact).text


def test_a_mail_that_never_left_was_no_first_mail(furnished: Library) -> None:
    contact = factories.a_contact()
    factories.a_message(contact, state=Message.State.SKIPPED, reason=Message.Reason.NO_CONTENT)

    assert FIRST in rendered(a_mail(NEWS), contact).text


def test_a_message_stays_the_first_once_it_left(furnished: Library) -> None:
    message = factories.a_message(factories.a_contact(), state=Message.State.ACCEPTED, accepted_at=NOON)

    assert Press(at=NOON).readers([message.pk])[message.pk].is_first_mail


# --- No content ------------------------------------------------------------------------------------


def test_only_a_greeting_is_no_mail(library: Library) -> None:
    assert composed(a_mail(HELLO, {"type": "reply_invitation"}), factories.a_contact()) is None


def test_a_tip_alone_is_no_mail(library: Library) -> None:
    assert composed(a_mail(HELLO, NEWS | {"extra": True}), factories.a_contact()) is None


def test_welcome_news_without_news_is_not_sent(library: Library) -> None:
    assert composed(stage.of_recipe("welcome", "welcome_new"), factories.a_contact()) is None


def test_a_block_that_a_setting_leaves_out_is_not_shown(library: Library) -> None:
    mail = rendered(a_mail(NEWS, {"type": "text", "text": "Niet dit.", "when": False}), factories.a_contact())

    assert "Niet dit." not in mail.text


# --- Rules of blocks -------------------------------------------------------------------------------


def test_a_block_with_a_rule_is_for_whom_the_rule_selects(library: Library) -> None:
    only = NEWS | {"text": "Voor achttien en ouder.", "if": {"field": "age", "op": "gte", "value": 18}}
    adult = factories.a_contact()
    girl = factories.a_contact(date_of_birth=stage.a_birthday(14))

    assert "Voor achttien" in rendered(a_mail(NEWS, only), adult).text
    assert "Voor achttien" not in rendered(a_mail(NEWS, only), girl).text


def test_rules_are_asked_for_a_batch_of_messages(library: Library) -> None:
    only = NEWS | {"text": "Voor achttien en ouder.", "if": {"field": "age", "op": "gte", "value": 18}}
    mailing = factories.a_mailing(content=a_mail(NEWS, only).content)
    adult = factories.a_message(factories.a_contact(), mailing=mailing)
    girl = factories.a_message(factories.a_contact(date_of_birth=stage.a_birthday(14)), mailing=mailing)
    press = Press(at=NOON)

    readers = press.readers([adult.pk, girl.pk])

    shown = [press.compose(mailing, readers[pk]) for pk in (adult.pk, girl.pk)]
    assert [len(found.blocks) for found in shown if found] == [2, 1]
