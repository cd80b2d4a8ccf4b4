from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from bibmail.network import mail_figures, mail_queries, queries, stand, switch
from bibmail.network.forms import SwitchForm
from bibmail.network.stand import Stand
from bibmail.tenancy import clock
from bibmail.tenancy.middleware import NetworkRequest
from bibmail.tenancy.models import NetworkRole
from campaigns.models import NetworkSwitch

# A whole province fits on a page, so that a tile can point to its line.
PER_PAGE = 50


@require_safe
def overview(request: NetworkRequest) -> HttpResponse:
    """All libraries: how many run well, what they sent, by province, and a table to sort and narrow."""
    at, province = clock.now(), request.GET.get("provincie", "")
    rows = stand.judge(queries.stands(at=at), at=at)
    narrowed = [row for row in rows if not province or row.library.province == province]
    shows_mails = request.GET.get("toon") == "mails"
    columns = stand.MAIL_COLUMNS if shows_mails else stand.DATA_COLUMNS
    sorted_by, table = stand.sort(narrowed, request.GET.get("sorteer", ""), columns)
    context = {
        "today": at,
        "rows": rows,
        "well_count": sum(row.stand in {Stand.LIVE, Stand.TRIAL} for row in rows),
        "problems": [row for row in rows if row.stand is Stand.PROBLEM],
        "attention": [row for row in rows if row.stand is Stand.ATTENTION],
        "shares": stand.shares(rows),
        "provinces": stand.provinces(rows),
        "totals": stand.totals(rows),
        "mails": mail_figures.of(rows, mail_queries.days(at=at)),
        "switch": switch.current(),
        "shows_mails": shows_mails,
        "pages": Paginator(table, len(table) or 1 if province else PER_PAGE).get_page(
            request.GET.get("page")
        ),
        "columns": columns,
        "sorted_by": sorted_by,
        "province": province,
    }
    return render(request, "network/overview.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def sending(request: NetworkRequest) -> HttpResponse:
    """Hold back all mails, or all but service mails, of all libraries; only network admins turn it."""
    may_turn = request.network_role.role == NetworkRole.Role.NETWORK_ADMIN
    if request.method == "POST" and not may_turn:
        raise PermissionDenied
    current = switch.current()
    form = SwitchForm(request.POST or None, initial={"what": _what(current)})
    if form.is_valid():
        switch.turn(
            is_on=form.is_on,
            marketing_is_on=form.marketing_is_on,
            reason=form.cleaned_data["reason"],
            by=request.user,
            at=clock.now(),
        )
        messages.success(request, _("Dat is bewaard, en werkt vanaf nu."))
        return redirect("network:sending")
    context = {"form": form, "switch": current, "what": _what(current), "may_turn": may_turn}
    return render(request, "network/sending.html", context, status=422 if form.errors else 200)


def _what(current: NetworkSwitch) -> str:
    if not current.is_on:
        return SwitchForm.NOTHING
    return SwitchForm.ALL if current.marketing_is_on else SwitchForm.SERVICE
