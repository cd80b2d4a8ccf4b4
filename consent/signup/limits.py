"""How often somebody may ask. Counted in the database by a hash that says nobody who it was, and that soon goes."""

import hmac
import ipaddress
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import connection

from bibmail.tenancy.scope import current_library_id
from consent.signup.models import SignupTally

# Atomic: two who ask at once never get the same number.
_COUNT = """
    INSERT INTO consent_signuptally AS t (library_id, bucket, count, until)
    VALUES (%(library_id)s, %(bucket)s, 1, %(until)s)
        ON CONFLICT (library_id, bucket) DO UPDATE SET count = t.count + 1
    RETURNING count
"""


class Limit(NamedTuple):
    """So many in such a stretch of time."""

    code: str
    most: int
    span: timedelta


# A library's own network is one address to us: a class that signs up together must get through in an hour.
OF_NETWORK = (Limit("network", 5, timedelta(minutes=10)), Limit("network", 60, timedelta(days=1)))
OF_ADDRESS = (Limit("address", 1, timedelta(hours=1)), Limit("address", 3, timedelta(days=1)))
OF_FORM = (Limit("form", 100, timedelta(hours=1)),)


def allows(limits: tuple[Limit, ...], who: str, *, at: datetime) -> bool:
    """Count this attempt in each of the limits; whether it is within all of them."""
    counted = [(limit.most, _count(limit, who, at=at)) for limit in limits]
    return all(count <= most for most, count in counted)


def network_of(address: str) -> str:
    """The network an IP address is in: /24, or /56 of IPv6, which one household has whole; else `unknown`."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    width = 24 if found.version == 4 else 56
    return str(ipaddress.ip_network((found, width), strict=False))


def forget(*, at: datetime) -> int:
    """Let this library's counts go whose stretch of time is over; return how many."""
    return SignupTally.objects.filter(until__lt=at).delete()[0]


def _count(limit: Limit, who: str, *, at: datetime) -> int:
    seconds = int(limit.span.total_seconds())
    window = int(at.timestamp()) // seconds
    until = datetime.fromtimestamp((window + 1) * seconds, tz=UTC)
    words = f"signup:{current_library_id()}:{limit.code}:{seconds}:{window}:{who}"
    # The window is part of it, so the same network has another hash an hour later.
    bucket = UUID(bytes=hmac.digest(settings.SECRET_KEY.encode(), words.encode(), "sha256")[:16])
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"library_id": current_library_id(), "bucket": bucket, "until": until}
        cursor.execute(_COUNT, values)
        return int(cursor.fetchone()[0])
