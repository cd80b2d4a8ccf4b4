from typing import Any

import pytest
from django.conf import settings

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import AuditEntry, Library
from consent import actions, topics
from consent.models import DataUse, LibraryTopic, Topic, Wording
from tests import factories, pages
from tests.factories import NOON

WORDS = {
    "label": "Onze nieuwsbrief",
    "description": "Eén keer per maand het nieuws van de bib.",
    "is_offered": "on",
}


def _change(code: str = "newsletter", **fields: Any) -> topics.Offer:
    values: dict[str, Any] = {
        "label": "Onze nieuwsbrief",
        "description": "Elke maand nieuws.",
        "is_offered": True,
    } | fields
    return actions.change_topic(topic=Topic.objects.get(code=code), by=factories.a_user(), at=NOON, **values)


def test_without_own_words_the_network_speaks(library: Library) -> None:
    offer = topics.offer(Topic.objects.get(code="newsletter"))

    assert (offer.label, offer.is_offered, offer.has_own_words) == (
        "Nieuwsbrief van je bibliotheek",
        True,
        False,
    )


def test_new_words_are_a_new_version_and_the_old_stay(library: Library) -> None:
    _change()
    offer = _change(description="Twee keer per maand nieuws.")

    assert offer.version == 2
    assert [wording.version for wording in Wording.objects.all()] == [2, 1]


def test_the_same_words_are_no_new_version(library: Library) -> None:
    _change()
    _change(is_offered=False)

    assert Wording.objects.count() == 1
    assert not LibraryTopic.objects.get().is_offered


def test_words_of_a_file_do_not_count_as_ours(library: Library) -> None:
    Wording.objects.create(
        subject="topic", code="newsletter", version=1, text="Ja, mail mij", created_at=NOON
    )

    assert topics.offer(Topic.objects.get(code="newsletter")).version == 0
    assert _change().version == 2


def test_mail_about_the_membership_is_always_offered(library: Library) -> None:
    with pytest.raises(actions.AlwaysOffered):
        _change("service", is_offered=False)


def test_an_editor_changes_a_topic(zottegem: Library) -> None:
    pages.editor(zottegem).post(pages.at(zottegem, "topic", "newsletter"), WORDS)

    with acting_for(zottegem.pk):
        assert LibraryTopic.objects.get().label == "Onze nieuwsbrief"
        assert AuditEntry.objects.get().detail == {"code": "newsletter", "version": 1, "is_offered": True}


def test_a_text_too_short_says_what_to_write(zottegem: Library) -> None:
    answer = pages.editor(zottegem).post(
        pages.at(zottegem, "topic", "newsletter"), WORDS | {"description": "Nieuws"}
    )

    assert "Leg in één zin uit" in answer.content.decode()


def test_a_reader_may_not_change_a_topic(zottegem: Library) -> None:
    assert pages.reader(zottegem).post(pages.at(zottegem, "topic", "newsletter"), WORDS).status_code == 403


def test_a_topic_nobody_knows_is_not_found(zottegem: Library) -> None:
    assert pages.editor(zottegem).get(pages.at(zottegem, "topic", "weather")).status_code == 404


def test_a_stranger_finds_no_topic(zottegem: Library, aalst: Library) -> None:
    assert pages.editor(aalst).get(pages.at(zottegem, "topic", "newsletter")).status_code == 404


def test_one_librarys_words_stay_at_home(zottegem: Library, aalst: Library) -> None:
    pages.editor(zottegem).post(pages.at(zottegem, "topic", "newsletter"), WORDS)

    assert "Onze nieuwsbrief" not in pages.editor(aalst).get(pages.at(aalst, "topics")).content.decode()


def test_the_networks_words_follow_the_language_and_our_own_do_not(library: Library) -> None:
    LibraryTopic.objects.create(topic=Topic.objects.get(code="newsletter"), label="Onze nieuwsbrief")
    topic = Topic.objects.exclude(code="newsletter")[0]

    dutch = {offer.topic.code: offer for offer in topics.offers(language="nl")}
    english = {offer.topic.code: offer for offer in topics.offers(language="en")}

    assert english["newsletter"].label == "Onze nieuwsbrief"
    assert english["newsletter"].description == english["newsletter"].topic.description_en
    assert (dutch[topic.code].label, english[topic.code].label) == (topic.label_nl, topic.label_en)
    assert topics.data_uses(language="en")[0].label == DataUse.objects.all()[0].label_en
    assert topics.data_uses(language="nl")[0].description == DataUse.objects.all()[0].description_nl


def test_a_version_is_that_of_the_words_kept_whatever_the_page_speaks(library: Library) -> None:
    _change()

    for language in ("nl", "en"):
        assert [offer.version for offer in topics.offers(language=language) if offer.has_own_words] == [1]


def test_who_reads_english_still_changes_the_dutch_words(zottegem: Library) -> None:
    client = pages.editor(zottegem)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    topic = Topic.objects.get(code="newsletter")

    listed = client.get(pages.at(zottegem, "topics")).content.decode()
    form = client.get(pages.at(zottegem, "topic", "newsletter")).context["form"]

    assert topic.label_en in listed
    assert topic.label_nl not in listed
    assert form.initial["label"] == topic.label_nl
