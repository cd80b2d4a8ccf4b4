"""Doorbells: ids in, one call down."""

from celery import shared_task

from bibmail.tenancy import acting_for, clock
from bibmail.tenancy.models import Library
from consent.signup import asking


@shared_task
def forget_signups() -> None:
    """Sign-ups that nobody confirmed within seven days go, library by library."""
    at = clock.now()
    for library_id in Library.objects.order_by("pk").values_list("pk", flat=True):
        with acting_for(library_id):
            asking.forget(at=at)
