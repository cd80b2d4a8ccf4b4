"""A newsletter from approved to closed: freezing its audience, launching what is planned, stopping, the end.

Every step takes the campaign's row lock first, so that a second click or a second worker finds it done.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from bibmail.tenancy import audit
from bibmail.tenancy.models import User
from campaigns import audience, drafts
from campaigns.audience import Reach
from campaigns.delivery import windows
from campaigns.models import Campaign, LegalBasis, Mailing, NetworkSwitch
from consent.models import MessageClass
from members.segments import rules

logger = logging.getLogger(__name__)

State = Campaign.State

# After service mail and journeys: the lower, the sooner.
PRIORITY = 60
# A planned newsletter that could not leave for so long goes back to its writer: it may be old news.
MISSED_AFTER = timedelta(days=1)


class NotADraft(Exception):
    """It is planned or on its way already, or it has gone."""


class NotUnderWay(Exception):
    """Only what is planned or being sent can be stopped."""


class SendingIsOff(Exception):
    """The library or Cultuurconnect holds back all newsletters now."""


class NobodyLeft(Exception):
    """The audience is empty, so there is nothing to send."""


class OtherCount(Exception):
    """Another number of people than was approved; `reach` is the bridge as it is now."""

    def __init__(self, reach: Reach) -> None:
        super().__init__(reach.will_get)
        self.reach = reach


class InThePast(Exception):
    """The moment to send has gone by."""


def may_send() -> bool:
    """Whether newsletters of this library leave at all now."""
    switch = NetworkSwitch.objects.first()
    network_is_on = switch is None or (switch.is_on and switch.marketing_is_on)
    return network_is_on and windows.settings_of_library().is_on


def locked(campaign_id: int) -> Campaign:
    """The campaign, ours until the transaction ends; raises Campaign.DoesNotExist."""
    return Campaign.objects.select_for_update().get(pk=campaign_id)


def draft(campaign_id: int) -> Campaign:
    """The campaign to write in, ours until the transaction ends; raises NotADraft."""
    campaign = locked(campaign_id)
    if campaign.state != State.DRAFT:
        raise NotADraft
    return campaign


@transaction.atomic
def launch(*, campaign_id: int, approved: int, by: User, at: datetime) -> Campaign:
    """Freeze the audience and queue the mails now, to exactly as many people as were approved.

    Raises NotADraft, SendingIsOff, NobodyLeft, OtherCount.
    """
    campaign = draft(campaign_id)
    if not may_send():
        raise SendingIsOff
    campaign.sent_by, campaign.send_at = by, at
    # Counted by the statement that queues: a refusal here undoes it.
    _approve(_launch(campaign, at=at), approved)
    audit.record(
        "newsletter.sent", by=by, at=at, subject_kind="newsletter", subject_id=campaign.pk, people=approved
    )
    return campaign


@transaction.atomic
def plan(*, campaign_id: int, send_at: datetime, approved: int, by: User, at: datetime) -> Campaign:
    """Send it later; whoever joins or leaves the audience until then does so.

    Raises NotADraft, InThePast, SendingIsOff, NobodyLeft, OtherCount.
    """
    campaign = draft(campaign_id)
    if send_at <= at:
        raise InThePast
    if not may_send():
        raise SendingIsOff
    reach = audience.reach(campaign.rule, topic=campaign.topic, at=at)
    _approve(reach, approved)
    campaign.state, campaign.send_at, campaign.sent_by = State.SCHEDULED, send_at, by
    campaign.reach = reach._asdict()
    campaign.save()
    audit.record(
        "newsletter.planned", by=by, at=at, subject_kind="newsletter", subject_id=campaign.pk,
        people=reach.will_get,
    )  # fmt: skip
    return campaign


@transaction.atomic
def back_to_draft(*, campaign_id: int, by: User | None, at: datetime) -> Campaign:
    """Take a planned newsletter back to write on; raises NotUnderWay."""
    campaign = locked(campaign_id)
    if campaign.state != State.SCHEDULED:
        raise NotUnderWay
    campaign.state, campaign.send_at, campaign.sent_by, campaign.reach = State.DRAFT, None, None, {}
    campaign.save()
    audit.record("newsletter.taken_back", by=by, at=at, subject_kind="newsletter", subject_id=campaign.pk)
    return campaign


_CANCEL = """
    UPDATE campaigns_message
       SET state = 'cancelled', reason = 'stopped', settled_at = %(at)s
     WHERE mailing_id = %(mailing_id)s AND state = 'queued'
