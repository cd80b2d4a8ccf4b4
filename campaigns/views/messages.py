"""Every message of the library: what left, what did not and why, and what is in doubt."""

from typing import Any, NamedTuple

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from bibmail.tenancy import audit, clock
from bibmail.tenancy.middleware import LibraryRequest
from bibmail.tenancy.permissions import people_required
from campaigns import message_words, preview, queries, subjects
from campaigns.content.merge import SLOT, fill
from campaigns.message_words import Filter
from campaigns.models import Message, MessageEvent, MessageQuerySet
from campaigns.views.newsletters import mail_policy
from consent import queries as consent_queries
from consent.models import Subject

PER_PAGE = 50


class Row(NamedTuple):
    """A message in the list; without a name for who may not see people."""

    message: Message
    name: str
    words: str
    chip: str


@require_safe
def index(request: LibraryRequest) -> HttpResponse:
    """The newest first; the filters say how many of each there are."""
    chosen = Filter.of(request.GET.get("stand", ""), request.GET.get("reden", ""))
    filters = message_words.filters(queries.tally(), chosen)
    pages = Paginator(_narrowed(chosen), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "pages": pages,
        "rows": [_row(message, sees_people=request.staff_role.sees_people) for message in pages],
        "filters": filters,
        "chosen": chosen,
        "unknown_count": filters.unknown_count,
    }
    return render(request, "campaigns/messages.html", context)


def _narrowed(chosen: Filter) -> MessageQuerySet:
    found = Message.objects.filter(resent_as="").select_related("mailing", "recipient", "variant")
    if chosen.states:
        found = found.filter(state__in=chosen.states)
    if chosen.deliveries:
        found = found.filter(delivery__in=chosen.deliveries)
    return found.filter(reason=chosen.reason) if chosen.reason else found


def _row(message: Message, *, sees_people: bool) -> Row:
    name = message.recipient.full_name if sees_people and message.recipient else ""
    return Row(message, name, message_words.state(message), message_words.chip(message))


@require_safe
@people_required
def detail(request: LibraryRequest, message_id: int) -> HttpResponse:
    """What happened to one message, step by step. That somebody looked is kept."""
    found = Message.objects.select_related(
        "mailing", "mailing__campaign", "recipient", "contact", "variant", "consent"
    )
    message, at = get_object_or_404(found, pk=message_id), clock.now()
    if message.recipient_id:
        audit.record(
            "contact.viewed", by=request.user, at=at, subject_kind="contact", subject_id=message.recipient_id
        )
    topics = {
        one.code: one.label
        for one in consent_queries.subjects(language=get_language() or "nl")
        if one.subject == Subject.TOPIC
    }
    context: dict[str, Any] = {
        "message": message,
        "subject": subjects.of_message(message, library_name=request.library.name),
        "outcome": message_words.outcome(message),
        "carried": message_words.carried(message, topics),
        "moments": message_words.moments(message, MessageEvent.objects.filter(message=message)),
        "chip": message_words.chip(message),
    }
    return render(request, "campaigns/message.html", context)


@require_safe
@people_required
@xframe_options_sameorigin
@mail_policy
def mail(request: LibraryRequest, message_id: int) -> HttpResponse:
    """The very mail that was sent, from its stored parts."""
    message = get_object_or_404(Message.objects.select_related("variant"), pk=message_id)
    if message.variant is None:
        raise Http404
    # Its links are that person's own: a colleague's click would be theirs.
    links = dict.fromkeys(SLOT.findall(message.variant.html), preview.NOWHERE)
    return HttpResponse(fill(message.variant.html, links | message.slots, is_html=True))
