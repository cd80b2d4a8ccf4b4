"""The two clocks (decision D11).

Domain time (due, windows, consent, retention) is real time plus an offset that can exist only outside
production, so that a demo can play two months in a minute. Leases, heartbeats, rates and breakers use the
database's real clock.
"""

from datetime import datetime, timedelta
from typing import cast

from django.db import connection
from django.utils import timezone

from bibmail.tenancy.models.deployment import Deployment


def now() -> datetime:
    """Domain time. Only views, tasks and commands ask; the domain gets it as ``at=``."""
    offset = Deployment.objects.values_list("clock_offset", flat=True).first()
    return timezone.now() + (offset or timedelta())


def database_now() -> datetime:
    """The database's real clock at this instant, not at the start of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cast(datetime, cursor.fetchone()[0])
