"""Readers with mails, and the addresses of what they see: every page in every state."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from bibmail.tenancy import tokens
from bibmail.tenancy.tokens import Purpose
from campaigns.models import BrandKit, LegalBasis, LibraryTexts, MailVariant, Message
from consent import actions
from consent.models import MessageClass, SignupForm, SignupRequest, Subject, Wording
from members.models import Contact
from tests import factories

_REASON = "Je kreeg deze mail omdat je kinderen koppelde aan je profiel, en omdat je ‘{{consent.topic}}’ wil krijgen."
_HTML = (
    '<!DOCTYPE html><html lang="nl"><head><title>Samen lezen</title></head><body><main>'
    '<h1 style="color:#24431d">Dag [[contact.first_name]]</h1><p><a href="[[links.why]]">Waarom?</a></p>'
    "</main></body></html>"
)


def addresses(library_id: int) -> dict[str, str]:
    """Page by a short name. Within acting_for(library)."""
    BrandKit.objects.create(sender_name="Bib Zottegem", colour="#35602b")
    LibraryTexts.objects.create(email="bib@zottegem.example.be", privacy_url="https://example.be/privacy")
    noor, stopped = (_person(number) for number in range(2))
    wording = Wording.objects.create(
        subject="topic",
        code="family",
        version=1,
        text="Tips voor gezinnen met kinderen\nBoeken en activiteiten voor kinderen.",
        created_at=factories.NOON,
    )
    since = timezone.now() - timedelta(days=60)
    consent = factories.a_consent(noor, code="family", wording=wording, opened_at=since)
    factories.a_consent(noor, code="newsletter", opened_at=since)
    factories.a_consent(noor, code="use_linked_children", subject=Subject.DATA_USE, opened_at=since)
    actions.object_to_all(contact=stopped, at=timezone.now(), source="voorkeuren")
    content = {"subject": "Samen lezen", "reason": _REASON, "blocks": [{"type": "events"}]}
    mailing = factories.a_mailing(topics=["family"], data_uses=["use_linked_children"], content=content)
    variant = MailVariant.objects.create(
        mailing=mailing,
        digest="d",
        subject="Samen lezen: leuk voor jou en je kinderen",
        html=_HTML,
        text="Dag",
        created_at=factories.NOON,
    )
    sent: dict[str, Any] = {
        "mailing": mailing,
        "variant": variant,
        "state": "accepted",
        "accepted_at": timezone.now() - timedelta(days=2),
        "slots": {"contact.first_name": "Noor", "consent.topic": "Tips voor gezinnen met kinderen"},
        "topic": "family",
    }
    mail = factories.a_message(noor, consent=consent, **sent)
    erased = factories.a_message(None, **(sent | {"slots": {}}))
    service = factories.a_message(
        noor,
        mailing=factories.a_mailing(
            message_class=MessageClass.SERVICE, legal_basis=LegalBasis.CONTRACT, topics=[]
        ),
        state="accepted",
    )

    form = SignupForm.objects.create(
        name="Blijf op de hoogte",
        slug="nieuwsbrief",
        intro="Nieuws van de bib, ook als je geen lid bent.",
        topics=["newsletter", "events"],
        asks=["first_name", "last_name", "postal_code", "date_of_birth"],
        thanks="Tot gauw in de bib.",
        created_at=factories.NOON,
    )
    asked = SignupRequest.objects.create(
        form=form,
        email="nieuw@example.be",
        address_hash=factories.a_hash("nieuw@example.be"),
        wording_ids=[wording.pk],
        asked_at=timezone.now(),
        expires_at=timezone.now() + timedelta(days=7),
        mail_state="sent",
    )
    signup_token = tokens.for_message(Purpose.SIGNUP, library_id=library_id, public_id=asked.public_id)

    def of(letter: str, purpose: Purpose, message: Message, tail: str = "") -> str:
        token = tokens.for_message(purpose, library_id=library_id, public_id=message.public_id)
        return f"/{letter}/{token}/{tail}"

    def own(contact: Contact, tail: str = "") -> str:
        token = tokens.for_contact(Purpose.PREFERENCES, library_id=library_id, contact_id=contact.pk)
        return f"/v/{token}/{tail}"

    return {
        "member-unknown": "/v/abc/",
        "member-preferences": own(noor),
        "member-preferences-english": own(noor, "?taal=en"),
        "member-preferences-saved": "/v/?gedaan=topic.family.on&gedaan=use.use_linked_children.on",
        "member-preferences-stopped": own(stopped),
        "member-why": of("w", Purpose.WHY, mail),
        "member-why-english": of("w", Purpose.WHY, mail, "?taal=en"),
        "member-why-service": of("w", Purpose.WHY, service),
        "member-why-erased": of("w", Purpose.WHY, erased),
        "member-view": of("m", Purpose.VIEW, mail),
        "member-view-gone": of("m", Purpose.VIEW, erased),
        "member-unsubscribe": of("u", Purpose.UNSUBSCRIBE, mail),
        "member-unsubscribe-service": of("u", Purpose.UNSUBSCRIBE, service),
        "member-unsubscribe-gone": of("u", Purpose.UNSUBSCRIBE, erased),
        "member-signup": "/aanmelden/zottegem/nieuwsbrief/",
        "member-signup-english": "/aanmelden/zottegem/nieuwsbrief/?taal=en",
        "member-signup-confirm": f"/aanmelden/{signup_token}/",
        "member-thanks": "/bedankt/zottegem/nee/",
    }


def _person(number: int, **fields: Any) -> Contact:
    address = f"noor{number}@example.be"
    return factories.a_contact(
        email=address, email_norm=address, recipient_hash=f"{number + 4:032x}", **fields
    )
