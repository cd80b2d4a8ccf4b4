"""A newsletter: written, looked at, and what became of it."""

from collections.abc import Callable
from typing import Any

from csp.decorators import csp
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bibmail.tenancy import audit, clock
from bibmail.tenancy.middleware import LibraryRequest
from bibmail.tenancy.pages import page
from bibmail.tenancy.permissions import editor_required
from campaigns import actions, checks, newsletters, preview, queries, reports, rule_words
from campaigns.forms.head import HeadForm
from campaigns.models import Campaign, Mailing
from campaigns.preview import Example
from campaigns.rule_words import Names
from campaigns.views import editor
from campaigns.views.draft import draft_write
from members.models import Contact

# A mail brings its own style and nothing else; only our own pages may show it in a frame.
mail_policy: Callable[..., Any] = csp(
    {
        "default-src": ["'none'"],
        "style-src": ["'unsafe-inline'"],
        "img-src": ["'self'", "data:"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "frame-ancestors": ["'self'"],
    }
)


@require_POST
@editor_required
def add(request: LibraryRequest) -> HttpResponse:
    campaign = actions.create_newsletter(by=request.user, at=clock.now())
    return redirect(page(request, "newsletter", campaign.pk))


@require_http_methods(["GET", "HEAD", "POST"])
def newsletter(request: LibraryRequest, campaign_id: int) -> HttpResponse:
    """A draft to write in, a plan, or what became of it."""
    campaign = get_object_or_404(Campaign.objects.select_related("sent_by"), pk=campaign_id)
    if request.method == "POST":
        return _save_head(request, campaign)
    if campaign.state == Campaign.State.DRAFT:
        if request.staff_role.may_edit:
            return editor.show(request, campaign)
        context = {"campaign": campaign, "preview": editor.preview_of(request, campaign)}
        return render(request, "campaigns/newsletter_look.html", context)
    return _report(request, campaign)


def _save_head(request: LibraryRequest, campaign: Campaign) -> HttpResponse:
    if not request.staff_role.may_edit:
        raise PermissionDenied
    head = HeadForm(request.POST, campaign=campaign, topics=Names().topics)
    if not head.is_valid():
        return editor.show(request, campaign, head=head)
    try:
        actions.save_head(campaign_id=campaign.pk, head=head.cleaned_data)
    except newsletters.NotADraft:
        messages.warning(request, _("Deze nieuwsbrief is geen kladversie meer, dus er veranderde niets."))
    return redirect(page(request, "newsletter", campaign.pk))


def _report(request: LibraryRequest, campaign: Campaign) -> HttpResponse:
    """htmx asks for the figures alone, as long as mails wait."""
    counts = queries.counts_of_campaigns([campaign.pk]).get(campaign.pk, [])
    report = reports.of(campaign, counts, queries.links(campaign.pk))
    context: dict[str, Any] = {"campaign": campaign, "report": report, "today": clock.now()}
    htmx = getattr(request, "htmx", None)
    if htmx and htmx.target == "balans":
        return render(request, "campaigns/_report.html", context)
    names, reach = Names(), rule_words.of_stored(campaign.reach)
    context["topic"] = names.topic(campaign.topic)
    context["rule"] = names.whole(campaign.rule)
    if reach:
        context["bridge"] = rule_words.bridge(reach, campaign.rule, topic=campaign.topic, names=names)
    return render(request, "campaigns/newsletter.html", context)


@require_safe
@xframe_options_sameorigin
@mail_policy
def preview_frame(request: LibraryRequest, campaign_id: int) -> HttpResponse:
    """The mail itself, as somebody would get it. Looking as a person is kept, as any look at a person."""
    campaign = get_object_or_404(Campaign, pk=campaign_id)
    at, code = clock.now(), request.GET.get("persoon", "")
    who: Contact | Example = preview.EXAMPLES.get(code, preview.EXAMPLE)
    if code.isdecimal():
        if not request.staff_role.sees_people:
            raise PermissionDenied
        who = get_object_or_404(Contact, pk=int(code))
        audit.record("contact.viewed", by=request.user, at=at, subject_kind="contact", subject_id=who.pk)
    seen = preview.of(_mailing(campaign), who, at=at)
    if seen is None or request.GET.get("als") == "tekst":
        return render(request, "mail/text_frame.html", {"seen": seen})
    return HttpResponse(seen.html)


@require_safe
@editor_required
def check(request: LibraryRequest, campaign_id: int) -> HttpResponse:
    """What is still to be looked at, with the mail made: the editor asks for it when it is shown."""
    campaign = get_object_or_404(Campaign, pk=campaign_id)
    context = {"campaign": campaign, "findings": checks.findings(campaign, at=clock.now()), "is_whole": True}
    return render(request, "campaigns/_findings.html", context)


def _mailing(campaign: Campaign) -> Mailing:
    """What was sent, or what would be."""
    return Mailing.objects.filter(campaign=campaign).first() or newsletters.unsaved_mailing(
        campaign, at=clock.now()
    )


@require_POST
@editor_required
def test_mail(request: LibraryRequest, campaign_id: int) -> HttpResponse:
    """To the address with which this colleague logs in, and to no other."""
    campaign = get_object_or_404(Campaign, pk=campaign_id)
    actions.ask_test_mail(campaign_id=campaign.pk, by=request.user)
    messages.success(
        request, _("Je testmail is onderweg naar %(email)s. Hij komt binnen enkele minuten.")
        % {"email": request.user.email},
    )  # fmt: skip
    return redirect(page(request, "newsletter", campaign.pk))


@require_POST
@editor_required
def copy(request: LibraryRequest, campaign_id: int) -> HttpResponse:
    """A new draft that begins where this one stands."""
    try:
        campaign = actions.copy_newsletter(campaign_id=campaign_id, by=request.user, at=clock.now())
    except Campaign.DoesNotExist:
        raise Http404 from None
    return redirect(page(request, "newsletter", campaign.pk))


@draft_write
def remove(request: LibraryRequest, campaign_id: int) -> HttpResponse:
    actions.remove_newsletter(campaign_id=campaign_id, by=request.user, at=clock.now())
    messages.success(request, _("De kladversie is weg."))
    return redirect(page(request, "mails"))
