"""A test mail to a colleague: made as any other and given to the ESP, but no message of anybody's.

It stands in no ledger, its links are not counted, and it goes to nobody but the colleague who asks for it.
"""

import logging
import uuid
from datetime import datetime

from django.conf import settings

from bibmail.tenancy import acting_for, current_library_id
from bibmail.tenancy.models import Library, StaffRole
from campaigns import newsletters, preview
from campaigns.delivery import accounts, envelope, esp, make
from campaigns.delivery.envelope import Mail
from campaigns.models import Campaign

logger = logging.getLogger(__name__)


class NotSent(Exception):
    """The mail could not be made, or the ESP did not take it; the message says which."""


def send(*, library_id: int, campaign_id: int, user_id: int, at: datetime) -> None:
    """Mail this newsletter to a colleague of this library; no transaction is open at the ESP's door.

    Raises NotSent, and StaffRole.DoesNotExist for who is no colleague there.
    """
    with acting_for(library_id):
        role = StaffRole.objects.in_library(library_id).select_related("user").get(user_id=user_id)
        campaign = Campaign.objects.get(pk=campaign_id)
        mail = _mail(campaign, to=role.user.email, at=at)
        try:
            account = accounts.in_use()
        except accounts.SealedShut:
            raise NotSent("sealed shut") from None
    answer = esp.deliver([mail], account, key=uuid.uuid4())
    if not isinstance(answer, esp.Accepted):
        raise NotSent(type(answer).__name__)


def _mail(campaign: Campaign, *, to: str, at: datetime) -> Mail:
    sender = make.sender_of(Library.objects.get(pk=current_library_id()))
    mailing = newsletters.unsaved_mailing(campaign, at=at)
    seen = preview.to_try(mailing, at=at, home=settings.BASE_URL)
    if seen is None:
        raise NotSent("no content")
    mail = Mail(
        message_id=0,
        to=to,
        sender=sender.email,
        sender_name=sender.name,
        reply_to=sender.reply_to,
        subject=f"[Test] {seen.subject}",
        html=seen.html,
        text=seen.text,
        tags=["testmail"],
    )
    try:
        envelope.check(mail)
    except envelope.UnfitMail as unfit:
        raise NotSent(str(unfit)) from None
    return mail
