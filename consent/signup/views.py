"""The public pages: asking, and confirming from the mail. No login, no cookie, no script.

They take forms from other sites on purpose (a library puts one on its own): nothing happens before the owner of
the address confirms, so there is no session that a stranger could use.
"""

from typing import Any, cast
from uuid import UUID

from csp.decorators import csp_replace
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from bibmail.tenancy import acting_for, clock, member_pages, tokens
from bibmail.tenancy.models import Library
from bibmail.tenancy.tokens import Purpose
from consent.actions import TooYoung
from consent.models import Wording
from consent.signup import asking, confirming, form_lists, limits, stamps, words
from consent.signup.asking import Answer
from consent.signup.forms import AskForm
from consent.signup.models import SignupForm, SignupRequest
from consent.signup.stamps import Standing
from consent.signup.words import Box
from members.models import ContactList

# A field that no person sees or reaches; a script fills in everything.
TRAP = "website"


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, slug: str, form_slug: str) -> HttpResponse:
    """Show the form; a POST keeps the request, and says the same whoever it is."""
    library = Library.objects.filter(slug=slug).first()
    if library is None:
        return member_pages.unknown(request)
    language = member_pages.language_of(request, "nl")
    with acting_for(library.pk), translation.override(language):
        form = SignupForm.objects.filter(slug=form_slug, is_active=True).first()
        if form is None:
            return member_pages.unknown(request)
        boxes = words.boxes(form, house=library.name, language=language)
        response = _asked(request, library, form, boxes, language)
    return _frameable(request, response, form.allowed_origins)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """What will happen, and a button: a program that follows every link of a mail confirms nothing."""
    try:
        opened = tokens.read(token, Purpose.SIGNUP)
    except tokens.BadToken:
        return member_pages.unknown(request)
    library = Library.objects.filter(pk=opened.library_id).first()
    if library is None:
        return member_pages.unknown(request)
    with acting_for(library.pk):
        return _confirmed(request, library, opened.subject)


def client_network(request: HttpRequest) -> str:
    """The network the request comes from; behind the proxy that we trust, the one that the proxy saw."""
    address = request.META.get("REMOTE_ADDR", "")
    if settings.SECURE_PROXY_SSL_HEADER:
        address = request.META.get("HTTP_X_FORWARDED_FOR", address).rpartition(",")[2].strip()
    return limits.network_of(address)


def _asked(
    request: HttpRequest, library: Library, form: SignupForm, boxes: list[Box], language: str
) -> HttpResponse:
    at, today = clock.now(), timezone.localdate(clock.now())
    lists = form_lists.of(form)
    parts: dict[str, Any] = {"form": form, "boxes": boxes, "lists": lists, "today": today}
    shown = _shown(boxes, lists)
    if request.method != "POST":
        return _form_page(request, library, form, AskForm(**parts), boxes, lists, language)
    if request.POST.get(TRAP):
        asking.refused(form)
        return _page(request, "signup_look.html", library, form, language)
    standing = stamps.read(request.POST.get("stamp", ""), form.pk, shown, at=at)
    filled = AskForm(request.POST, **parts)
    if standing is not Standing.GOOD:
        # From the library's own site, or too fast, or words that changed: once more, with what was typed.
        typed = {
            name: request.POST.get(name, "")[:254]
            for name in filled.fields
            if name not in {"topics", "lists", "stamp"}
        }
        again = AskForm(initial=typed, **parts)
        return _form_page(request, library, form, again, boxes, lists, language, said=_again(standing))
    if not filled.is_valid():
        if filled.is_too_young:
            asking.refused(form)
        return _form_page(request, library, form, filled, boxes, lists, language)
    answer = asking.ask(
        form=form,
        details=filled.details,
        chosen=filled.chosen,
        list_ids=filled.list_ids,
        network=client_network(request),
        language=language,
        at=at,
    )
    if answer is Answer.BUSY:
        return _page(request, "signup_busy.html", library, form, language, status=429)
    return _page(request, "signup_look.html", library, form, language)


def _shown(boxes: list[Box], lists: list[ContactList]) -> list[str]:
    """The words on the page that must still be true when it comes back."""
    return [*(box.text for box in boxes), *(one.name for one in lists)]


def _again(standing: Standing) -> str:
    if standing is Standing.TOO_FAST:
        return _("Dat ging wel heel snel. Kijk nog eens na wat je invulde, en klik dan opnieuw.")
    if standing is Standing.OUTDATED:
        return _(
            "De pagina stond lang open, of de tekst is veranderd. Lees hem nog eens en klik dan opnieuw."
        )
    return ""


def _form_page(
    request: HttpRequest,
    library: Library,
    form: SignupForm,
    filled: AskForm,
    boxes: list[Box],
    lists: list[ContactList],
    language: str,
    said: str = "",
) -> HttpResponse:
    chosen = set(request.POST.getlist("topics"))
    more: dict[str, Any] = {
        "filled": filled,
        "boxes": [(box, box.code in chosen) for box in boxes],
        "stamp": stamps.make(form.pk, _shown(boxes, lists), at=clock.now()),
        "on_lists": "" if "lists" in filled.fields else words.on_lists([one.name for one in lists]),
        "agreement": words.agreement(library.name),
        "trap": TRAP,
        "said": said,
    }
    return _page(request, "signup.html", library, form, language, **more)


def _confirmed(request: HttpRequest, library: Library, public_id: UUID) -> HttpResponse:
    at = clock.now()
    found = (
        SignupRequest.objects.filter(public_id=public_id, expires_at__gt=at).select_related("form").first()
    )
    if found is None:
        return member_pages.unknown(request)
    language = member_pages.language_of(request, found.language)
    stands = "done" if found.confirmed_at else "ask"
    if request.method == "POST" and not found.confirmed_at:
        try:
            confirming.confirm(request_id=found.pk, at=at)
        except TooYoung:
            return member_pages.unknown(request)
        stands = "done"
    wordings = Wording.objects.filter(pk__in=found.wording_ids).order_by("pk")
    chosen = [wording.text.split("\n") for wording in wordings]
    return _page(
        request,
        "signup_confirm.html",
        library,
        found.form,
        language,
        stands=stands,
        asked=found,
        chosen=chosen,
        lists=form_lists.named(found.list_ids),
    )


def _page(
    request: HttpRequest,
    template: str,
    library: Library,
    form: SignupForm,
    language: str,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    context = {"house": member_pages.house(library), "form": form, **more}
    return member_pages.shown(request, f"consent/{template}", context, language=language, status=status)


def _frameable(request: HttpRequest, response: HttpResponse, origins: list[str]) -> HttpResponse:
    """Let these sites show the page in a frame, and no others."""
    if not origins:
        return response
    response.xframe_options_exempt = True
    replaced = csp_replace({"frame-ancestors": origins})(lambda _request: response)
    return cast(HttpResponse, replaced(request))
