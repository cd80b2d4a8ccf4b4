"""How mails look and who signs them, and what the library says of itself: everyone reads, editors change."""

import re

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bibmail.tenancy import clock
from bibmail.tenancy.middleware import LibraryRequest
from bibmail.tenancy.pages import page
from bibmail.tenancy.permissions import editor_required
from campaigns import house_actions
from campaigns.content import sample
from campaigns.content.press import Press
from campaigns.frame import framed
from campaigns.house_forms import BrandForm, TextsForm
from campaigns.models import BrandKit, LibraryTexts

_COLOUR = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)


@require_http_methods(["GET", "HEAD", "POST"])
def brand(request: LibraryRequest) -> HttpResponse:
    kept = BrandKit.objects.first() or BrandKit()
    if request.method == "POST":
        return _save_brand(request, kept)
    return _brand_page(request, BrandForm(instance=kept), kept)


@editor_required
def _save_brand(request: LibraryRequest, kept: BrandKit) -> HttpResponse:
    form = BrandForm(request.POST, instance=BrandKit(colour=kept.colour))
    if not form.is_valid():
        return _brand_page(request, form, kept)
    house_actions.save_brand(values=form.cleaned_data, by=request.user, at=clock.now())
    messages.success(request, _("Bewaard. De volgende mails zien er zo uit."))
    return redirect(page(request, "brand"))


def _brand_page(request: LibraryRequest, form: BrandForm, kept: BrandKit) -> HttpResponse:
    shown = {"colour": kept.colour, "name": kept.sender_name, "email": kept.sender_email}
    return render(request, "campaigns/brand.html", {"form": form, "brand": kept, "shown": shown})


@require_POST
@editor_required
def brand_shown(request: LibraryRequest) -> HttpResponse:
    """The example beside the form, with what was typed so far."""
    form = BrandForm(request.POST, instance=BrandKit())
    form.is_valid()
    typed = request.POST.get("colour", "")
    shown = {
        "colour": typed if _COLOUR.fullmatch(typed) else BrandKit().colour,
        "name": request.POST.get("sender_name", "")[:100],
        "email": request.POST.get("sender_email", "")[:254],
        "errors": form.errors.get("colour"),
    }
    return render(request, "campaigns/_brand_shown.html", {"shown": shown})


@require_safe
def brand_mail(request: LibraryRequest) -> HttpResponse:
    """The example itself, in the colour of ?kleur= or the one that is kept."""
    colour = request.GET.get("kleur", "")
    tried = BrandKit(colour=colour) if _COLOUR.fullmatch(colour) else None
    return framed(sample.html(Press(at=clock.now(), brand=tried)))


@require_http_methods(["GET", "HEAD", "POST"])
def texts(request: LibraryRequest) -> HttpResponse:
    kept = LibraryTexts.objects.first() or LibraryTexts()
    if request.method == "POST":
        return _save_texts(request)
    return render(request, "campaigns/texts.html", {"form": TextsForm(instance=kept), "texts": kept})


@editor_required
def _save_texts(request: LibraryRequest) -> HttpResponse:
    form = TextsForm(request.POST, instance=LibraryTexts())
    if not form.is_valid():
        return render(request, "campaigns/texts.html", {"form": form})
    house_actions.save_texts(values=form.cleaned_data, by=request.user, at=clock.now())
    messages.success(request, _("Je teksten zijn bewaard. Mails die nog vertrekken, gebruiken ze."))
    return redirect(page(request, "texts"))
