"""Mails of which nobody knows whether they left: leave them so, or send the chosen ones once more."""

from typing import Any, NamedTuple

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from bibmail.tenancy import clock
from bibmail.tenancy.middleware import LibraryRequest
from bibmail.tenancy.pages import page
from bibmail.tenancy.permissions import editor_required
from bibmail.tenancy.templatetags.bibmail import number
from campaigns import resending
from campaigns.forms.doubts import ResendForm
from campaigns.models import Campaign, Message

PER_PAGE = 50


class Row(NamedTuple):
    """A mail in doubt; without a name for who may not see people. `may_go`: it can be chosen."""

    message: Message
    name: str
    may_go: bool


def _campaign(code: str) -> Campaign | None:
    """The newsletter that an address narrows to; what it does not know narrows nothing."""
    return Campaign.objects.filter(pk=int(code)).first() if code.isdecimal() and len(code) < 19 else None


@require_safe
def index(request: LibraryRequest) -> HttpResponse:
    """The oldest first; those that may go once more can be chosen by who may send."""
    at, campaign = clock.now(), _campaign(request.GET.get("nieuwsbrief", ""))
    found = resending.in_doubt(campaign_id=campaign.pk if campaign else None)
    free = resending.resendable(found, at=at)
    annotated = found.select_related("mailing", "recipient", "submission").annotate(
        may_go=Exists(free.filter(pk=OuterRef("pk")))
    )
    pages = Paginator(annotated, PER_PAGE).get_page(request.GET.get("page"))
    sees = request.staff_role.sees_people
    context = {
        "campaign": campaign,
        "pages": pages,
        "rows": [
            Row(one, one.recipient.full_name if sees and one.recipient else "", one.may_go) for one in pages
        ],
        "free_count": min(free.count(), resending.MOST),
    }
    return render(request, "campaigns/doubts.html", context)


@require_POST
@editor_required
def resend(request: LibraryRequest) -> HttpResponse:
    """First the question, with how many it is about; then, with a reason and the number typed, the act."""
    at = clock.now()
    if "reason" not in request.POST:
        ids = list(_chosen(request).values_list("pk", flat=True)[: resending.MOST])
        if not ids:
            messages.warning(request, _nothing_chosen())
            return redirect(page(request, "doubts"))
        form = ResendForm(initial={"ids": ",".join(map(str, ids))}, expected=len(ids))
        return _ask(request, form, len(ids))
    expected = len([one for one in request.POST.get("ids", "").split(",") if one.isdecimal()])
    form = ResendForm(request.POST, expected=expected)
    if form.is_valid():
        try:
            count = resending.resend(
                form.cleaned_data["ids"],
                approved=expected,
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=at,
            )
        except resending.OtherCount:
            messages.warning(request, _changed())
            return redirect(page(request, "doubts"))
        messages.success(request, _done(count))
        return redirect(page(request, "doubts"))
    return _ask(request, form, expected, status=422)


def _chosen(request: LibraryRequest) -> QuerySet[Message]:
    """What was ticked, or all that may go."""
    campaign = _campaign(request.POST.get("nieuwsbrief", ""))
    found = resending.in_doubt(campaign_id=campaign.pk if campaign else None)
    if request.POST.get("alle") != "1":
        ticked = [int(one) for one in request.POST.getlist("bericht") if one.isdecimal() and len(one) < 19]
        found = found.filter(pk__in=ticked)
    return resending.resendable(found, at=clock.now())


def _ask(request: LibraryRequest, form: ResendForm, count: int, *, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "count": count}
    return render(request, "campaigns/doubts_resend.html", context, status=status)


def _nothing_chosen() -> str:
    return _("Kies eerst welke mails je opnieuw wilt versturen.")


def _changed() -> str:
    return _("Van enkele mails weten we intussen wel wat ermee gebeurde. Er vertrok niets. Kies opnieuw.")


def _done(count: int) -> str:
    words = ngettext("%(count)s mail vertrekt opnieuw.", "%(count)s mails vertrekken opnieuw.", count)
    return words % {"count": number(count)}
