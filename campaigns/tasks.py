"""Doorbells of sending and tracking: the rows are the queue, a lost bell is rung again by the next sweep."""

import logging

from celery import shared_task

from bibmail.tenancy import acting_for, clock
from bibmail.tenancy.models import Library
from campaigns import confirmations, newsletters, pausing, retention, sweeping, testmail
from campaigns.delivery import claim, fence, looking_up, reaper, sender
from campaigns.tracking import clicks, inbox

log = logging.getLogger(__name__)

_AT_ONCE = 500


@shared_task
def send(*, library_id: int) -> None:
    sender.send(library_id=library_id, now=clock.now)


@shared_task
def sweep() -> None:
    """Library by library: what silence left behind, newsletters whose time came, and a bell where mail waits."""
    at = clock.now()
    fence.beat()
    for library_id in Library.objects.order_by("pk").values_list("pk", flat=True):
        try:
            reaper.reap(library_id=library_id, at=at)
            with acting_for(library_id):
                newsletters.launch_due(at=at)
                pausing.watch(at=at)
                newsletters.close_finished(at=at)
                waits = claim.anything_waits(at=at)
                signups_wait = confirmations.anything_waits()
                in_doubt = looking_up.anything_due()
                sweeping.tell(at=at)
        except Exception:
            log.exception("sweep failed library=%s", library_id)
            continue
        if waits:
            send.delay(library_id=library_id)
        if in_doubt:
            look_up.delay(library_id=library_id)
        if signups_wait:
            send_confirmations.delay(library_id=library_id)


@shared_task
def look_up(*, library_id: int) -> None:
    """Ask the ESP about mails in doubt; in a task of its own, since an ESP in trouble answers slowly."""
    looking_up.look_up(library_id=library_id, at=clock.now())


@shared_task
def send_confirmations(*, library_id: int) -> None:
    """To who filled in a form: exactly one mail, and nothing more until they confirm."""
    confirmations.send_waiting(library_id=library_id, at=clock.now())


def ring_confirmations(library_id: int) -> None:
    """A confirmation waits; who loses this bell is found by the next sweep."""
    send_confirmations.delay(library_id=library_id)


@shared_task
def read_inbox() -> None:
    """Turn webhooks into facts, batch after batch, until none is left."""
    at = clock.now()
    while inbox.process(limit=_AT_ONCE, at=at):
        pass


@shared_task
def settle_clicks() -> None:
    """People or machines? Library by library; what was decided is only a number from then on."""
    at = clock.now()
    for library_id in Library.objects.order_by("pk").values_list("pk", flat=True):
        with acting_for(library_id):
            clicks.settle(at=at)


@shared_task
def send_test(*, library_id: int, campaign_id: int, user_id: int) -> None:
    """A newsletter to the colleague who writes it; who sees nothing come, asks again."""
    try:
        testmail.send(library_id=library_id, campaign_id=campaign_id, user_id=user_id, at=clock.now())
    except testmail.NotSent as refusal:
        log.warning("test mail of newsletter %s of library %s not sent: %s", campaign_id, library_id, refusal)


@shared_task
def forget_messages() -> None:
    """Nightly, library by library: who got what is forgotten after its time; the counts stay."""
    at = clock.now()
    inbox.forget(before=at - retention.UNMATCHED_KEPT)
    for library_id in Library.objects.order_by("pk").values_list("pk", flat=True):
        with acting_for(library_id):
            retention.forget_persons(at=at)
