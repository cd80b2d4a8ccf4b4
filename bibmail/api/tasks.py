import logging

from celery import shared_task

from bibmail.api import outbox, retention, sender
from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library

log = logging.getLogger(__name__)


@shared_task(acks_late=True)
def ring_webhooks() -> None:
    """Ring each library whose endpoints have something to hear; the rows are the queue."""
    for library_id in Library.objects.order_by("pk").values_list("pk", flat=True):
        try:
            with acting_for(library_id):
                due = outbox.endpoints_due()
            if due:
                send_webhooks.apply_async(kwargs={"library_id": library_id}, expires=60)
        except Exception:
            log.exception("ring_webhooks failed library=%s", library_id)


@shared_task(acks_late=True)
def send_webhooks(library_id: int) -> None:
    """Send what is due in one library."""
    sender.send(library_id=library_id)


@shared_task(acks_late=True)
def forget_calls() -> None:
    """Let old answers, messages and counts go, library by library."""
    for library_id in Library.objects.order_by("pk").values_list("pk", flat=True):
        try:
            with acting_for(library_id):
                retention.forget()
        except Exception:
            log.exception("forget_calls failed library=%s", library_id)
