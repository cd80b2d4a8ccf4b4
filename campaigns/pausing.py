"""A newsletter stands still: by hand, or by itself when too much of it comes back. What waits stays in the queue."""

import logging
from datetime import datetime

from django.db import connection, transaction

from bibmail.tenancy import audit
from bibmail.tenancy.models import User
from campaigns import newsletters
from campaigns.models import Campaign, Mailing
from campaigns.newsletters import NotUnderWay

logger = logging.getLogger(__name__)

Pause = Campaign.Pause
State = Campaign.State

# Of the mails that left: more than this and it stops by itself. Gmail and Yahoo ask senders to stay under 0.1 %
# complaints (support.google.com/mail/answer/81126); one in twenty dead addresses is a list that is no good. A
# single one says nothing, hence the least.
MOST_BOUNCES, LEAST_BOUNCES = 0.05, 5
MOST_COMPLAINTS, LEAST_COMPLAINTS = 0.001, 2

_CAME_BACK = """
    SELECT c.id,
           (SELECT count(*) FROM campaigns_message AS g WHERE g.mailing_id = m.id AND g.state = 'accepted'),
           (SELECT count(*) FROM campaigns_message AS g WHERE g.mailing_id = m.id AND g.delivery = 30),
           (SELECT count(*) FROM campaigns_message AS g WHERE g.mailing_id = m.id AND g.delivery >= 40)
      FROM campaigns_campaign AS c
      JOIN campaigns_mailing AS m ON m.campaign_id = c.id
     WHERE c.state = 'sending'
       AND EXISTS (SELECT FROM campaigns_message AS g WHERE g.mailing_id = m.id AND g.delivery >= 30)
     ORDER BY c.id
"""


@transaction.atomic
def pause(*, campaign_id: int, by: User | None, why: str, at: datetime) -> None:
    """Let nothing more leave for now; raises NotUnderWay, Campaign.DoesNotExist."""
    campaign = newsletters.locked(campaign_id)
    if campaign.state != State.SENDING:
        raise NotUnderWay
    _set(campaign, State.PAUSED, why=why, paused_at=at)
    audit.record("newsletter.paused", by=by, at=at, subject_kind="newsletter", subject_id=campaign.pk)


@transaction.atomic
def go_on(*, campaign_id: int, by: User, at: datetime) -> None:
    """Let what waits leave after all; raises NotUnderWay, Campaign.DoesNotExist."""
    campaign = newsletters.locked(campaign_id)
    if campaign.state != State.PAUSED:
        raise NotUnderWay
    _set(campaign, State.SENDING, why=campaign.paused_why, paused_at=campaign.paused_at)
    audit.record("newsletter.goes_on", by=by, at=at, subject_kind="newsletter", subject_id=campaign.pk)


def watch(*, at: datetime) -> int:
    """Pause the newsletters of which too much comes back; return how many. Within acting_for(library)."""
    with connection.cursor() as cursor:
        cursor.execute(_CAME_BACK)
        found = cursor.fetchall()
    paused = 0
    for campaign_id, left, bounces, complaints in found:
        why = _why(left, bounces, complaints)
        if why and _is_new(campaign_id, why):
            try:
                pause(campaign_id=campaign_id, by=None, why=why, at=at)
            except NotUnderWay:
                continue
            logger.warning("newsletter %s paused: %s", campaign_id, why)
            paused += 1
    return paused


def _why(left: int, bounces: int, complaints: int) -> str:
    if complaints >= LEAST_COMPLAINTS and complaints > left * MOST_COMPLAINTS:
        return Pause.COMPLAINTS
    if bounces >= LEAST_BOUNCES and bounces > left * MOST_BOUNCES:
        return Pause.BOUNCES
    return ""


def _is_new(campaign_id: int, why: str) -> bool:
    """Whoever looked and let it go on for this reason is not asked again and again."""
    return Campaign.objects.filter(pk=campaign_id).exclude(paused_why=why).exists()


def _set(campaign: Campaign, state: str, *, why: str, paused_at: datetime | None) -> None:
    campaign.state, campaign.paused_why, campaign.paused_at = state, why, paused_at
    campaign.save(update_fields=["state", "paused_why", "paused_at"])
    Mailing.objects.filter(campaign=campaign).update(is_paused=state == State.PAUSED)
