"""What somebody does with a link in a mail."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce

from campaigns.models import LegalBasis, Message
from campaigns.tracking.mails import Mail
from campaigns.tracking.queries import waiting
from consent import actions as consent
from consent.sources import BY_LINK


@transaction.atomic
def object_to(mail: Mail, *, at: datetime, is_about_all: bool = False) -> None:
    """Unsubscribe from what this mail is about, or from all marketing; at once, and again without harm.

    Service mail and the mail of somebody who was erased change nothing.
    """
    if mail.is_service or mail.recipient is None:
        return
    # Nothing to name is no reason to go on mailing.
    is_about_all = is_about_all or not mail.topics
    # Consents before messages, as the gate takes them.
    if is_about_all:
        consent.object_to_all(contact=mail.recipient, at=at, source=BY_LINK)
    else:
        consent.object_to_topics(contact=mail.recipient, codes=mail.topics, at=at, source=BY_LINK)
    is_policy = mail.mailing.legal_basis == LegalBasis.LIBRARY_POLICY
    waiting.cancel(
        contact_id=mail.recipient.pk,
        codes=mail.topics,
        series=mail.mailing.journey_code if is_policy else "",
        is_about_all=is_about_all,
        at=at,
    )
    Message.objects.filter(pk=mail.message.pk).update(unsubscribed_at=Coalesce(F("unsubscribed_at"), at))
