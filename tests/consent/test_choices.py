"""What a person chooses holds at once, and is never rewritten."""

from datetime import timedelta

import pytest

from bibmail.tenancy.models import Library
from consent import actions, queries
from consent.models import (
    Consent,
    LibraryTopic,
    MailPreference,
    MessageClass,
    Subject,
    Suppression,
    Topic,
    Wording,
)
from members.models import Contact, ContactChange, Interest
from tests.factories import NOON, a_consent, a_contact

LATER = NOON + timedelta(days=2)


def wants(contact: Contact, code: str = "newsletter") -> bool:
    return queries.consenting(Contact.objects.filter(pk=contact.pk), code, at=LATER).exists()


def choose(contact: Contact, code: str = "newsletter", *, is_wanted: bool = True) -> bool:
    return actions.set_topic(contact=contact, code=code, is_wanted=is_wanted, at=LATER, source="voorkeuren")


def has_news(contact: Contact) -> bool:
    return ContactChange.objects.filter(contact=contact).exists()


def test_a_yes_keeps_the_words_that_were_on_the_screen(library: Library) -> None:
    noor = a_contact()

    changed = choose(noor)

    consent = Consent.objects.get()
    assert (changed, consent.source, consent.opened_at) == (True, "voorkeuren", LATER)
    assert consent.wording
    assert consent.wording.text.startswith("Nieuwsbrief van je bibliotheek\n")
    assert has_news(noor)


def test_the_same_yes_again_opens_nothing(library: Library) -> None:
    noor = a_contact()
    choose(noor)

    assert not choose(noor)
    assert (Consent.objects.count(), Wording.objects.count()) == (1, 1)


def test_english_words_are_a_version_of_their_own(library: Library) -> None:
    choose(a_contact())

    actions.set_topic(
        contact=a_contact(), code="newsletter", is_wanted=True, at=LATER, source="voorkeuren", language="en"
    )

    assert list(Wording.objects.order_by("version").values_list("version", "language")) == [
        (1, "nl"),
        (2, "en"),
    ]


def test_a_no_ends_the_consent_at_that_moment(library: Library) -> None:
    noor = a_contact()
    a_consent(noor)

    assert choose(noor, is_wanted=False)

    consent = Consent.objects.get()
    assert (consent.closed_at, consent.closed_source) == (LATER, "voorkeuren")
    assert not wants(noor)
    assert not choose(noor, is_wanted=False)


def test_what_is_not_offered_cannot_be_chosen(library: Library) -> None:
    LibraryTopic.objects.create(topic=Topic.objects.get(code="events"), is_offered=False)

    for code in ("events", "service", "weather"):
        with pytest.raises(actions.NotOffered):
            choose(a_contact(), code)


def test_a_child_does_not_consent(library: Library) -> None:
    lou = a_contact(date_of_birth=LATER.date() - timedelta(days=4000))

    with pytest.raises(actions.TooYoung):
        choose(lou)


def test_an_objection_without_a_consent_is_kept(library: Library) -> None:
    noor = a_contact()
    a_consent(noor, code="events")

    for _click in range(2):
        actions.object_to_topics(
            contact=noor, codes=["events", "new_acquisitions"], at=LATER, source="uitschrijflink"
        )

    kept = Consent.objects.order_by("code").values_list("code", "opened_at", "closed_at")
    assert list(kept) == [("events", NOON, LATER), ("new_acquisitions", LATER, LATER)]
    assert has_news(noor)


def test_stop_all_mail_ends_every_topic_and_leaves_service_mail(library: Library) -> None:
    noor = a_contact()
    a_consent(noor)
    a_consent(noor, code="use_loan_history", subject=Subject.DATA_USE)

    assert actions.object_to_all(contact=noor, at=LATER, source="voorkeuren")

    people = Contact.objects.filter(pk=noor.pk)
    assert not queries.mailable(people, MessageClass.MARKETING, at=LATER).exists()
    assert queries.mailable(people, MessageClass.SERVICE, at=LATER).exists()
    assert list(Consent.objects.filter(closed_at=None).values_list("code", flat=True)) == ["use_loan_history"]
    assert not actions.object_to_all(contact=noor, at=LATER, source="voorkeuren")


