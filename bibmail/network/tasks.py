import logging

from celery import shared_task

from bibmail.network import queries
from bibmail.tenancy import acting_for, clock
from bibmail.tenancy.models import Library

log = logging.getLogger(__name__)


@shared_task(acks_late=True)
def count_libraries() -> None:
    """Count every library for today; one that fails does not keep the others waiting."""
    at = clock.now()
    for library_id in Library.objects.order_by("pk").values_list("pk", flat=True):
        try:
            with acting_for(library_id):
                queries.count_library(at=at)
        except Exception:
            log.exception("count_libraries failed library=%s", library_id)
