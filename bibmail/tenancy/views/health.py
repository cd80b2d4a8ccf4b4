"""For load balancers and supervisors: plain text, no session, nothing about anybody."""

from celery import current_app
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError as BrokerError

from bibmail.tenancy import checks, roles

_SECONDS_FOR_THE_BROKER = 2


@require_safe
@never_cache
def process(request: HttpRequest) -> HttpResponse:
    """This process answers; nothing else was asked."""
    return _text("ok\n")


@require_safe
@never_cache
def readiness(request: HttpRequest) -> HttpResponse:
    """200 when requests can be served to the end; otherwise 503 and what is missing."""
    answers = {"database": _database(), "broker": _broker()}
    ready = all(answer == "ok" for answer in answers.values())
    lines = "".join(f"{name}: {answer}\n" for name, answer in answers.items())
    return _text(lines, status=200 if ready else 503)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            roles.refuse_unfit_role(cursor)
        waiting = len(checks.pending_migrations())
    except roles.UnfitRole:
        return "the role is not bound by row-level security"
    except DatabaseError:
        return "not reachable"
    return f"{waiting} migrations are not applied" if waiting else "ok"


def _broker() -> str:
    try:
        with current_app.connection_for_write() as bell:
            bell.ensure_connection(max_retries=1, timeout=_SECONDS_FOR_THE_BROKER)
    except (BrokerError, OSError):
        return "not reachable"
    return "ok"


def _text(text: str, *, status: int = 200) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
