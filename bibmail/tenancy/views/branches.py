from typing import NamedTuple

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from bibmail.tenancy import actions, clock, hours, queries
from bibmail.tenancy.forms import BranchForm
from bibmail.tenancy.middleware import LibraryRequest
from bibmail.tenancy.models import Branch
from bibmail.tenancy.pages import page
from bibmail.tenancy.permissions import admin_required


class BranchWeek(NamedTuple):
    """A branch with its seven days in words."""

    branch: Branch
    week: list[hours.Day]


@require_safe
def index(request: LibraryRequest) -> HttpResponse:
    branches = [
        BranchWeek(branch, hours.week(list(branch.opening_hours.all())))
        for branch in queries.branches_with_hours()
    ]
    without = sum(not any(day.is_open for day in item.week) for item in branches)
    return render(request, "tenancy/branches.html", {"branches": branches, "without_hours_count": without})


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def add(request: LibraryRequest) -> HttpResponse:
    form = BranchForm(request.POST or None)
    if form.is_valid():
        branch = actions.save_branch(branch=form.instance, by=request.user, at=clock.now())
        messages.success(
            request, _("%(branch)s is toegevoegd. Vul nu de openingsuren in.") % {"branch": branch}
        )
        return redirect(page(request, "hours", branch.pk))
    return render(request, "tenancy/branch.html", {"form": form, "branch": None})


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def edit(request: LibraryRequest, branch_id: int) -> HttpResponse:
    branch = get_object_or_404(Branch, pk=branch_id)
    name, form = branch.name, BranchForm(request.POST or None, instance=branch)
    if form.is_valid():
        actions.save_branch(branch=form.instance, by=request.user, at=clock.now())
        messages.success(request, _("%(branch)s is bewaard.") % {"branch": form.instance})
        return redirect(page(request, "branches"))
    return render(request, "tenancy/branch.html", {"form": form, "branch": branch, "name": name})
