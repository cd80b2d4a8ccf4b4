"""A newsletter leaves: now or later, for exactly as many people as were approved; and how it is stopped."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from bibmail.tenancy import clock
from bibmail.tenancy.middleware import LibraryRequest
from bibmail.tenancy.pages import page
from bibmail.tenancy.permissions import editor_required
from bibmail.tenancy.templatetags.bibmail import moment, number
from campaigns import actions, audience, checks, newsletters, pausing, queries, reports, rule_words
from campaigns.delivery import windows
from campaigns.forms.sending import SendForm
from campaigns.models import Campaign
from campaigns.rule_words import Names


@require_http_methods(["GET", "HEAD", "POST"])
@editor_required
def departure(request: LibraryRequest, campaign_id: int) -> HttpResponse:
    """The bridge, the exact number, and when. A second click finds it sent."""
    campaign, at = get_object_or_404(Campaign, pk=campaign_id), clock.now()
    if campaign.state != Campaign.State.DRAFT:
        return redirect(page(request, "newsletter", campaign.pk))
    reach, names = audience.reach(campaign.rule, topic=campaign.topic, at=at), Names()
    is_on = newsletters.may_send()
    # Before it goes the mail is made once, and looked at by the linter.
    quick = [finding for finding in checks.quick(campaign) if finding.is_fault]
    faults = checks.faults(campaign, at=at) if request.method == "POST" else quick
    label = _("Typ %(count)s om te bevestigen") % {"count": number(reach.will_get)}
    form = SendForm(request.POST or None, at=at, label=label)
    if form.is_valid() and not faults and is_on:
        try:
            return _send(request, campaign, form)
        except newsletters.OtherCount as refusal:
            reach = refusal.reach
            form.fields["count"].label = _("Typ %(count)s om te bevestigen") % {
                "count": number(reach.will_get)
            }
            form.add_error("count", _("Het zijn er nu %(count)s.") % {"count": number(reach.will_get)})
        except newsletters.InThePast:
            form.add_error("day", _("Dat moment is al voorbij. Kies een later moment."))
        except (newsletters.SendingIsOff, newsletters.NobodyLeft):
            # The page below says so.
            is_on = newsletters.may_send()
    window = windows.settings_of_library()
    context = {
        "campaign": campaign,
        "form": form,
        "faults": faults,
        "is_on": is_on,
        "is_trial": window.is_trial,
        "opens_at": windows.next_open(at, window),
        "is_open": windows.next_open(at, window) == at,
        "topic": names.topic(campaign.topic),
        "rule": names.whole(campaign.rule),
        "bridge": rule_words.bridge(reach, campaign.rule, topic=campaign.topic, names=names),
    }
    return render(request, "campaigns/newsletter_send.html", context, status=422 if form.errors else 200)


def _send(request: LibraryRequest, campaign: Campaign, form: SendForm) -> HttpResponse:
    """Send or plan it; raises what newsletters refuses."""
    approved: dict[str, Any] = {
        "campaign_id": campaign.pk, "approved": form.cleaned_data["count"], "by": request.user, "at": clock.now(),
    }  # fmt: skip
    try:
        if form.send_at:
            newsletters.plan(send_at=form.send_at, **approved)
            messages.success(
                request, _("De nieuwsbrief vertrekt %(moment)s.") % {"moment": moment(form.send_at)}
            )
        else:
            actions.send_newsletter(**approved)
            messages.success(request, _("De nieuwsbrief is vertrokken. Hieronder zie je hem gaan."))
    except newsletters.NotADraft:
        messages.info(request, _("Deze nieuwsbrief was al vertrokken of ingepland."))
    return redirect(page(request, "newsletter", campaign.pk))


@require_POST
@editor_required
def take_back(request: LibraryRequest, campaign_id: int) -> HttpResponse:
    """A planned newsletter becomes a draft again."""
    try:
        newsletters.back_to_draft(campaign_id=campaign_id, by=request.user, at=clock.now())
    except Campaign.DoesNotExist:
        raise Http404 from None
    except newsletters.NotUnderWay:
        messages.warning(request, _("Deze nieuwsbrief stond niet ingepland, dus er veranderde niets."))
    else:
        messages.success(request, _("De nieuwsbrief is weer een kladversie. Hij vertrekt niet vanzelf."))
    return redirect(page(request, "newsletter", campaign_id))


@require_POST
@editor_required
def pause(request: LibraryRequest, campaign_id: int) -> HttpResponse:
    """Nothing more leaves for now; what waits keeps waiting."""
    try:
        pausing.pause(campaign_id=campaign_id, by=request.user, why=Campaign.Pause.BY_HAND, at=clock.now())
    except Campaign.DoesNotExist:
        raise Http404 from None
    except newsletters.NotUnderWay:
        messages.warning(request, _("Deze nieuwsbrief werd niet verstuurd, dus er veranderde niets."))
    else:
        messages.success(
            request, _("De nieuwsbrief staat stil. Wat nog wacht, vertrekt pas als je verdergaat.")
        )
    return redirect(page(request, "newsletter", campaign_id))


@require_POST
@editor_required
def go_on(request: LibraryRequest, campaign_id: int) -> HttpResponse:
    """What waits leaves after all."""
    try:
        pausing.go_on(campaign_id=campaign_id, by=request.user, at=clock.now())
    except Campaign.DoesNotExist:
        raise Http404 from None
    except newsletters.NotUnderWay:
        messages.warning(request, _("Deze nieuwsbrief stond niet stil, dus er veranderde niets."))
    else:
        messages.success(request, _("De nieuwsbrief vertrekt verder."))
    return redirect(page(request, "newsletter", campaign_id))


@require_http_methods(["GET", "HEAD", "POST"])
@editor_required
def stop(request: LibraryRequest, campaign_id: int) -> HttpResponse:
    """Asks first: how many have it, how many do not get it any more."""
    campaign = get_object_or_404(Campaign, pk=campaign_id)
    if request.method == "POST":
        return _stopped(request, campaign)
    if campaign.state not in {Campaign.State.SENDING, Campaign.State.PAUSED}:
        return redirect(page(request, "newsletter", campaign.pk))
    counts = queries.counts_of_campaigns([campaign.pk]).get(campaign.pk, [])
    context = {"campaign": campaign, "balance": reports.balance_of(campaign, counts)}
    return render(request, "campaigns/newsletter_stop.html", context)


def _stopped(request: LibraryRequest, campaign: Campaign) -> HttpResponse:
    try:
        cancelled = newsletters.stop(campaign_id=campaign.pk, by=request.user, at=clock.now())
    except newsletters.NotUnderWay:
        messages.warning(request, _("Er viel niets meer te stoppen."))
    else:
        words = ngettext(
            "Gestopt. %(count)s mens krijgt de nieuwsbrief niet meer.",
            "Gestopt. %(count)s mensen krijgen de nieuwsbrief niet meer.",
            cancelled,
        )
        messages.success(request, words % {"count": number(cancelled)})
    return redirect(page(request, "newsletter", campaign.pk))
