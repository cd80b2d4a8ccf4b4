from datetime import timedelta

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from bibmail.api import actions, sentences
from bibmail.api.forms import KeyForm, ReplaceForm
from bibmail.api.models import ApiKey, ApiUsage, Scope, WebhookDelivery, WebhookEndpoint
from bibmail.tenancy import clock
from bibmail.tenancy.middleware import LibraryRequest
from bibmail.tenancy.pages import page
from bibmail.tenancy.permissions import admin_required

_OVERLAP = timedelta(days=14)
_WAITING = Q(deliveries__state=WebhookDelivery.State.WAITING)
_FAILED = Q(deliveries__state=WebhookDelivery.State.FAILED)


@require_safe
@admin_required
def index(request: LibraryRequest) -> HttpResponse:
    """Keys and endpoints, each with how it is doing."""
    today = timezone.localdate(clock.now())
    endpoints = WebhookEndpoint.objects.annotate(
        waiting_count=Count("deliveries", filter=_WAITING), failed_count=Count("deliveries", filter=_FAILED)
    )
    context = {
        "keys": [(key, sentences.of_key(key, today=today)) for key in ApiKey.objects.all()],
        "endpoints": [(endpoint, sentences.of_endpoint(endpoint)) for endpoint in endpoints],
    }
    return render(request, "api/index.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def add(request: LibraryRequest) -> HttpResponse:
    at = clock.now()
    form = KeyForm(request.POST or None, today=timezone.localdate(at))
    if form.is_valid():
        new = actions.make_key(by=request.user, at=at, **form.cleaned_data)
        return render(request, "api/key_made.html", {"key": new.key, "shown": new.shown})
    return render(request, "api/key_add.html", {"form": form})


@require_safe
@admin_required
def show(request: LibraryRequest, key_id: int) -> HttpResponse:
    key, at = get_object_or_404(ApiKey.objects.select_related("created_by"), pk=key_id), clock.now()
    words = dict(Scope.choices)
    context = {
        "key": key,
        "stand": sentences.of_key(key, today=timezone.localdate(at)),
        "is_usable": ApiKey.objects.usable(at=at).filter(pk=key.pk).exists(),
        "scopes": [words[scope] for scope in key.scopes if scope in words],
        "usage": ApiUsage.objects.filter(key=key)[:14],
    }
    return render(request, "api/key.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def replace(request: LibraryRequest, key_id: int) -> HttpResponse:
    key, at = get_object_or_404(ApiKey, pk=key_id), clock.now()
    today = timezone.localdate(at)
    form = ReplaceForm(request.POST or None, today=today, initial={"old_until": today + _OVERLAP})
    if form.is_valid():
        try:
            new = actions.replace_key(key=key, by=request.user, at=at, **form.cleaned_data)
        except actions.NotUsable:
            messages.error(request, _("Deze sleutel werkt niet meer. Maak een nieuwe."))
            return redirect(page(request, "api"))
        return render(request, "api/key_made.html", {"key": new.key, "shown": new.shown, "old": key})
    return render(request, "api/key_replace.html", {"form": form, "key": key})


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def revoke(request: LibraryRequest, key_id: int) -> HttpResponse:
    key = get_object_or_404(ApiKey, pk=key_id)
    if request.method != "POST":
        return render(request, "api/key_revoke.html", {"key": key})
    actions.revoke_key(key=key, by=request.user, at=clock.now())
    messages.success(request, _("De sleutel ‘%(name)s’ werkt niet meer.") % {"name": key.name})
    return redirect(page(request, "api"))
