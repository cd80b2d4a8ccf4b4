from dataclasses import replace
from typing import Any

import pytest

from bibmail.tenancy.models import Library
from campaigns.content import lint
from campaigns.content.press import Press
from consent.models import MessageClass
from tests import factories
from tests.campaigns.content.stage import a_mail, composed
from tests.factories import NOON

HELLO = {"type": "greeting"}
NEWS = {"type": "text", "text": "Er is nieuws."}


def hard(*blocks: dict[str, Any], **content: Any) -> list[str]:
    return [finding.words for finding in found(*blocks, **content) if finding.is_hard]


def found(*blocks: dict[str, Any], **content: Any) -> list[lint.Finding]:
    return lint.check(a_mail(*blocks, **content), press=Press(at=NOON))


def test_a_good_mail_has_no_remarks(library: Library) -> None:
    assert found(HELLO, NEWS) == []


def test_a_mail_without_subject_is_stopped(library: Library) -> None:
    assert hard(HELLO, NEWS, subject=" ") == ["De mail heeft geen onderwerp."]


def test_a_long_subject_is_remarked_upon_and_let_go(library: Library) -> None:
    (finding,) = found(HELLO, NEWS, subject="x" * 66)

    assert finding == ("Het onderwerp telt 66 tekens. Op een telefoon zie je er ongeveer 65.", False)


def test_a_field_in_a_subject_counts_as_a_name(library: Library) -> None:
    assert found(HELLO, NEWS, subject="x" * 60 + "{{contact.first_name}}") == []


def test_an_empty_preheader_is_remarked_upon(library: Library) -> None:
    (finding,) = found(HELLO, NEWS, preheader="")

    assert not finding.is_hard


def test_unknown_fields_and_blocks_are_named(library: Library) -> None:
    assert hard(HELLO, NEWS | {"text": "{{contact.salary}}"}, {"type": "lottery"}) == [
        "We kennen het veld ‘contact.salary’ niet.",
        "We kennen het blok ‘lottery’ niet.",
    ]


@pytest.mark.parametrize(("allowed", "stopped"), [(None, True), (False, True), (True, False)])
def test_promotion_stands_in_service_mail_only_where_that_is_allowed(
    library: Library, allowed: bool | None, stopped: bool
) -> None:
    mailing = a_mail(HELLO, NEWS, {"type": "events"}, message_class=MessageClass.SERVICE)

    findings = lint.check(mailing, press=Press(at=NOON), promotion_allowed=allowed)

    assert any("maakt reclame" in finding.words for finding in findings) is stopped


def test_a_mail_that_would_be_empty_for_a_stranger_is_remarked_upon(library: Library) -> None:
    (finding,) = found(HELLO)

    assert "blijft er niets over" in finding.words
    assert not finding.is_hard


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ('<img src="a.png">', "geen beschrijving"),
        ('<a href="#"> </a>', "Een link heeft geen tekst"),
        ('<a href="#"><img src="a.png" alt=""></a>', "Een link heeft geen tekst"),
        ('<a href="#">Klik hier</a>', "‘Klik hier’ zegt niet waar"),
        ("<h1>Nog een titel</h1>", "precies één grote titel"),
    ],
)
def test_what_some_readers_would_stumble_over(library: Library, html: str, words: str) -> None:
    mail = composed(a_mail(HELLO, NEWS), factories.a_contact())
    assert mail
    changed = replace(mail, variant=replace(mail.variant, html=mail.variant.html + html))

    findings = list(lint.of_composed(changed, may_be_stopped=True))

    assert any(words in finding.words for finding in findings)


def test_a_part_that_is_missing(library: Library) -> None:
    mail = composed(a_mail(HELLO, NEWS), factories.a_contact())
    assert mail
    changed = replace(mail, variant=replace(mail.variant, html="", text=""))

    stopped = [finding.words for finding in lint.of_composed(changed, may_be_stopped=True) if finding.is_hard]

    assert stopped == ["De mail heeft geen tekstversie.", "De link om zich uit te schrijven ontbreekt."]
