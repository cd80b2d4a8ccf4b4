"""The page on which a newsletter is written: head, blocks, preview and what is still to be looked at."""

from typing import Any, NamedTuple

from django import forms
from django.http import HttpResponse
from django.shortcuts import render

from bibmail.tenancy import clock
from bibmail.tenancy.middleware import LibraryRequest
from bibmail.tenancy.pages import page
from campaigns import audience, checks, drafts, preview
from campaigns.content.stock import Stock
from campaigns.drafts import Block, Kind
from campaigns.forms.blocks import block_form
from campaigns.forms.head import HeadForm
from campaigns.models import Campaign
from campaigns.rule_words import Names
from members.models import Contact
from members.segments.fields import Choices

LOOKS = ("telefoon", "computer", "tekst")


class Card(NamedTuple):
    """One block in the list, with its form when it is open."""

    block: Block
    kind: Kind
    words: str
    form: forms.Form | None

    @property
    def key(self) -> str:
        return str(self.block["key"])


class Person(NamedTuple):
    """Somebody as whom the preview can be seen."""

    code: str
    label: str


class Preview(NamedTuple):
    """Where the frame looks, and the choices above it."""

    url: str
    look: str
    person: str
    people: list[Person]


def show(
    request: LibraryRequest,
    campaign: Campaign,
    *,
    head: HeadForm | None = None,
    open_form: forms.Form | None = None,
) -> HttpResponse:
    """The editor; with a form that was refused, that form open."""
    names = Names()
    opened = request.POST.get("blok") if open_form else request.GET.get("blok", "")
    context = {
        "campaign": campaign,
        "head": head or HeadForm(campaign=campaign, topics=names.topics),
        "cards": _cards(campaign, opened or "", open_form),
        "kinds": list(drafts.KINDS.values()) if len(campaign.blocks) < drafts.MOST_BLOCKS else [],
        "preview": preview_of(request, campaign),
        "findings": checks.quick(campaign),
        "spoken_fields": drafts.SPOKEN_FIELDS,
    }
    refused = bool((head and head.errors) or open_form)
    # htmx shows what comes back only with a 2xx.
    status = 422 if refused and not getattr(request, "htmx", False) else 200
    return render(request, "campaigns/newsletter_edit.html", context, status=status)


def preview_of(request: LibraryRequest, campaign: Campaign) -> Preview:
    """The preview as the address asks for it: a telephone and an adult, unless it says otherwise."""
    look = request.GET.get("als", "")
    look = look if look in LOOKS else LOOKS[0]
    people = _people(request, campaign)
    person = request.GET.get("persoon", "")
    if person not in {one.code for one in people}:
        person = people[0].code
    url = f"{page(request, 'newsletter-preview', campaign.pk)}?persoon={person}&als={look}"
    return Preview(url, look, person, people)


def _people(request: LibraryRequest, campaign: Campaign) -> list[Person]:
    """Examples, and a few who will get it for colleagues who may see people."""
    found = [Person(example.code, str(example.label)) for example in preview.EXAMPLES.values()]
    if request.staff_role.sees_people:
        ids = audience.some(campaign.rule, topic=campaign.topic, at=clock.now())
        found += [
            Person(str(contact.pk), contact.full_name)
            for contact in Contact.objects.filter(pk__in=ids).order_by("pk")
        ]
    return found


def services() -> Choices:
    """The services this library has, in its own words."""
    stock = Stock(at=clock.now())
    shown = (stock.service(code) for code in stock.services)
    return [(service.code, service.title) for service in shown if service]


def _cards(campaign: Campaign, opened: str, open_form: forms.Form | None) -> list[Card]:
    return [_card(block, is_open=block["key"] == opened, open_form=open_form) for block in campaign.blocks]


def _card(block: Block, *, is_open: bool, open_form: forms.Form | None) -> Card:
    kind = drafts.KINDS[block["type"]]
    form = None
    if is_open:
        form = open_form or block_form(block, services=_services_for(block))
    return Card(block, kind, _words(block), form)


def _services_for(block: Block) -> Choices:
    return services() if block["type"] == "offer" else []


def form_of(block: Block, data: Any) -> forms.Form:
    """The form of this block, filled in by a colleague."""
    return block_form(block, data, services=_services_for(block))


def _words(block: Block) -> str:
    """What stands in it, or what it will hold."""
    said = next((block[name] for name in ("title", "question", "label", "text") if block.get(name)), "")
    return drafts.spoken(str(said))[:80] or str(drafts.KINDS[block["type"]].hint)
