from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from bibmail.tenancy import actions, clock, hours
from bibmail.tenancy.forms import ExceptionForm, WeekForm
from bibmail.tenancy.middleware import LibraryRequest
from bibmail.tenancy.models import Branch, OpeningException
from bibmail.tenancy.pages import page
from bibmail.tenancy.permissions import editor_required


@require_http_methods(["GET", "HEAD", "POST"])
def week(request: LibraryRequest, branch_id: int) -> HttpResponse:
    """The ordinary week of a branch: everyone reads it, editors change it."""
    if request.method == "POST":
        return _save_week(request, branch_id)
    branch = get_object_or_404(Branch, pk=branch_id)
    return _page(request, branch)


@editor_required
def _save_week(request: LibraryRequest, branch_id: int) -> HttpResponse:
    branch = get_object_or_404(Branch, pk=branch_id)
    form = WeekForm(request.POST, stored=[])
    if not form.is_valid():
        return _page(request, branch, week_form=form)
    actions.save_week(branch=branch, intervals=form.intervals, by=request.user, at=clock.now())
    messages.success(request, _("De openingsuren van %(branch)s zijn bewaard.") % {"branch": branch})
    return redirect(page(request, "hours", branch.pk))


@require_POST
@editor_required
def add_exception(request: LibraryRequest, branch_id: int) -> HttpResponse:
    branch = get_object_or_404(Branch, pk=branch_id)
    others = list(branch.opening_exceptions.order_by("starts_on", "opens", "pk"))
    form = ExceptionForm(request.POST, others=others)
    if not form.is_valid():
        return _page(request, branch, exception_form=form)
    exception = actions.add_exception(branch=branch, exception=form.instance, by=request.user, at=clock.now())
    words = capfirst(hours.exception_words(exception))
    messages.success(request, _("Bewaard. %(words)s.") % {"words": words})
    return redirect(page(request, "hours", branch.pk))


@require_POST
@editor_required
def remove_exception(request: LibraryRequest, branch_id: int, exception_id: int) -> HttpResponse:
    exception = get_object_or_404(OpeningException, pk=exception_id, branch_id=branch_id)
    words = hours.exception_words(exception)
    actions.remove_exception(exception=exception, by=request.user, at=clock.now())
    messages.success(request, _("Verwijderd: %(words)s. De gewone uren gelden weer.") % {"words": words})
    return redirect(page(request, "hours", branch_id))


def _page(
    request: LibraryRequest,
    branch: Branch,
    *,
    week_form: WeekForm | None = None,
    exception_form: ExceptionForm | None = None,
) -> HttpResponse:
    """The whole page, with what was typed and refused where that is why we are here."""
    stored = list(branch.opening_hours.order_by("weekday", "opens", "pk"))
    today = timezone.localdate(clock.now())
    coming = branch.opening_exceptions.filter(ends_on__gte=today).order_by("starts_on", "opens", "pk")
    context = {
        "branch": branch,
        "week": hours.week(stored),
        "week_form": week_form or WeekForm(None, stored=stored),
        "exceptions": [{"pk": row.pk, "words": hours.exception_words(row)} for row in coming],
        "exception_form": exception_form or ExceptionForm(others=[]),
    }
    return render(request, "tenancy/hours.html", context)