def test_undo_brings_back_what_was_stopped_and_nothing_else(library: Library) -> None:
    noor = a_contact()
    a_consent(noor)
    a_consent(noor, code="events", closed_at=NOON + timedelta(days=1))
    actions.object_to_all(contact=noor, at=LATER, source="voorkeuren")

    back = actions.take_back_objection(contact=noor, at=LATER + timedelta(minutes=1), source="voorkeuren")

    assert back == ["newsletter"]
    assert list(Consent.objects.filter(closed_at=None).values_list("code", flat=True)) == ["newsletter"]
    assert Suppression.objects.get().lifted_at == LATER + timedelta(minutes=1)
    assert actions.take_back_objection(contact=noor, at=LATER, source="voorkeuren") == []


def test_choosing_one_topic_after_stopping_all_brings_back_that_one(library: Library) -> None:
    noor = a_contact()
    a_consent(noor, code="events")
    # As the ESP tells it: the topics are still open.
    Suppression.objects.create(
        scope="contact",
        contact=noor,
        reach="marketing",
        reason="unsubscribed",
        source="esp",
        since=NOON + timedelta(days=1),
    )

    choose(noor)

    assert list(Consent.objects.filter(closed_at=None).values_list("code", flat=True)) == ["newsletter"]
    assert queries.mailable(Contact.objects.filter(pk=noor.pk), MessageClass.MARKETING, at=LATER).exists()


def test_who_reported_spam_can_want_mail_again(library: Library) -> None:
    noor = a_contact(email="n@example.be", email_norm="n@example.be", recipient_hash="1" * 32)
    Suppression.objects.create(
        scope="address", fingerprint="1" * 32, reach="marketing", reason="complaint", source="esp", since=NOON
    )

    assert actions.take_back_complaint(contact=noor, at=LATER)
    assert not actions.take_back_complaint(contact=noor, at=LATER)
    assert Suppression.objects.get().lifted_at == LATER


def test_a_data_use_is_allowed_and_forbidden(library: Library) -> None:
    noor = a_contact()

    actions.set_data_use(contact=noor, code="use_loan_history", is_allowed=True, at=NOON, source="voorkeuren")
    was = queries.allowed(Contact.objects.all(), "use_loan_history", at=NOON).exists()
    actions.set_data_use(
        contact=noor, code="use_loan_history", is_allowed=False, at=LATER, source="voorkeuren"
    )

    assert was
    assert not queries.allowed(Contact.objects.all(), "use_loan_history", at=LATER).exists()
    with pytest.raises(actions.NotOffered):
        actions.set_data_use(contact=noor, code="use_shoe_size", is_allowed=True, at=NOON, source="x")


def test_pace_and_pause_stand_in_one_row(library: Library) -> None:
    noor = a_contact()

    actions.set_pace(contact=noor, pace=MailPreference.Pace.WEEK, at=NOON)
    actions.pause(contact=noor, until=LATER.date(), at=LATER)

    preference = MailPreference.objects.get()
    assert (preference.pace, preference.paused_until, preference.changed_at) == ("week", LATER.date(), LATER)
    assert has_news(noor)


def test_a_language_is_kept_with_who_chose_it(library: Library) -> None:
    noor = a_contact()

    actions.set_language(contact=noor, language="en", at=LATER, source="voorkeuren")

    noor.refresh_from_db()
    assert (noor.language, noor.source_of("language")[0]) == ("en", "voorkeuren")


def test_an_interest_is_kept_until_it_is_taken_back(library: Library) -> None:
    noor = a_contact()
    study = Interest.Code.STUDYING

    on = [
        actions.set_interest(contact=noor, code=study, is_on=True, at=NOON, source="voorkeuren") for _ in "ab"
    ]
    off = actions.set_interest(contact=noor, code=study, is_on=False, at=LATER, source="voorkeuren")

    assert (on, off, Interest.objects.get().until) == ([True, False], True, LATER)
