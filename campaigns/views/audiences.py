"""Who gets a newsletter: a few sentences, and what they make of everyone we know."""

from typing import NamedTuple

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from bibmail.tenancy import clock
from bibmail.tenancy.middleware import LibraryRequest
from bibmail.tenancy.pages import page
from bibmail.tenancy.permissions import editor_required
from campaigns import actions, drafts, newsletters, rule_words
from campaigns import audience as audiences
from campaigns.forms import rules
from campaigns.models import Campaign
from campaigns.rule_words import Names
from campaigns.views.draft import draft_write
from members.rule_form import RuleForm
from members.rule_forms import rule_form
from members.segments import fields


class Sentence(NamedTuple):
    """One rule of the list, with its form when it is open."""

    number: int
    words: str
    form: RuleForm | None


@require_http_methods(["GET", "HEAD", "POST"])
@editor_required
def audience(request: LibraryRequest, campaign_id: int) -> HttpResponse:
    """The rules and the bridge; ?veld= opens a new sentence, ?regel= one that is there."""
    campaign = get_object_or_404(Campaign, pk=campaign_id)
    if campaign.state != Campaign.State.DRAFT:
        return redirect(page(request, "newsletter", campaign.pk))
    names, leaves = Names(), drafts.leaves(campaign.rule)
    number, code = _asked(request, leaves)
    form = None
    if code:
        leaf = leaves[number] if number is not None else None
        data = request.POST if request.method == "POST" else None
        form = rule_form(fields.get(code), data, choices=names.choices(code), leaf=leaf)
        if form.is_valid():
            return _save(request, campaign, form, number)
    elif request.method == "POST":
        raise Http404
    reach = audiences.reach(campaign.rule, topic=campaign.topic, at=clock.now())
    context = {
        "campaign": campaign,
        "topic": names.topic(campaign.topic),
        "sentences": [
            Sentence(place, words, form if place == number else None)
            for place, words in enumerate(names.sentences(campaign.rule))
        ],
        "new_form": form if number is None else None,
        "joined_by": drafts.joins_by(campaign.rule),
        "fields": rules.rule_fields() if len(leaves) < drafts.MOST_RULES else [],
        "bridge": rule_words.bridge(reach, campaign.rule, topic=campaign.topic, names=names),
    }
    refused = form is not None and bool(form.errors) and not getattr(request, "htmx", False)
    return render(request, "campaigns/newsletter_audience.html", context, status=422 if refused else 200)


def _asked(request: LibraryRequest, leaves: list[drafts.Rule]) -> tuple[int | None, str]:
    """Which sentence is open, and the field it asks about; nothing for what cannot be."""
    said = request.GET.get("regel", "")
    if said.isdecimal() and int(said) < len(leaves):
        code = str(leaves[int(said)]["field"])
        return (int(said), code) if rules.has_rule_form(code) else (None, "")
    code = request.GET.get("veld", "")
    return None, code if rules.has_rule_form(code) else ""


def _save(request: LibraryRequest, campaign: Campaign, form: RuleForm, number: int | None) -> HttpResponse:
    try:
        actions.save_rule(campaign_id=campaign.pk, leaf=form.leaf, number=number)
    except (newsletters.NotADraft, actions.TooMany):
        return redirect(page(request, "newsletter", campaign.pk))
    return redirect(page(request, "newsletter-audience", campaign.pk))


@draft_write
def remove(request: LibraryRequest, campaign_id: int) -> HttpResponse:
    number = request.POST.get("regel", "")
    if not number.isdecimal():
        raise Http404
    actions.remove_rule(campaign_id=campaign_id, number=int(number))
    return redirect(page(request, "newsletter-audience", campaign_id))


@draft_write
def join(request: LibraryRequest, campaign_id: int) -> HttpResponse:
    """Every sentence must hold, or one is enough."""
    joined_by = "any" if request.POST.get("samen") == "any" else "all"
    actions.join_rules(campaign_id=campaign_id, joined_by=joined_by)
    return redirect(page(request, "newsletter-audience", campaign_id))
