"""The mails of the ready-made journeys. BIBMAIL_MAILS=/some/folder writes them there, to be looked at."""

import os
import re
from pathlib import Path

import pytest

from bibmail.tenancy.models import Branch, Library
from campaigns.content import lint
from campaigns.content.press import PREVIEW_LINKS, Press
from campaigns.models import LibraryTexts, Mailing
from journeys import recipes
from members.models import Contact, Household, HouseholdMember
from tests import factories
from tests.campaigns.content import stage
from tests.factories import NOON

MAILS = [(recipe, code) for recipe in recipes.ORDER for code in recipes.get(recipe)["mails"]]
FOLDER = os.environ.get("BIBMAIL_MAILS")
_DUTCH = re.compile(r"\b(je|jouw|onze|jullie|krijg|voor|met|niet|wie|dag)\b", re.IGNORECASE)
_OWN = ("loan_rules", "membership_options", "reduced_fare", "privacy_contact")
_TAGS = re.compile(r"(?s)<style.*?</style>|<head>.*?</head>|<!--.*?-->|<[^>]+>")


def as_sent(recipe: str, code: str) -> Mailing:
    return stage.of_recipe(
        recipe, code, **({"combine_membership_in_m1": False} if code == "membership_again" else {})
    )


@pytest.fixture
def family(furnished: Library) -> dict[str, Contact]:
    """A mother who allows everything, her son of four and a girl of fifteen."""
    home = Branch.objects.get(name="Centrum")
    adult = factories.a_contact()
    factories.a_membership(adult, home_branch=home, keeps_loan_history=True)
    stage.granted(adult, "use_loan_history", "use_linked_children", "use_ebook_activity")
    for topic in ("digital", "family", "new_acquisitions", "study"):
        factories.a_consent(adult, code=topic)
    stage.borrowed(adult, "De stille tuin", "Het jaar van de rode brief")
    child = factories.a_contact(first_name="Lou", date_of_birth=stage.a_birthday(4))
    youth = factories.a_contact(first_name="Mila", date_of_birth=stage.a_birthday(15))
    for one in (child, youth):
        factories.a_membership(one, home_branch=home)
    household = Household.objects.create(profile_id="p1")
    HouseholdMember.objects.create(household=household, contact=adult, role="adult")
    HouseholdMember.objects.create(household=household, contact=child, role="child")
    return {"adult": adult, "child": child, "youth": youth}


@pytest.mark.parametrize(("recipe", "code"), MAILS)
def test_a_mail_of_a_recipe_is_made_and_has_nothing_against_it(
    family: dict[str, Contact], recipe: str, code: str
) -> None:
    about = "youth" if code.endswith("_youth") else "child" if code.endswith("_parent") else "adult"
    recipient = family["adult" if about == "child" else about]
    mailing = as_sent(recipe, code)
    facts = {"child_bands": ["0-2", "3-5", "6-8"], "period": "kerstexamens"}

    found = stage.composed(mailing, family[about], recipient=recipient, facts=facts)

    assert found
    assert list(lint.of_composed(found, may_be_stopped=mailing.message_class != "service")) == []
    assert not [finding for finding in lint.check(mailing, press=Press(at=NOON)) if finding.is_hard]
    mail = found.fill(PREVIEW_LINKS)
    assert len(mail.subject) <= lint.SUBJECT_LENGTH
    assert mail.text.partition("\n--\n")[0].count("\n") > 4
    if FOLDER:
        for ending, words in (("html", mail.html), ("txt", f"{mail.subject}\n\n{mail.text}")):
            Path(FOLDER, f"{code}.{ending}").write_text(words)


@pytest.mark.parametrize(("recipe", "code"), MAILS)
def test_both_parts_say_the_same(family: dict[str, Contact], recipe: str, code: str) -> None:
    about = "youth" if code.endswith("_youth") else "child" if code.endswith("_parent") else "adult"
    facts = {"child_bands": ["3-5", "6-8"]}
    found = stage.composed(as_sent(recipe, code), family[about], recipient=family["adult"], facts=facts)
    assert found

    shown = _TAGS.sub(" ", found.html_template)
    in_html = set(re.findall(r"\w{4,}", shown.replace("&#x27;", "'").replace("&amp;", "&")))
    in_text = set(re.findall(r"\w{4,}", re.sub(r"\[\[link.*?\]\]\S*", "", found.text_template)))

    # The web page has a line for the mailbox that the text part does not need, and nothing else more.
    preheader = set(re.findall(r"\w{4,}", found.preheader))
    assert in_html - in_text - preheader - {"nbsp", "zwnj"} == set()
    assert in_text - in_html == set()


@pytest.mark.parametrize(("recipe", "code"), MAILS)
def test_an_english_reader_reads_no_dutch(family: dict[str, Contact], recipe: str, code: str) -> None:
    Contact.objects.update(language="en")
    about = "youth" if code.endswith("_youth") else "child" if code.endswith("_parent") else "adult"

    found = stage.composed(
        as_sent(recipe, code), family[about], recipient=family["adult"], facts={"child_bands": ["3-5", "6-8"]}
    )

    assert found
    assert found.language == "en"
    words = found.fill(PREVIEW_LINKS)
    assert len(words.subject) <= lint.SUBJECT_LENGTH
    said = [line for line in words.text.splitlines() if _DUTCH.search(line)]
    # Titles, and what the library wrote itself, are what they are.
    own = [line for text in LibraryTexts.objects.values_list(*_OWN)[0] for line in text.split("\n")]
    assert [line for line in said if line not in own and "Lou Peeters" not in line] == []
