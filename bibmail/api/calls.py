"""A call that comes twice works once: Idempotency-Key, claimed by a lease and answered from a row."""

import hashlib
import json
import re
import uuid
from datetime import timedelta
from typing import Any

from django.db import connection
from django.http import HttpRequest

from bibmail.api.models import ApiKey, IdempotencyRecord
from bibmail.api.problems import Problem
from bibmail.tenancy import acting_for

KEPT = timedelta(hours=24)
HEADER = "Idempotency-Key"
_VISIBLE = re.compile(r"[\x21-\x7e]{1,200}")
# Longer than a web process may live with one call; whoever dies in between leaves it to the next.
_LEASE_SECONDS = 120

# Ours when it is new, when whoever had it is dead, or when what was kept is old. One statement: two at once
# cannot both get it.
_CLAIM = """
    INSERT INTO api_idempotencyrecord AS r
           (library_id, key_id, token_sha256, call_sha256, claim, lease_until, answer, created_at)
    SELECT (SELECT current_library_id()), %(key_id)s, %(token)s, %(call)s, %(claim)s,
           clock_timestamp() + make_interval(secs => %(lease)s), NULL, clock_timestamp()
        ON CONFLICT (library_id, key_id, token_sha256)
        DO UPDATE SET call_sha256 = excluded.call_sha256, claim = excluded.claim, answer = NULL,
                      lease_until = excluded.lease_until, created_at = excluded.created_at
                WHERE r.created_at < excluded.created_at - make_interval(secs => %(kept)s)
                   OR (r.answer IS NULL AND r.lease_until < clock_timestamp()
                       AND r.call_sha256 = excluded.call_sha256)
    RETURNING claim
"""


class Call:
    """One call with an Idempotency-Key; `kept` is the answer it already got, if any."""

    def __init__(self, record: dict[str, Any], kept: dict[str, Any] | None) -> None:
        self._record, self.kept = record, kept

    def answer(self, answer: dict[str, Any]) -> None:
        """Keep what was answered, for whoever asks again."""
        self._ours().update(answer=json.loads(json.dumps(answer)))

    def let_go(self) -> None:
        """Nothing was answered that should be kept: the same call may come again at once."""
        self._ours().delete()

    def _ours(self) -> Any:
        return IdempotencyRecord.objects.filter(**self._record)


def begin(request: HttpRequest, key: ApiKey, *, library_id: int) -> Call | None:
    """The call as it is known, None without the header. Raises Problem: 400, 409 and 422."""
    token = request.headers.get(HEADER)
    if token is None:
        return None
    if not _VISIBLE.fullmatch(token):
        raise Problem("bad_idempotency_key")
    told = {"key_id": key.pk, "token": _digest(token.encode()), "call": _of(request)}
    with acting_for(library_id):
        claim = str(uuid.uuid4())
        if _claimed(told, claim):
            return Call({"key_id": key.pk, "token_sha256": told["token"], "claim": claim}, None)
        known = IdempotencyRecord.objects.filter(key_id=key.pk, token_sha256=told["token"]).first()
    if known is not None and known.call_sha256 != told["call"]:
        raise Problem("key_used")
    if known is None or known.answer is None:
        raise Problem("under_way", headers={"Retry-After": "2"})
    return Call({"pk": known.pk}, known.answer)


def _claimed(told: dict[str, Any], claim: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            _CLAIM,
            {**told, "claim": claim, "lease": _LEASE_SECONDS, "kept": KEPT.total_seconds()},
        )
        return cursor.fetchone() is not None


def _of(request: HttpRequest) -> str:
    """What makes it the same call: method, address and every byte of the body."""
    return _digest(f"{request.method} {request.path}\n".encode() + request.body)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
