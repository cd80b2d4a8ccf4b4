"""Mijn voorkeuren. The link in a mail opens it, each form does one thing at once, and no script is needed."""

from datetime import date
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.http import require_http_methods, require_safe

from bibmail.tenancy import acting_for, clock, member_pages, tokens
from bibmail.tenancy.models import Library
from bibmail.tenancy.tokens import Purpose
from consent.preferences import changes, sentences, sheet, visit
from consent.preferences.changes import Moment
from consent.preferences.visit import Visit
from members.models import Contact

# More than one form can change, and no more than somebody can read.
_MOST_SENTENCES = 12


@require_safe
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """Change the token for a cookie and go on; nothing is looked at or changed yet."""
    try:
        opened = tokens.read(token, Purpose.PREFERENCES)
    except tokens.BadToken:
        return member_pages.unknown(request)
    # A contact's number, never more than the database can hold.
    guest = Visit(opened.library_id, opened.subject.int & (2**63 - 1))
    with acting_for(guest.library_id):
        today = timezone.localdate(clock.now())
        if guest.contact_id != opened.subject.int or _person(guest, today=today) is None:
            return member_pages.unknown(request)
    response = member_pages.guarded(redirect(_address(request)))
    visit.begin(response, guest)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """Show every choice and how it stands; a POST changes one and comes back with the words for it."""
    guest = visit.of(request)
    if guest is None:
        return member_pages.unknown(request)
    with acting_for(guest.library_id):
        at = clock.now()
        contact = _person(guest, today=timezone.localdate(at))
        if contact is None:
            return member_pages.unknown(request)
        language = member_pages.language_of(request, contact.language)
        moment = Moment(at, timezone.localdate(at), language)
        response = (
            _changed(request, contact, moment)
            if request.method == "POST"
            else _shown(request, guest, contact, moment)
        )
    visit.begin(response, guest)
    # The forms need to know that they come from here; under no-referrer a browser would not say so.
    response.headers["Referrer-Policy"] = "same-origin"
    return response


@require_safe
def house_style(request: HttpRequest, slug: str) -> HttpResponse:
    """The colours of a library; an empty sheet for one that is not there or chose none."""
    library = Library.objects.filter(slug=slug).first()
    words = ""
    if library:
        with acting_for(library.pk):
            words = member_pages.house(library).stylesheet
    response = HttpResponse(words, content_type="text/css; charset=utf-8")
    # The address has the version of the colours in it.
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


def _changed(request: HttpRequest, contact: Contact, moment: Moment) -> HttpResponse:
    done = changes.apply(contact, changes.asked(request.POST), moment)
    return HttpResponseRedirect(_address(request, done[:_MOST_SENTENCES]))


def _shown(request: HttpRequest, guest: Visit, contact: Contact, moment: Moment) -> HttpResponse:
    shown = sheet.of(contact, at=moment.at, today=moment.today, language=moment.language)
    library = Library.objects.get(pk=guest.library_id)
    codes = request.GET.getlist("gedaan")[:_MOST_SENTENCES]
    with translation.override(moment.language):
        said = sentences.said(codes, shown)
    context = {"house": member_pages.house(library), "sheet": shown, "said": said}
    return member_pages.shown(request, "consent/preferences.html", context, language=moment.language)


def _address(request: HttpRequest, done: list[str] | None = None) -> str:
    """The page, with what was just done and the language it was asked in; never who it is."""
    asked = request.GET.get("taal", "")
    query = [("gedaan", code) for code in done or []]
    query += [("taal", asked)] if asked in member_pages.LANGUAGES else []
    return reverse("preferences") + (f"?{urlencode(query)}" if query else "")


def _person(guest: Visit, *, today: date) -> Contact | None:
    """The one whose page it is: somebody who gets mail themselves, which a child does not."""
    return Contact.objects.people().old_enough(at=today).filter(pk=guest.contact_id).first()
