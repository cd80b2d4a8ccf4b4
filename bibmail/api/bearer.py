"""Who is calling, may they, and not too often: before anything of the body is read."""

import math
from datetime import datetime
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja.security import HttpBearer

from bibmail.api import keyring
from bibmail.api.models import ApiKey
from bibmail.api.problems import Problem
from bibmail.tenancy import acting_for, audit, clock

_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="Bibmail"'}


class ApiRequest(HttpRequest):
    """A request of a program whose key was believed."""

    auth: ApiKey
    library_id: int
    # One moment for the whole call.
    at: datetime
    limits: dict[str, str]


class Bearer(HttpBearer):
    """`Authorization: Bearer bm_…` with this right; the key never stands in an address."""

    def __init__(self, scope: str = "") -> None:
        super().__init__()
        self.scope = scope

    def __call__(self, request: HttpRequest) -> ApiKey:
        """The key that calls; raises Problem: 401, 403, 429, 413 or 415."""
        kind, _space, shown = request.headers.get("Authorization", "").partition(" ")
        return self.authenticate(request, shown.strip() if kind.lower() == "bearer" else "")

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey:
        """As above, of the key alone."""
        asked = cast(ApiRequest, request)
        asked.at = clock.now()
        presented = keyring.read(token)
        key = keyring.found(presented, at=asked.at) if presented else None
        if presented is None or key is None:
            raise Problem("no_key", headers=_CHALLENGE)
        asked.library_id = presented.library_id
        with acting_for(asked.library_id):
            asked.limits = _limits(key, at=asked.at)
        if self.scope and not key.allows(self.scope):
            raise Problem("no_scope", scope=self.scope, headers=asked.limits)
        _refuse_unfit_body(asked)
        return key


def with_limits(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The answer with what is left of the key's calls."""
    for name, value in getattr(request, "limits", {}).items():
        response.headers.setdefault(name, value)
    return response


def _limits(key: ApiKey, *, at: datetime) -> dict[str, str]:
    """Take one call from the bucket; raises Problem where there is none."""
    burst, per_minute = settings.API_BURST, settings.API_CALLS_PER_MINUTE
    if key.last_used_at is None:
        audit.record("api_key.first_used", by=None, at=at, subject_kind="api_key", subject_id=key.pk)
    left = keyring.take_call(key, burst=burst, per_minute=per_minute, at=at)
    if left >= 1:
        keyring.count(key, day=timezone.localdate(at), calls=1)
    headers = {
        "RateLimit-Limit": str(burst),
        "RateLimit-Remaining": str(max(0, int(left - 1))),
        "RateLimit-Reset": str(math.ceil(max(0.0, burst - max(0.0, left - 1)) * 60 / per_minute)),
    }
    if left < 1:
        wait = {"Retry-After": str(max(1, math.ceil((1 - left) * 60 / per_minute)))}
        raise Problem("too_many_calls", headers=headers | wait)
    return headers


def _refuse_unfit_body(request: ApiRequest) -> None:
    if request.method not in {"POST", "PUT", "PATCH"}:
        return
    if _number(request.META.get("CONTENT_LENGTH")) > settings.API_MAX_BYTES:
        raise Problem("too_large", headers=request.limits)
    if request.content_type != "application/json":
        raise Problem("not_json", headers=request.limits)


def _number(text: Any) -> int:
    try:
        return int(text or 0)
    except ValueError:
        return 0
