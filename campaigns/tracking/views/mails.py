"""One mail, looked at again: why it came, and the mail itself in a browser."""

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.http import require_safe

from bibmail.tenancy import acting_for, clock, member_pages, tokens
from bibmail.tenancy.models import Library
from bibmail.tenancy.tokens import Purpose
from campaigns.delivery import links, make
from campaigns.tracking import mails, why


@require_safe
def why_this_mail(request: HttpRequest, token: str) -> HttpResponse:
    """Waarom kreeg ik deze mail?"""
    try:
        opened = tokens.read(token, Purpose.WHY)
    except tokens.BadToken:
        return member_pages.unknown(request)
    with acting_for(opened.library_id):
        mail = mails.find(opened.subject)
        if mail is None:
            return member_pages.unknown(request)
        library = Library.objects.get(pk=opened.library_id)
        language = member_pages.language_of(request, mail.language)
        context = {
            "house": member_pages.house(library),
            "preferences": mails.preferences_path(mail, library_id=library.pk),
            "unsubscribe": links.one_click(library_id=library.pk, public_id=mail.message.public_id),
            "can_stop": not mail.is_service,
        }
        if mail.recipient:
            with translation.override(language):
                context["why"] = why.of(mail, at=clock.now(), language=language, library_name=library.name)
        return member_pages.shown(request, "campaigns/why.html", context, language=language)


# The mail carries its own styles; nothing else of it may do anything.
_ONLY_STYLES = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'"
)


@require_safe
def view_online(request: HttpRequest, token: str) -> HttpResponse:
    """The very mail that was sent, from its stored parts; gone where its person is."""
    try:
        opened = tokens.read(token, Purpose.VIEW)
    except tokens.BadToken:
        return member_pages.unknown(request)
    with acting_for(opened.library_id):
        mail = mails.find(opened.subject)
        if mail is None:
            return member_pages.unknown(request)
        message = mail.message
        if mail.recipient is None or message.variant is None:
            house = member_pages.house(Library.objects.get(pk=opened.library_id))
            language = member_pages.language_of(request, mail.language)
            return member_pages.shown(request, "campaigns/gone.html", {"house": house}, language=language)
        html = make.rendering(message, message.variant, library_id=opened.library_id).html
        response = HttpResponse(html)
        response.headers["Content-Language"] = message.variant.language
        response.headers["Content-Security-Policy"] = _ONLY_STYLES
        return member_pages.guarded(response)
