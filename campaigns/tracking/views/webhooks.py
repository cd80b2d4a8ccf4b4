"""The door for the ESP: one row in the inbox and an answer; what it means is found out later, in batches."""

import base64
import binascii
import hmac

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from bibmail.tenancy import clock
from campaigns.tracking import inbox, webhook


@csrf_exempt
@require_POST
def brevo(request: HttpRequest) -> HttpResponse:
    """200 once the news is stored; 401, 413 or 400 for what we do not take."""
    if not _knows_the_password(request.headers.get("Authorization", "")):
        return HttpResponse(status=401, headers={"WWW-Authenticate": 'Basic realm="webhooks"'})
    if _is_too_long(request):
        return HttpResponse(status=413)
    try:
        events = webhook.kept(request.body)
    except webhook.Unreadable:
        return HttpResponse(status=400)
    inbox.receive("brevo", events, at=clock.now())
    return HttpResponse("ok", content_type="text/plain")


def _is_too_long(request: HttpRequest) -> bool:
    """By what it says of itself, before a byte is read; a body that says nothing has none."""
    said = request.META.get("CONTENT_LENGTH") or "0"
    return not said.isdecimal() or int(said) > webhook.MOST_BYTES


def _knows_the_password(header: str) -> bool:
    """HTTP Basic, since Brevo signs nothing; where no password is set nobody knows it."""
    expected = settings.ESP_WEBHOOK_AUTH
    kind, _space, words = header.partition(" ")
    try:
        given = base64.b64decode(words.encode(), validate=True) if kind.lower() == "basic" else b""
    except (binascii.Error, ValueError):
        given = b""
    return hmac.compare_digest(given, expected.encode()) and bool(expected)
