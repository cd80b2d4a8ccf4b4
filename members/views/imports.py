import csv
from io import StringIO

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from bibmail.tenancy import audit, clock
from bibmail.tenancy.middleware import LibraryRequest
from bibmail.tenancy.pages import page
from bibmail.tenancy.permissions import people_required
from members import deliveries, queries, wizard
from members.imports import undoing
from members.models import ImportRefusal, ImportRun


@require_safe
def data(request: LibraryRequest) -> HttpResponse:
    """How fresh each kind of data is, and the last files that came in."""
    runs = ImportRun.objects.select_related("started_by")[:20]
    context = {
        "freshness": deliveries.freshness(at=clock.now()),
        "runs": [deliveries.shown(run) for run in runs],
    }
    return render(request, "members/data.html", context)


@require_safe
def import_run(request: LibraryRequest, run_id: int) -> HttpResponse:
    """One file: how far it is, or what it did and which rows did not come in."""
    run = get_object_or_404(ImportRun.objects.select_related("started_by"), pk=run_id)
    if getattr(request, "htmx", False):
        if not run.is_under_way:
            # The outcome brings the list of refused rows along.
            return HttpResponse(headers={"HX-Refresh": "true"})
        return render(request, "members/_progress.html", {"shown": deliveries.shown(run)})
    if run.state == ImportRun.State.DRAFT and request.staff_role.may_edit:
        return redirect(page(request, "import-columns", run.pk))
    code = request.GET.get("code", "")
    refusals = ImportRefusal.objects.filter(run=run, **({"code": code} if code else {})).order_by(
        "line", "pk"
    )
    pages = Paginator(refusals, 25).get_page(request.GET.get("page"))
    context = {
        "shown": deliveries.shown(run),
        "groups": deliveries.groups(run, chosen=code),
        "pages": pages,
        "can_undo": undoing.can_be_undone(run, at=clock.now()),
        "undo_until": undoing.undo_until(run),
        "left": queries.left_contacts(run) if request.staff_role.sees_people else [],
        "needs_word": wizard.needs_word(run),
        "examples": deliveries.examples(run) if request.staff_role.sees_people else [],
        "same": wizard.same_before(run),
        "rows": [
            deliveries.row(refusal, of=run, sees_people=request.staff_role.sees_people) for refusal in pages
        ],
    }
    return render(request, "members/import.html", context)


@require_safe
@people_required
def import_refusals(request: LibraryRequest, run_id: int) -> HttpResponse:
    """The refused rows as a file that Excel opens, with what is wrong and the mend. Who took it is kept."""
    run = get_object_or_404(ImportRun, pk=run_id)
    refusals = queries.refusals_of(run)
    audit.record(
        "import.refusals_downloaded",
        by=request.user,
        at=clock.now(),
        subject_kind="import",
        subject_id=run.pk,
        rows=len(refusals),
    )
    file = StringIO()
    writer = csv.writer(file, delimiter=";")
    writer.writerow([_("Rij"), _("Kolom"), _("Waarde"), _("Wat is er mis?"), _("Wat kan je doen?")])
    for refusal in refusals:
        row = deliveries.row(refusal, of=run, sees_people=True)
        writer.writerow([row.line, row.column, deliveries.harmless(refusal.value), row.wrong, row.mend])
    # Excel takes UTF-8 only with the mark.
    response = HttpResponse("\ufeff" + file.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="niet-ingeladen-{run.sink}-{run.pk}.csv"'
    return response
