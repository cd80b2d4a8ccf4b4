from datetime import timedelta

import pytest

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library
from consent.models import LibraryTopic, MessageClass, Subject, Suppression, Topic
from consent.queries import allowed, consenting, mailable, said_by, subjects, wanting_mail
from members.models import Contact
from tests.factories import NOON, a_consent, a_contact

pytestmark = pytest.mark.django_db

HASH = "3" * 32


def suppress(contact: Contact | None, *, reach: str, scope: str = "contact", lifted: bool = False) -> None:
    Suppression.objects.create(
        scope=scope,
        reach=reach,
        reason="unsubscribed" if reach == "marketing" else "hard_bounce",
        contact=contact,
        fingerprint=None if contact else HASH,
        source="test",
        since=NOON,
        lifted_at=NOON if lifted else None,
    )


def test_withdrawn_consent_ends_at_that_moment(library: Library) -> None:
    reader = a_contact()
    a_consent(reader, code="events", opened_at=NOON - timedelta(days=2), closed_at=NOON)

    everyone = Contact.objects.all()
    assert reader not in consenting(everyone, "events", at=NOON - timedelta(days=3))
    assert reader in consenting(everyone, "events", at=NOON - timedelta(seconds=1))
    assert reader not in consenting(everyone, "events", at=NOON)


def test_a_topic_that_is_no_longer_offered_is_wanted_by_nobody(library: Library) -> None:
    events, both = a_contact(), a_contact()
    for reader, code in [(events, "events"), (both, "events"), (both, "newsletter")]:
        a_consent(reader, code=code)
    LibraryTopic.objects.create(topic=Topic.objects.get(code="events"), is_offered=False)
    LibraryTopic.objects.create(topic=Topic.objects.get(code="newsletter"), label="Onze nieuwsbrief")

    everyone = Contact.objects.order_by("pk")
    assert list(consenting(everyone, "events", at=NOON)) == []
    assert list(consenting(everyone, "newsletter", at=NOON)) == [both]
    assert list(wanting_mail(everyone, at=NOON)) == [both]


def test_another_library_decides_nothing_about_our_topics(zottegem: Library, aalst: Library) -> None:
    with acting_for(aalst.pk):
        LibraryTopic.objects.create(topic=Topic.objects.get(code="events"), is_offered=False)

    with acting_for(zottegem.pk):
        reader = a_contact()
        a_consent(reader, code="events")
        assert list(consenting(Contact.objects.all(), "events", at=NOON)) == [reader]


def test_a_topic_and_a_data_use_are_different_things(library: Library) -> None:
    reader = a_contact()
    a_consent(reader, code="use_loan_history", subject=Subject.DATA_USE)

    everyone = Contact.objects.all()
    assert reader in allowed(everyone, "use_loan_history", at=NOON)
    assert reader not in consenting(everyone, "use_loan_history", at=NOON)
    assert reader not in wanting_mail(everyone, at=NOON)


def test_an_unsubscribe_stops_marketing_and_spares_service_mail(library: Library) -> None:
    reader = a_contact()
    suppress(reader, reach="marketing")

    everyone = Contact.objects.all()
    assert reader not in mailable(everyone, MessageClass.MARKETING, at=NOON)
    assert reader not in mailable(everyone, MessageClass.RESEARCH, at=NOON)
    assert reader in mailable(everyone, MessageClass.SERVICE, at=NOON)


def test_a_dead_address_stops_all_mail_to_everyone_who_has_it(library: Library) -> None:
    parent = a_contact(email_norm="noor@example.be", recipient_hash=HASH)
    child = a_contact(email_norm="noor@example.be", recipient_hash=HASH)
    suppress(None, reach="all", scope="address")

    assert not mailable(Contact.objects.all(), MessageClass.SERVICE, at=NOON).exists()
    assert mailable(Contact.objects.all(), MessageClass.SERVICE, at=NOON - timedelta(days=1)).count() == 2
    assert {parent.recipient_hash, child.recipient_hash} == {HASH}


def test_a_lifted_suppression_stops_nothing(library: Library) -> None:
    reader = a_contact()
    suppress(reader, reach="all", lifted=True)

    assert reader in mailable(Contact.objects.all(), MessageClass.SERVICE, at=NOON)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_what_somebody_said_comes_with_all_there_is_to_choose(library: Library, language: str) -> None:
    reader, other = a_contact(), a_contact()
    a_consent(reader, opened_at=NOON - timedelta(days=3), closed_at=NOON - timedelta(days=2))
    a_consent(reader, opened_at=NOON - timedelta(days=1))
    a_consent(reader, code="bygone", closed_at=NOON)
    a_consent(other, code="events")

    choosable, said = said_by(reader.pk, language=language)

    assert choosable == subjects(language=language)
    assert [(one.code, one.is_in_force(NOON)) for one in said] == [
        ("bygone", False), ("newsletter", False), ("newsletter", True),
    ]  # fmt: skip
