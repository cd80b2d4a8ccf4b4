"""Keys as programs show them: bm_<prefix>_<secret>. The prefix says which library, the secret proves it.

So the look-up happens inside that library's fence, and no table of all libraries' keys has to exist (ADR 19).
"""

import hashlib
import hmac
import re
import secrets
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection

from bibmail.api.models import ApiKey
from bibmail.tenancy import acting_for

# 256 bits in hexadecimal: nothing to guess, so a plain hash is enough and costs no time at each call.
_SECRET_BYTES = 32
_SHAPE = re.compile(r"bm_(([1-9]\d{0,9})x[0-9a-f]{12})_([0-9a-f]{64})")
# What is compared where there is no such key, so that both take as long.
_NOBODY = hashlib.sha256(b"nobody").hexdigest()
_LARGEST_LIBRARY = 2**31 - 1

# Refill by the time that went by, then take one; without one nothing is taken. On the database's clock.
_TAKE_CALL = """
    WITH clock AS MATERIALIZED (SELECT clock_timestamp() AS now),
    refilled AS (
        SELECT k.id, clock.now,
               least(%(burst)s, k.calls_left
                     + greatest(0, extract(epoch FROM clock.now - k.calls_left_at)) * %(per_second)s) AS calls
          FROM api_apikey AS k, clock
         WHERE k.id = %(key_id)s
           FOR NO KEY UPDATE OF k
    )
    UPDATE api_apikey AS k
       SET calls_left    = r.calls - CASE WHEN r.calls >= 1 THEN 1 ELSE 0 END,
           calls_left_at = r.now,
           last_used_at  = CASE WHEN k.last_used_at IS NULL OR k.last_used_at NOT BETWEEN
                                     %(at)s::timestamptz - interval '1 minute' AND %(at)s
                                THEN %(at)s ELSE k.last_used_at END
      FROM refilled AS r
     WHERE k.id = r.id
    RETURNING r.calls
"""

_COUNT = """
    INSERT INTO api_apiusage (library_id, key_id, day, calls_count, items_count, refused_count)
    SELECT (SELECT current_library_id()), %(key_id)s, %(day)s, %(calls)s, %(items)s, %(refused)s
        ON CONFLICT (library_id, key_id, day)
        DO UPDATE SET calls_count   = api_apiusage.calls_count + excluded.calls_count,
                      items_count   = api_apiusage.items_count + excluded.items_count,
                      refused_count = api_apiusage.refused_count + excluded.refused_count
"""


class Presented(NamedTuple):
    """A key as it was shown, not believed yet."""

    library_id: int
    prefix: str
    secret: str


class Made(NamedTuple):
    """A new key: what is kept of it, and what is shown once."""

    prefix: str
    secret_sha256: str
    shown: str


def make(library_id: int) -> Made:
    """A new key for this library; `shown` can never be made again from what is kept."""
    prefix, secret = f"{library_id}x{secrets.token_hex(6)}", secrets.token_hex(_SECRET_BYTES)
    return Made(prefix, digest(secret), f"bm_{prefix}_{secret}")


def digest(secret: str) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(secret.encode()).hexdigest()


def read(shown: str) -> Presented | None:
    """The parts of a key, or None where it has not the shape of one."""
    match = _SHAPE.fullmatch(shown)
    if match is None or int(match[2]) > _LARGEST_LIBRARY:
        return None
    return Presented(int(match[2]), match[1], match[3])


def found(presented: Presented, *, at: datetime) -> ApiKey | None:
    """The key this is, or None: unknown, wrong, revoked and past its day all look the same.

    Opens the library's door itself: that a library is named proves nothing, so only its key is read there.
    """
    with acting_for(presented.library_id):
        key = ApiKey.objects.usable(at=at).filter(prefix=presented.prefix).first()
    expected = key.secret_sha256 if key else _NOBODY
    is_right = hmac.compare_digest(expected, digest(presented.secret))
    return key if key and is_right else None


def take_call(key: ApiKey, *, burst: int, per_minute: int, at: datetime) -> float:
    """How many calls were left before this one; below 1 it is refused. Within acting_for(library)."""
    values: dict[str, Any] = {
        "key_id": key.pk,
        "burst": float(burst),
        "per_second": per_minute / 60,
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_CALL, values)
        row = cursor.fetchone()
    return float(row[0]) if row else 0.0


def count(key: ApiKey, *, day: date, calls: int = 0, items: int = 0, refused: int = 0) -> None:
    """Add to what this key brought on a day. Within acting_for(library)."""
    values: dict[str, Any] = {
        "key_id": key.pk,
        "day": day,
        "calls": calls,
        "items": items,
        "refused": refused,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, values)
