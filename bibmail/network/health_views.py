"""How sending stands in the whole network, and the stop and pace of one account."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from bibmail.network import health, line_switch
from bibmail.network.forms import LineForm
from bibmail.tenancy import clock
from bibmail.tenancy.middleware import NetworkRequest
from bibmail.tenancy.models import NetworkRole
from campaigns.models import SendingLine


def _may_turn(request: NetworkRequest) -> bool:
    return bool(request.network_role.role == NetworkRole.Role.NETWORK_ADMIN)


@require_safe
def index(request: NetworkRequest) -> HttpResponse:
    """Lines, queues, doubts and the inbox; every figure is a sum of what libraries counted themselves."""
    at = clock.now()
    context = {"health": health.of(at=at), "may_turn": _may_turn(request), "old": at - health.OLD}
    return render(request, "network/health.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def line(request: NetworkRequest, account: str) -> HttpResponse:
    """Stop one account, let it go on, or set how fast it goes; network admins only."""
    if not _may_turn(request):
        raise PermissionDenied
    current = line_switch.current(account)
    if current.pk is None and account not in {one.line.code for one in health.of(at=clock.now()).lines}:
        # Nothing of it is known, so there is nothing to hold back.
        messages.warning(request, _("Dat account is er niet."))
        return redirect("network:health")
    form = LineForm(request.POST or None, initial=_initial(current))
    if form.is_valid():
        line_switch.turn(
            account,
            is_stopped=form.is_stopped,
            per_minute=form.cleaned_data["per_minute"],
            warm_up_from=form.cleaned_data["warm_up_from"],
            reason=form.cleaned_data["reason"],
            by=request.user,
        )
        messages.success(request, _("Dat is bewaard, en werkt vanaf nu."))
        return redirect("network:health")
    context = {"form": form, "line": current}
    return render(request, "network/line.html", context, status=422 if form.errors else 200)


def _initial(current: SendingLine) -> dict[str, object]:
    return {
        "state": LineForm.STOPPED if current.is_stopped else LineForm.GOES,
        "per_minute": current.per_minute,
        "warm_up_from": current.warm_up_from,
    }
