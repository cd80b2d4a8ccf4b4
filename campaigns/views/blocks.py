"""The blocks of a newsletter that is written."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from bibmail.tenancy.middleware import LibraryRequest
from bibmail.tenancy.pages import page
from campaigns import actions, drafts, newsletters
from campaigns.drafts import Block
from campaigns.models import Campaign
from campaigns.views import editor
from campaigns.views.draft import draft_write


@draft_write
def add(request: LibraryRequest, campaign_id: int) -> HttpResponse:
    """One more block, open to be filled in."""
    code = request.POST.get("soort", "")
    if code not in drafts.KINDS:
        raise Http404
    key = actions.add_block(campaign_id=campaign_id, code=code)
    return redirect(f"{page(request, 'newsletter', campaign_id)}?blok={key}#blok-{key}")


@draft_write
def save(request: LibraryRequest, campaign_id: int) -> HttpResponse:
    campaign = newsletters.draft(campaign_id)
    block = _block(request, campaign)
    form = editor.form_of(block, request.POST)
    if not form.is_valid():
        return editor.show(request, campaign, open_form=form)
    actions.save_block(campaign_id=campaign_id, key=block["key"], options=form.cleaned_data)
    return _back(request, campaign_id, block["key"])


@draft_write
def move(request: LibraryRequest, campaign_id: int) -> HttpResponse:
    """One place up or down."""
    key = _block(request, newsletters.draft(campaign_id))["key"]
    actions.move_block(campaign_id=campaign_id, key=key, by=-1 if request.POST.get("naar") == "op" else 1)
    return _back(request, campaign_id, key)


@draft_write
def remove(request: LibraryRequest, campaign_id: int) -> HttpResponse:
    key = _block(request, newsletters.draft(campaign_id))["key"]
    actions.remove_block(campaign_id=campaign_id, key=key)
    return redirect(page(request, "newsletter", campaign_id))


def _block(request: LibraryRequest, campaign: Campaign) -> Block:
    """The block that the form is about; one that is gone is not found."""
    key = request.POST.get("blok", "")
    found: Block | None = next((block for block in campaign.blocks if block["key"] == key), None)
    if found is None:
        raise Http404
    return found


def _back(request: LibraryRequest, campaign_id: int, key: str) -> HttpResponse:
    return redirect(f"{page(request, 'newsletter', campaign_id)}#blok-{key}")
