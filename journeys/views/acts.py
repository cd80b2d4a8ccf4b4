"""Changing journeys: on, other settings, a pause, on again, off."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from bibmail.tenancy import clock
from bibmail.tenancy.middleware import LibraryRequest
from bibmail.tenancy.pages import page
from bibmail.tenancy.permissions import editor_required
from campaigns import sending_actions
from campaigns.confirm import CountForm
from campaigns.delivery import windows
from journeys import actions, adopted, readiness
from journeys.adopted import Adopted
from journeys.forms import AudienceForm, SettingsForm
from journeys.models import JourneyEntry
from journeys.queries import overview
from journeys.views.pages import find


@require_http_methods(["GET", "HEAD", "POST"])
@editor_required
def activate(request: LibraryRequest, recipe: str) -> HttpResponse:
    """The last look before a journey is on: settings, reach, first mail, what is missing; then on."""
    shown = find(recipe)
    if not shown.is_off:
        return _back(request, shown)
    sending, around = windows.settings_of_library(), overview.surroundings()
    form = SettingsForm(request.POST or None, recipe=shown.recipe, chosen=shown.settings)
    may_end_trial = sending.is_trial and request.staff_role.may_manage
    audience = AudienceForm(request.POST or None) if may_end_trial else None
    if form.is_valid() and (audience is None or audience.is_valid()) and _switched_on(request, shown, form):
        if audience and audience.ends_trial:
            sending_actions.leave_trial(by=request.user, at=clock.now())
        return _back(request, shown)
    at = clock.now()
    definition = adopted.with_settings(shown.recipe, shown.settings)
    exams = readiness.next_exams(definition, at=at)
    context = {
        "shown": shown,
        "form": form,
        "audience": audience,
        "sending": sending,
        "around": around,
        "needs": readiness.needs(definition, around.services, exams),
        "first_mail": readiness.first_mail(definition, sending, exams, at=at),
    }
    return render(request, "journeys/activate.html", context)


def _switched_on(request: LibraryRequest, shown: Adopted, form: SettingsForm) -> bool:
    try:
        actions.activate(code=shown.code, settings=form.cleaned_data, by=request.user, at=clock.now())
    except actions.UnfitJourney as unfit:
        form.add_error(None, _("Deze klantreis kan zo niet aan. %(why)s") % {"why": unfit})
        return False
    words = _("‘%(journey)s’ loopt. Wie vanaf nu aan het startmoment voldoet, stapt vanzelf in.")
    messages.success(request, words % {"journey": shown.label})
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@editor_required
def settings(request: LibraryRequest, recipe: str) -> HttpResponse:
    """Other settings for a journey that is on: a new version, for who comes in from now on."""
    shown = find(recipe)
    if shown.is_off or not shown.recipe["settings"]:
        return _back(request, shown)
    form = SettingsForm(request.POST or None, recipe=shown.recipe, chosen=shown.settings)
    if form.is_valid() and _changed(request, shown, form):
        return _back(request, shown)
    return render(request, "journeys/settings.html", {"shown": shown, "form": form})


def _changed(request: LibraryRequest, shown: Adopted, form: SettingsForm) -> bool:
    try:
        journey = actions.change_settings(
            journey_id=_id(shown), settings=form.cleaned_data, by=request.user, at=clock.now()
        )
    except actions.UnfitJourney as unfit:
        form.add_error(None, _("Zo kan deze klantreis niet lopen. %(why)s") % {"why": unfit})
        return False
    words = _("Bewaard als versie %(version)s. Wie al onderweg was, merkt er niets van.")
    messages.success(request, words % {"version": journey.version.number if journey.version else ""})
    return True


@require_POST
@editor_required
def pause(request: LibraryRequest, recipe: str) -> HttpResponse:
    shown = find(recipe)
    try:
        actions.pause(journey_id=_id(shown), by=request.user, at=clock.now())
    except actions.NotOn:
        return _back(request, shown)
    words = _("‘%(journey)s’ staat stil. Niemand stapt in en niemand gaat verder.")
    messages.success(request, words % {"journey": shown.label})
    return _back(request, shown)


@require_POST
@editor_required
def resume(request: LibraryRequest, recipe: str) -> HttpResponse:
    shown = find(recipe)
    try:
        actions.resume(journey_id=_id(shown), by=request.user, at=clock.now())
    except actions.NotPaused:
        return _back(request, shown)
    words = _("‘%(journey)s’ loopt weer. Wie wachtte, gaat verder.")
    messages.success(request, words % {"journey": shown.label})
    return _back(request, shown)


@require_http_methods(["GET", "HEAD", "POST"])
@editor_required
def stop(request: LibraryRequest, recipe: str) -> HttpResponse:
    """Ask once more, with the number of people inside; they all leave."""
    shown = find(recipe)
    if shown.is_off or shown.journey is None:
        return _back(request, shown)
    inside = JourneyEntry.objects.filter(journey=shown.journey, state=JourneyEntry.State.ACTIVE).count()
    label = _("Typ het aantal mensen dat onderweg is: %(count)s")
    form = CountForm(
        request.POST or None,
        count=inside,
        label=label % {"count": number_format(inside, force_grouping=True)},
    )
    if form.is_valid():
        left = actions.stop(journey_id=shown.journey.pk, by=request.user, at=clock.now())
        messages.success(request, _stopped(shown, left))
        return _back(request, shown)
    return render(request, "journeys/stop.html", {"shown": shown, "form": form, "inside_count": inside})


def _stopped(shown: Adopted, left: int) -> str:
    words = ngettext(
        "‘%(journey)s’ is gestopt. %(count)s persoon verliet ze.",
        "‘%(journey)s’ is gestopt. %(count)s mensen verlieten ze.",
        left,
    )
    return words % {"journey": shown.label, "count": number_format(left, force_grouping=True)}


def _id(shown: Adopted) -> int:
    """A 404 where nobody adopted the recipe yet."""
    if shown.journey is None:
        raise Http404
    return shown.journey.pk


def _back(request: LibraryRequest, shown: Adopted) -> HttpResponse:
    return redirect(page(request, "journey", shown.code))
