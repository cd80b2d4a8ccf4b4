"""Each end of a message has its words, and each word its sentence."""

from datetime import timedelta

import pytest

from bibmail.tenancy.models import Library
from campaigns import sentences, subjects
from campaigns.models import LegalBasis, MailVariant, Message
from tests import factories
from tests.factories import NOON


@pytest.mark.parametrize("reason", Message.Reason.values)
def test_every_reason_is_a_sentence(reason: str) -> None:
    words = sentences.of_reason(reason)

    assert words != reason
    assert words[0].isupper()
    assert words.endswith(".")


@pytest.mark.parametrize("delivery", Message.Delivery.values)
def test_every_delivery_is_a_sentence(delivery: int) -> None:
    assert sentences.of_delivery(delivery).endswith(".")


@pytest.mark.parametrize("basis", sorted(set(LegalBasis.values) - {LegalBasis.CONSENT}))
def test_a_mail_without_consent_says_on_what_it_rests(basis: str) -> None:
    assert sentences.of_basis(basis, "").endswith(".")


def test_the_topic_whose_consent_carried_it_is_named() -> None:
    assert "‘Nieuwsbrief’" in sentences.of_basis(LegalBasis.CONSENT, "Nieuwsbrief")


@pytest.mark.parametrize("state", Message.State.values)
def test_every_state_of_a_message_is_told(library: Library, state: str) -> None:
    reason = "" if state in {"queued", "claimed", "submitting", "accepted", "unknown"} else "stopped"

    message = factories.a_message(factories.a_contact(), state=state, reason=reason)

    assert sentences.of_message(message).endswith(".")


def test_what_waits_says_until_when(library: Library) -> None:
    message = factories.a_message(factories.a_contact(), not_before=NOON + timedelta(days=2))

    assert "8 oktober" in sentences.of_message(message)


def test_a_subject_shows_its_fields_by_name() -> None:
    written = "Welkom in {{library.name}}, {{contact.first_name}}!"

    assert subjects.for_staff(written) == "Welkom in de bib, [Voornaam]!"
    assert (
        subjects.for_staff(written, library_name="Bib Zottegem", first_name="Noor")
        == "Welkom in Bib Zottegem, Noor!"
    )


def test_a_subject_that_was_made_is_what_the_person_read(library: Library) -> None:
    mailing = factories.a_mailing()
    variant = MailVariant.objects.create(
        mailing=mailing, digest="a", subject="Dag [[contact.first_name]]", html="", text="", created_at=NOON
    )
    message = factories.a_message(
        factories.a_contact(), mailing=mailing, variant=variant, slots={"contact.first_name": "Noor"}
    )

    assert subjects.of_message(message) == "Dag Noor"
