"""Aanbod: which services the library has, and in which words mails tell of them."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from bibmail.tenancy import clock
from bibmail.tenancy.middleware import LibraryRequest
from bibmail.tenancy.pages import page
from bibmail.tenancy.permissions import editor_required
from campaigns import house_actions, offering
from campaigns.house_forms import ServiceForm


@require_safe
def index(request: LibraryRequest) -> HttpResponse:
    """Those at home, those for children, those in the building."""
    found = offering.everything()
    groups = [
        (_("Thuis te gebruiken"), [one for one in found if one.is_digital and not one.is_for_children]),
        (_("Voor kinderen"), [one for one in found if one.is_for_children]),
        (_("In de bib"), [one for one in found if not one.is_digital and not one.is_for_children]),
    ]
    context = {
        "groups": [{"title": title, "services": services} for title, services in groups],
        "active_count": sum(one.is_active for one in found),
    }
    return render(request, "campaigns/services.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@editor_required
def change(request: LibraryRequest, service: str) -> HttpResponse:
    try:
        found = offering.of(service)
    except offering.NoSuchService:
        raise Http404 from None
    form = ServiceForm(request.POST or None, offering=found)
    if form.is_valid():
        house_actions.save_service(
            service=service,
            is_active=form.cleaned_data["is_active"],
            words=form.own_words,
            by=request.user,
            at=clock.now(),
        )
        messages.success(request, _("‘%(service)s’ is bewaard.") % {"service": found.title or service})
        return redirect(page(request, "services"))
    return render(request, "campaigns/service.html", {"form": form, "service": found})