"""


@transaction.atomic
def stop(*, campaign_id: int, by: User, at: datetime) -> int:
    """Stop what is being sent: what waits is cancelled, what a worker holds stops at the gate.

    What the ESP has cannot be called back. Returns how many were cancelled; raises NotUnderWay.
    """
    campaign = locked(campaign_id)
    if campaign.state not in {State.SENDING, State.PAUSED}:
        raise NotUnderWay
    mailing = Mailing.objects.get(campaign=campaign)
    Mailing.objects.filter(pk=mailing.pk).update(is_stopped=True)
    with connection.cursor() as cursor:
        cursor.execute(_CANCEL, {"mailing_id": mailing.pk, "at": at})
        cancelled = int(cursor.rowcount)
    campaign.state, campaign.ended_at = State.STOPPED, at
    campaign.save(update_fields=["state", "ended_at"])
    audit.record(
        "newsletter.stopped",
        by=by,
        at=at,
        subject_kind="newsletter",
        subject_id=campaign.pk,
        people=cancelled,
    )
    return cancelled


# --- Called every minute, within acting_for(library) ------------------------------------------------


def launch_due(*, at: datetime) -> int:
    """Launch the planned newsletters whose moment has come; return how many left.

    While sending is off they wait; after a day they go back to their writer.
    """
    due = Campaign.objects.filter(state=State.SCHEDULED, send_at__lte=at).order_by("send_at", "pk")
    if not due.exists():
        return 0
    is_on, launched = may_send(), 0
    for campaign_id in list(due.values_list("pk", flat=True)):
        try:
            with transaction.atomic():
                launched += _launch_planned(campaign_id, is_on=is_on, at=at)
        except Exception:
            # One that cannot be launched must not hold up the others; its words may name somebody.
            logger.exception("newsletter %s not launched", campaign_id)
    return launched


def _launch_planned(campaign_id: int, *, is_on: bool, at: datetime) -> bool:
    campaign = locked(campaign_id)
    if campaign.state != State.SCHEDULED or campaign.send_at is None:
        return False
    if at - campaign.send_at > MISSED_AFTER:
        back_to_draft(campaign_id=campaign.pk, by=None, at=at)
        return False
    if not is_on:
        return False
    _launch(campaign, at=at)
    return True


_CLOSE = """
    UPDATE campaigns_campaign AS c
       SET state = 'done', ended_at = %(at)s
     WHERE c.state = 'sending'
       AND NOT EXISTS (SELECT FROM campaigns_mailing AS m
                         JOIN campaigns_message AS g ON g.mailing_id = m.id
                        WHERE m.campaign_id = c.id
                          AND g.state IN ('queued', 'claimed', 'submitting', 'unknown') AND g.resent_as = '')
"""


def close_finished(*, at: datetime) -> int:
    """Close the newsletters of which no mail waits or is in doubt; return how many."""
    with connection.cursor() as cursor:
        cursor.execute(_CLOSE, {"at": at})
        return int(cursor.rowcount)


# --- Inside -----------------------------------------------------------------------------------------


def _approve(reach: Reach, approved: int) -> None:
    if reach.will_get == 0:
        raise NobodyLeft
    if reach.will_get != approved:
        raise OtherCount(reach)


def _launch(campaign: Campaign, *, at: datetime) -> Reach:
    """One mailing, one row of the ledger for each person, and the campaign on its way: all or nothing."""
    mailing, _made = Mailing.objects.get_or_create(campaign=campaign, defaults=_mailing(campaign, at=at))
    reach = audience.freeze(mailing, campaign.rule, topic=campaign.topic, at=at)
    campaign.state, campaign.frozen_at, campaign.reach = State.SENDING, at, reach._asdict()
    campaign.save()
    return reach


def _mailing(campaign: Campaign, *, at: datetime) -> dict[str, Any]:
    return {
        "label": campaign.name,
        "message_class": MessageClass.MARKETING,
        "legal_basis": LegalBasis.CONSENT,
        "topics": [campaign.topic],
        "data_uses": sorted(rules.data_uses(campaign.rule)),
        "content": drafts.content(campaign),
        "priority": PRIORITY,
        "created_at": at,
    }


def unsaved_mailing(campaign: Campaign, *, at: datetime) -> Mailing:
    """The mailing as it would be launched, for a look at it."""
    return Mailing(**_mailing(campaign, at=at))
