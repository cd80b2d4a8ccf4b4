"""The door for the ESP: one row in the inbox and an answer; what it means is found out later, in batches."""

import base64
import binascii
import hmac
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from bibmail.tenancy import acting_for, clock, sealing
from campaigns.models import SendingAccount
from campaigns.tracking import inbox, mailgun, webhook

_LAST_ID = 2**63 - 1


@csrf_exempt
@require_POST
def network(request: HttpRequest, kind: str) -> HttpResponse:
    """News of the network's account: 200 once it is stored; 401, 413 or 400 for what we do not take."""
    return _receive(request, kind, settings.ESP_WEBHOOK_AUTH)


@csrf_exempt
@require_POST
def library(request: HttpRequest, kind: str, library_id: int, public_id: UUID) -> HttpResponse:
    """News of a library's own account; an account that is not there answers as a wrong password does."""
    return _receive(request, kind, _password_of(kind, library_id, public_id))


def _receive(request: HttpRequest, kind: str, password: str) -> HttpResponse:
    if _is_too_long(request):
        return HttpResponse(status=413)
    is_vouched = (
        mailgun.signed(request.body, password)
        if kind == "mailgun"
        else _knows(request.headers.get("Authorization", ""), password)
    )
    if not is_vouched:
        return HttpResponse(status=401, headers={"WWW-Authenticate": 'Basic realm="webhooks"'})
    try:
        events = mailgun.kept(request.body) if kind == "mailgun" else webhook.kept(request.body)
    except webhook.Unreadable:
        return HttpResponse(status=400)
    inbox.receive(kind, events, at=clock.now())
    return HttpResponse("ok", content_type="text/plain")


def _password_of(kind: str, library_id: int, public_id: UUID) -> str:
    """What its webhooks prove themselves with; empty, which nobody knows, where there is no such account."""
    if library_id > _LAST_ID:
        return ""
    with acting_for(library_id):
        account = SendingAccount.objects.filter(kind=kind, public_id=public_id).first()
        if account is None:
            return ""
        try:
            return sealing.unseal_all(account.secrets, library_id=library_id).get("webhook", "")
        except sealing.CannotOpen:
            return ""


def _is_too_long(request: HttpRequest) -> bool:
    """By what it says of itself, before a byte is read; a body that says nothing has none."""
    said = request.META.get("CONTENT_LENGTH") or "0"
    return not said.isdecimal() or int(said) > webhook.MOST_BYTES


def _knows(header: str, expected: str) -> bool:
    """HTTP Basic, since Brevo signs nothing; where no password is set nobody knows it."""
    kind, _space, words = header.partition(" ")
    try:
        given = base64.b64decode(words.encode(), validate=True) if kind.lower() == "basic" else b""
    except (binascii.Error, ValueError):
        given = b""
    return hmac.compare_digest(given, expected.encode()) and bool(expected)
