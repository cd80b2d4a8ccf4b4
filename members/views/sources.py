from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bibmail.tenancy import acting_for, clock
from bibmail.tenancy.middleware import LibraryRequest, opens_its_own_door
from bibmail.tenancy.pages import page
from bibmail.tenancy.permissions import admin_required, editor_required
from members import sources
from members.connectors import fetching, registry, words
from members.connectors.door import Door
from members.connectors.trouble import Trouble
from members.models import DataSource
from members.source_forms import SourceForm

# Somebody waits for the page.
_PATIENT_SECONDS = (3.0, 8.0)


@require_safe
def index(request: LibraryRequest) -> HttpResponse:
    """Where data is fetched from, how fresh it is, and what went wrong last."""
    shown = sources.shown(at=clock.now())
    failing = [one for one in shown if one.trouble and one.source.is_active]
    return render(request, "members/sources.html", {"sources": shown, "failing_count": len(failing)})


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def add(request: LibraryRequest) -> HttpResponse:
    """Choose a kind of source, then fill in what it asks."""
    if not request.GET.get("soort"):
        return render(request, "members/source_kinds.html", {"connectors": registry.in_order()})
    connector = _connector(request.GET["soort"])
    form = SourceForm(request.POST or None, connector=connector)
    if form.is_valid():
        made = sources.add(
            connector, name=form.cleaned_data["name"], every_minutes=form.cleaned_data["every_minutes"],
            options=form.options, secrets=form.secrets, by=request.user, at=clock.now(),
        )  # fmt: skip
        messages.success(request, _("De bron is toegevoegd. We halen zo meteen een eerste keer op."))
        return redirect(page(request, "source", made.pk))
    context = {"form": form, "connector": connector}
    return render(request, "members/source_form.html", context, status=422 if form.errors else 200)


def _connector(code: str) -> registry.Connector:
    try:
        return registry.get(code)
    except registry.UnknownConnector:
        raise Http404 from None


@require_safe
def source(request: LibraryRequest, source_id: int) -> HttpResponse:
    """One source: its state, what it asks for (never a secret), and its history."""
    found = get_object_or_404(DataSource, pk=source_id)
    runs = sources.history(found)
    shown = sources.one(found, runs[0].run if runs else None, at=clock.now())
    context = {"shown": shown, "runs": runs, "settings": sources.filled_in(found)}
    return render(request, "members/source.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def change(request: LibraryRequest, source_id: int) -> HttpResponse:
    found = get_object_or_404(DataSource, pk=source_id)
    connector = _connector(found.connector)
    form = SourceForm(request.POST or None, connector=connector, source=found)
    if form.is_valid():
        sources.change(
            found, name=form.cleaned_data["name"], every_minutes=form.cleaned_data["every_minutes"],
            options=form.options, secrets=form.secrets, by=request.user, at=clock.now(),
        )  # fmt: skip
        messages.success(request, _("De bron is bewaard."))
        return redirect(page(request, "source", found.pk))
    context = {"form": form, "connector": connector, "source": found}
    return render(request, "members/source_form.html", context, status=422 if form.errors else 200)


@require_POST
@editor_required
def fetch(request: LibraryRequest, source_id: int) -> HttpResponse:
    """Fetch in the background, now."""
    found = get_object_or_404(DataSource, pk=source_id)
    sources.fetch_now(found, by=request.user, at=clock.now())
    messages.success(request, _("We halen nu op. Laad deze pagina zo meteen opnieuw."))
    return redirect(page(request, "source", found.pk))


@opens_its_own_door
@require_POST
@editor_required
def try_out(request: LibraryRequest, source_id: int) -> HttpResponse:
    """Ask the source one small thing and say whether it answered."""
    with acting_for(request.library.pk):
        found = get_object_or_404(DataSource, pk=source_id)
    door = Door(timeouts=_PATIENT_SECONDS, attempts=1)
    try:
        # Whoever waits for somebody else's server holds no transaction meanwhile.
        fetching.try_out(found, library_id=request.library.pk, at=clock.now(), door=door)
    except Trouble as trouble:
        messages.error(request, " ".join(words.of_trouble(trouble.code, trouble.detail)))
    except registry.UnknownConnector:
        messages.error(request, " ".join(words.of_trouble("unknown_connector", {})))
    else:
        messages.success(request, _("De verbinding werkt: de bron antwoordt en laat ons binnen."))
    return redirect(page(request, "source", found.pk))


@require_POST
@editor_required
def pause(request: LibraryRequest, source_id: int) -> HttpResponse:
    """Pause, or go on: whichever it is not now."""
    found = get_object_or_404(DataSource, pk=source_id)
    sources.pause(found, is_active=not found.is_active, by=request.user, at=clock.now())
    said = (
        _("We halen hier weer op.")
        if found.is_active
        else _("We halen hier niets meer op, tot je dat weer wil.")
    )
    messages.success(request, said)
    return redirect(page(request, "source", found.pk))


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def remove(request: LibraryRequest, source_id: int) -> HttpResponse:
    """Ask, then remove the source with its keys; what it brought stays."""
    found = get_object_or_404(DataSource, pk=source_id)
    if request.method == "POST":
        sources.remove(found, by=request.user, at=clock.now())
        messages.success(request, _("De bron en haar sleutels zijn weg. Wat ze bracht, blijft."))
        return redirect(page(request, "sources"))
    return render(request, "members/source_remove.html", {"source": found})
