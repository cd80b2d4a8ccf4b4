"""A mail as the token in one of its links names it, with what its public pages need."""

from typing import NamedTuple
from uuid import UUID

from bibmail.tenancy import tokens
from bibmail.tenancy.tokens import Purpose
from campaigns.models import LegalBasis, Mailing, Message
from consent.models import MessageClass
from members.models import Contact


class Mail(NamedTuple):
    """One message with its mailing, and its person as long as they are not erased."""

    message: Message
    mailing: Mailing
    recipient: Contact | None

    @property
    def is_service(self) -> bool:
        """About the membership: nothing to unsubscribe from (law L-04)."""
        return self.mailing.message_class == MessageClass.SERVICE

    @property
    def language(self) -> str:
        return self.recipient.language if self.recipient else "nl"

    @property
    def topics(self) -> list[str]:
        """What somebody objects to who unsubscribes from this mail.

        The topic whose consent carried it; all of its topics where it went by policy, without anybody's yes.
        """
        if self.message.topic and self.mailing.legal_basis == LegalBasis.CONSENT:
            return [self.message.topic]
        return sorted({*self.mailing.topics, *filter(None, [self.message.topic])})


def find(public_id: UUID) -> Mail | None:
    """Within acting_for(library); None when the row is past its retention."""
    told = ("mailing", "recipient", "variant", "consent__wording")
    message = Message.objects.select_related(*told).filter(public_id=public_id).first()
    return Mail(message, message.mailing, message.recipient) if message else None


def preferences_path(mail: Mail, *, library_id: int) -> str:
    """The address of this person's own page; empty after erasure."""
    if mail.recipient is None:
        return ""
    token = tokens.for_contact(Purpose.PREFERENCES, library_id=library_id, contact_id=mail.recipient.pk)
    return f"/v/{token}/"
