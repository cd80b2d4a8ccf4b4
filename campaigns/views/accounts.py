"""Instellingen, Versturen: with which account this library sends. Only admins; keys are never shown."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bibmail.tenancy import acting_for, clock
from bibmail.tenancy.middleware import LibraryRequest, opens_its_own_door
from bibmail.tenancy.pages import page
from bibmail.tenancy.permissions import admin_required
from campaigns import sending_accounts
from campaigns.delivery import accounts, esp
from campaigns.delivery.esp import trying
from campaigns.forms.account import FORMS
from campaigns.models import SendingAccount

Kind = SendingAccount.Kind


@require_safe
@admin_required
def account(request: LibraryRequest) -> HttpResponse:
    """The account in use, what may be seen of it, and the address for its webhooks."""
    return _show(request)


def _show(request: LibraryRequest, *, password: str = "") -> HttpResponse:
    own = sending_accounts.in_use()
    context: dict[str, Any] = {
        "own": own,
        "kinds": Kind.choices,
        "webhook_address": _webhook_address(own),
        "password": password,
        "has_password": bool(own and "webhook" in own.secrets),
    }
    return render(request, "campaigns/account.html", context)


def _webhook_address(own: SendingAccount | None) -> str:
    if own is None or own.kind == Kind.SMTP:
        return ""
    path = reverse(f"esp-own-{own.kind}", args=[own.library_id, own.public_id])
    return f"{settings.BASE_URL.rstrip('/')}{path}"


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def change(request: LibraryRequest) -> HttpResponse:
    """Fill in an account of the kind in the address, or change the one in use."""
    own, kind = sending_accounts.in_use(), request.GET.get("soort", "")
    if kind not in FORMS:
        raise Http404
    form = FORMS[kind](request.POST or None, account=own if own and own.kind == kind else None)
    if form.is_valid():
        sending_accounts.save(
            kind, options=form.options, secrets=form.secrets, by=request.user, at=clock.now()
        )
        messages.success(
            request, _("Het account is bewaard. Mails vertrekken er vanaf nu mee. Test het even.")
        )
        return redirect(page(request, "sending-account"))
    context = {"form": form, "own": own, "label": Kind(kind).label, "is_new": form.account is None}
    return render(request, "campaigns/account_form.html", context, status=422 if form.errors else 200)


@opens_its_own_door
@require_POST
@admin_required
def try_out(request: LibraryRequest) -> HttpResponse:
    """Ask the ESP one small thing and say whether it lets us in; nothing is sent."""
    try:
        with acting_for(request.library.pk):
            found = accounts.in_use()
        # Whoever waits for somebody else's server holds no transaction meanwhile.
        trying.try_out(found)
    except accounts.SealedShut:
        messages.error(request, _("De sleutels gaan niet meer open. Vul ze opnieuw in."))
    except trying.NotLetIn:
        messages.error(
            request, _("De mailprovider antwoordt, maar laat ons niet binnen. Kijk de sleutel na.")
        )
    except (trying.NoAnswer, esp.NotFromHere):
        messages.error(request, _("De mailprovider antwoordt niet. Kijk het adres na, of probeer het later."))
    else:
        messages.success(request, _("De verbinding werkt: de mailprovider antwoordt en laat ons binnen."))
    return redirect(page(request, "sending-account"))


@never_cache
@require_POST
@admin_required
def webhook(request: LibraryRequest) -> HttpResponse:
    """A new password for the webhooks, shown on this page and never again."""
    try:
        password = sending_accounts.new_webhook_password(by=request.user, at=clock.now())
    except SendingAccount.DoesNotExist:
        raise Http404 from None
    return _show(request, password=password)


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def leave(request: LibraryRequest) -> HttpResponse:
    """Ask, then go back to the network's account."""
    own = sending_accounts.in_use()
    if own is None:
        return redirect(page(request, "sending-account"))
    if request.method == "POST":
        sending_accounts.back_to_network(by=request.user, at=clock.now())
        messages.success(request, _("Mails vertrekken weer met het account van het netwerk."))
        return redirect(page(request, "sending-account"))
    return render(request, "campaigns/account_leave.html", {"own": own})
