from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bibmail.api import actions, sentences
from bibmail.api.forms import WebhookForm
from bibmail.api.models import EventKind, WebhookDelivery, WebhookEndpoint
from bibmail.tenancy import clock
from bibmail.tenancy.middleware import LibraryRequest
from bibmail.tenancy.pages import page
from bibmail.tenancy.permissions import admin_required

_A_PAGE = 25


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def add(request: LibraryRequest) -> HttpResponse:
    form = WebhookForm(request.POST or None)
    if form.is_valid():
        new = actions.add_webhook(by=request.user, at=clock.now(), **form.cleaned_data)
        return render(request, "api/webhook_made.html", {"endpoint": new.endpoint, "shown": new.shown})
    return render(request, "api/webhook_add.html", {"form": form})


@require_safe
@admin_required
def show(request: LibraryRequest, endpoint_id: int) -> HttpResponse:
    """How an endpoint is doing, and its messages, newest first; of each what, never of whom."""
    endpoint = get_object_or_404(WebhookEndpoint, pk=endpoint_id)
    pages = Paginator(endpoint.deliveries.all(), _A_PAGE).get_page(request.GET.get("page"))
    words = dict(EventKind.choices)
    context = {
        "endpoint": endpoint,
        "stand": sentences.of_endpoint(endpoint),
        "events": [words[kind] for kind in endpoint.events if kind in words],
        "pages": pages,
        "former_signs": _former_signs(endpoint),
        "rows": [sentences.of_delivery(delivery) for delivery in pages],
    }
    return render(request, "api/webhook.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def renew(request: LibraryRequest, endpoint_id: int) -> HttpResponse:
    """Ask, then make a new secret and show it this once."""
    endpoint = get_object_or_404(WebhookEndpoint, pk=endpoint_id)
    if request.method != "POST":
        context = {"endpoint": endpoint, "former_signs": _former_signs(endpoint)}
        return render(request, "api/webhook_secret.html", context)
    new = actions.renew_secret(endpoint=endpoint, by=request.user, at=clock.now())
    context = {"endpoint": new.endpoint, "shown": new.shown, "is_renewed": True}
    return render(request, "api/webhook_made.html", context)


def _former_signs(endpoint: WebhookEndpoint) -> bool:
    return endpoint.former_until is not None and endpoint.former_until > clock.database_now()


@require_POST
@admin_required
def test(request: LibraryRequest, endpoint_id: int) -> HttpResponse:
    endpoint = get_object_or_404(WebhookEndpoint, pk=endpoint_id)
    actions.test_webhook(endpoint=endpoint, by=request.user, at=clock.now())
    messages.success(request, _("De test vertrekt binnen een minuut. Vernieuw daarna deze pagina."))
    return redirect(page(request, "webhook", endpoint.pk))


@require_POST
@admin_required
def pause(request: LibraryRequest, endpoint_id: int) -> HttpResponse:
    """Pause what is on, and put on what is not."""
    endpoint = get_object_or_404(WebhookEndpoint, pk=endpoint_id)
    if endpoint.state == WebhookEndpoint.State.ACTIVE:
        actions.pause_webhook(endpoint=endpoint, by=request.user, at=clock.now())
        messages.success(
            request, _("De webhook is gepauzeerd. Wat intussen gebeurt, blijft 30 dagen wachten.")
        )
    else:
        actions.resume_webhook(endpoint=endpoint, by=request.user, at=clock.now())
        messages.success(request, _("De webhook staat weer aan."))
    return redirect(page(request, "webhook", endpoint.pk))


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def remove(request: LibraryRequest, endpoint_id: int) -> HttpResponse:
    endpoint = get_object_or_404(WebhookEndpoint, pk=endpoint_id)
    if request.method != "POST":
        waiting = endpoint.deliveries.filter(state=WebhookDelivery.State.WAITING).count()
        return render(request, "api/webhook_remove.html", {"endpoint": endpoint, "waiting_count": waiting})
    actions.remove_webhook(endpoint=endpoint, by=request.user, at=clock.now())
    messages.success(request, _("De webhook is verwijderd."))
    return redirect(page(request, "api"))


@require_POST
@admin_required
def replay(request: LibraryRequest, delivery_id: int) -> HttpResponse:
    delivery = get_object_or_404(WebhookDelivery.objects.select_related("endpoint"), pk=delivery_id)
    actions.replay(delivery=delivery, by=request.user, at=clock.now())
    messages.success(request, _("Het bericht vertrekt opnieuw binnen een minuut."))
    return redirect(page(request, "webhook", delivery.endpoint_id))
