"""Bringing a file in, step by step: choose, say what the columns are, look at the rehearsal, confirm."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from bibmail.tenancy import clock, sinks
from bibmail.tenancy.middleware import LibraryRequest
from bibmail.tenancy.pages import page
from bibmail.tenancy.permissions import editor_required
from members import actions, wizard
from members.forms import ColumnsForm, PresetForm, UploadForm
from members.imports import presets, undoing
from members.models import ImportPreset, ImportRun


@require_http_methods(["GET", "HEAD", "POST"])
@editor_required
def import_add(request: LibraryRequest) -> HttpResponse:
    """Choose a file; what it holds is guessed, and can be said."""
    form = UploadForm(request.POST or None, request.FILES or None, initial={"sink": request.GET.get("sink")})
    if form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            run = wizard.begin(
                sink=form.cleaned_data["sink"],
                file_name=upload.name,
                chunks=upload.chunks(),
                by=request.user,
                at=clock.now(),
            )
        except actions.TooLarge:
            form.add_error("file", _("Dit bestand is te groot. Deel het op in kleinere bestanden."))
        else:
            step = "import-columns" if run.state == ImportRun.State.DRAFT else "import"
            return redirect(page(request, step, run.pk))
    return render(request, "members/import_add.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@editor_required
def import_columns(request: LibraryRequest, run_id: int) -> HttpResponse:
    """Which column is which field; then the rehearsal starts."""
    run = get_object_or_404(ImportRun, pk=run_id)
    if run.state not in {ImportRun.State.DRAFT, ImportRun.State.CHECKED}:
        return redirect(page(request, "import", run.pk))
    asked = request.POST or request.GET
    preset = presets.find(asked.get("preset", "")) if request.method == "GET" else None
    code = preset.sink if preset and preset.sink else asked.get("sink", run.sink)
    if code not in {sink.code for sink in sinks.in_order()}:
        code = run.sink
    guessed = wizard.columns_of(run, sink=code, preset=preset.code if preset else "")
    form = ColumnsForm(
        request.POST or None,
        run=run,
        sink=sinks.get(code),
        guessed=guessed,
        is_full=bool(preset and preset.is_full),
    )
    if form.is_valid():
        wizard.rehearse(
            run.pk,
            sink=code,
            chosen=form.chosen,
            is_full=form.cleaned_data.get("is_full", False),
            save_as=form.cleaned_data["save_as"],
            at=clock.now(),
        )
        return redirect(page(request, "import", run.pk))
    named = presets.all_presets()
    context = {
        "run": run,
        "form": form,
        "sink": sinks.get(code),
        "sinks": sinks.in_order(),
        "presets": [one for one in named if one.sink in {"", code} or one.chosen],
        "has_own_presets": len(named) > len(presets.BUILT_IN),
        "same": wizard.same_before(run),
        "has_national": any(column["is_national"] for column in run.looked.get("columns", [])),
    }
    return render(request, "members/import_columns.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@editor_required
def import_presets(request: LibraryRequest) -> HttpResponse:
    """The library's own presets: give one another name, or take it away."""
    own = list(ImportPreset.objects.exclude(name=""))
    if request.method != "POST":
        return render(request, "members/import_presets.html", {"forms": [PresetForm.of(one) for one in own]})
    chosen = next((one for one in own if str(one.pk) == request.POST.get("preset")), None)
    if chosen is None:
        messages.error(request, _("Deze voorinstelling is er niet meer."))
        return redirect(page(request, "import-presets"))
    form = PresetForm.of(chosen, request.POST)
    if "forget" in request.POST:
        presets.forget(chosen.pk)
        messages.success(request, _("De voorinstelling is weg. Wat je ermee inlaadde, blijft."))
        return redirect(page(request, "import-presets"))
    if form.is_valid():
        try:
            presets.rename(chosen.pk, form.cleaned_data["name"])
        except presets.NameTaken:
            form.add_error("name", _("Je hebt al een voorinstelling met deze naam. Kies een andere naam."))
        else:
            messages.success(request, _("De voorinstelling heeft een andere naam."))
            return redirect(page(request, "import-presets"))
    forms = [form if one.pk == chosen.pk else PresetForm.of(one) for one in own]
    return render(request, "members/import_presets.html", {"forms": forms}, status=422)


@require_POST
@editor_required
def import_confirm(request: LibraryRequest, run_id: int) -> HttpResponse:
    """Do what the rehearsal showed, or go no further with it."""
    get_object_or_404(ImportRun, pk=run_id)
    try:
        if "drop" in request.POST:
            wizard.drop(run_id, at=clock.now())
            messages.success(request, _("We laadden dit bestand niet in. Er is niets veranderd."))
            return redirect(page(request, "data"))
        wizard.confirm(
            run_id,
            is_removal_confirmed="is_removal_confirmed" in request.POST,
            by=request.user,
            at=clock.now(),
        )
    except wizard.NotNow:
        messages.error(request, _("Deze stap is al gezet. Hieronder zie je hoever het bestand is."))
    except wizard.NotConfirmed:
        messages.error(request, _("Vink eerst aan dat zoveel lidmaatschappen mogen eindigen."))
    return redirect(page(request, "import", run_id))


@require_http_methods(["GET", "HEAD", "POST"])
@editor_required
def import_undo(request: LibraryRequest, run_id: int) -> HttpResponse:
    """Say how much would go back, and do it when somebody confirms."""
    run = get_object_or_404(ImportRun, pk=run_id)
    if not undoing.can_be_undone(run, at=clock.now()):
        messages.error(request, _("Deze inlading kan je niet meer ongedaan maken."))
        return redirect(page(request, "import", run.pk))
    if request.method == "POST":
        try:
            undoing.undo(run.pk, by=request.user, at=clock.now())
        except undoing.CannotUndo:
            messages.error(
                request, _("Dit lukte niet: wat er intussen bijkwam, staat in de weg. Er is niets veranderd.")
            )
        else:
            messages.success(request, _("De inlading is ongedaan gemaakt."))
        return redirect(page(request, "import", run.pk))
    return render(request, "members/import_undo.html", {"run": run, "counted": undoing.counted(run)})
