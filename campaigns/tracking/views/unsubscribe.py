"""One click and it is done (RFC 8058, law D-05); who follows the link is asked first: scanners follow it too."""

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from bibmail.tenancy import acting_for, clock, member_pages, tokens
from bibmail.tenancy.member_pages import House
from bibmail.tenancy.models import Library
from bibmail.tenancy.tokens import Purpose
from campaigns.tracking import actions, mails
from campaigns.tracking.mails import Mail
from consent import topics


# The token is the permission: a mail program that posts has no cookies (RFC 8058, section 3.1).
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks and changes nothing; POST unsubscribes, whatever its body says, and answers 200 again and again."""
    try:
        opened = tokens.read(token, Purpose.UNSUBSCRIBE)
    except tokens.BadToken:
        return member_pages.unknown(request)
    with acting_for(opened.library_id):
        library = Library.objects.get(pk=opened.library_id)
        mail = mails.find(opened.subject)
        house = member_pages.house(library)
        is_about_all = request.POST.get("alles") == "1"
        if request.method == "POST" and mail:
            actions.object_to(mail, at=clock.now(), is_about_all=is_about_all)
        is_done = request.method == "POST"
        return _shown(request, mail, house, library, is_done=is_done, is_about_all=is_about_all)


def _shown(
    request: HttpRequest,
    mail: Mail | None,
    house: House,
    library: Library,
    *,
    is_done: bool,
    is_about_all: bool,
) -> HttpResponse:
    language = member_pages.language_of(request, mail.language if mail else "nl")
    with translation.override(language):
        labels = _labels(mail, language)
    stands = "gone" if mail is None or mail.recipient is None else "service" if mail.is_service else "ask"
    context = {
        "house": house,
        "stands": "done" if is_done and stands == "ask" else stands,
        "labels": labels,
        "is_about_all": is_about_all or not labels,
        "preferences": mails.preferences_path(mail, library_id=library.pk) if mail else "",
    }
    return member_pages.shown(request, "campaigns/unsubscribe.html", context, language=language)


def _labels(mail: Mail | None, language: str) -> list[str]:
    """The topics of this mail in the words of the library."""
    if mail is None:
        return []
    names = {offer.topic.code: offer.label for offer in topics.offers(language=language)}
    return [names.get(code, code) for code in mail.topics]
