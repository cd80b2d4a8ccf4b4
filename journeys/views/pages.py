"""Looking at journeys: all of them, one, whom it reaches, who stands at a step, and its mails."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from bibmail.tenancy import clock
from bibmail.tenancy.middleware import LibraryRequest
from bibmail.tenancy.permissions import people_required
from campaigns import balance, frame
from consent import queries as consent
from journeys import adopted, checks, examples, reach, readiness, recipes, shelf
from journeys.adopted import Adopted
from journeys.board import Board, Labels
from journeys.queries import figures, overview, people

_A_PAGE = 50
_LOOKS = ("telefoon", "computer", "tekst")


def find(code: str) -> Adopted:
    """The recipe of an address, as this library has it."""
    try:
        return adopted.get(code)
    except recipes.UnknownRecipe:
        raise Http404 from None


def labels() -> Labels:
    known = consent.subjects(language=get_language() or "nl")
    return {(one.subject, one.code): one.label for one in known}


@require_safe
def journeys(request: LibraryRequest) -> HttpResponse:
    """Every recipe: how those that run are doing, and what the others would do."""
    around = overview.surroundings()
    cards = shelf.cards(overview.standings(at=clock.now()), around.services, labels(), at=clock.now())
    return render(request, "journeys/journeys.html", {"shelf": shelf.Shelf(cards), "around": around})


@require_safe
def journey(request: LibraryRequest, recipe: str) -> HttpResponse:
    """One journey, step by step, with what it did."""
    shown, at = find(recipe), clock.now()
    around = overview.surroundings()
    board = Board(shown.definition, labels(), library_name=request.library.name)
    if shown.journey and shown.was_on:
        found = figures.of(shown.journey.pk, shown.journey.version_id)
        board = board.with_figures(found, balance.of_journey(shown.code))
    exams = readiness.next_exams(shown.definition, at=at)
    context = {
        "shown": shown,
        "board": board,
        "around": around,
        "needs": readiness.needs(shown.definition, around.services, exams),
    }
    return render(request, "journeys/journey.html", context)


@require_safe
def journey_reach(request: LibraryRequest, recipe: str) -> HttpResponse:
    """Whom it would have reached in the last thirty days: counted when somebody looks, so by itself."""
    shown = find(recipe)
    context = {"shown": shown, "reach": reach.last_month(shown.definition, at=clock.now())}
    template = "journeys/_reach.html" if getattr(request, "htmx", False) else "journeys/reach.html"
    return render(request, template, context)


@require_safe
def journey_checks(request: LibraryRequest, recipe: str) -> HttpResponse:
    """Whether its mails may leave as they are; looked at by itself, since every mail is made for it."""
    shown, at = find(recipe), clock.now()
    context = {"shown": shown, "faults": checks.faults(shown.definition, at=at, library=request.library)}
    template = "journeys/_checks.html" if getattr(request, "htmx", False) else "journeys/checks.html"
    return render(request, template, context)


@require_safe
@people_required
def step_people(request: LibraryRequest, recipe: str, step: str) -> HttpResponse:
    """Who stands at a step now, since when and until when."""
    shown = find(recipe)
    if step not in shown.definition.steps or shown.journey is None:
        raise Http404
    pages = Paginator(people.at_step(shown.journey.pk, step), _A_PAGE).get_page(request.GET.get("page"))
    context = {"shown": shown, "step": shown.definition.steps[step], "pages": pages}
    return render(request, "journeys/step.html", context)


@require_safe
def journey_mail(request: LibraryRequest, recipe: str, mail: str) -> HttpResponse:
    """A mail as a made-up person would get it."""
    shown = find(recipe)
    example = examples.of(shown.definition, mail, at=clock.now())
    if example is None:
        raise Http404
    look = request.GET.get("als", "")
    context = {
        "shown": shown,
        "example": example,
        "mail_code": mail,
        "look": look if look in _LOOKS else _LOOKS[0],
    }
    return render(request, "journeys/mail.html", context)


@require_safe
def journey_mail_html(request: LibraryRequest, recipe: str, mail: str) -> HttpResponse:
    """The mail itself, for the frame of that page."""
    example = examples.of(find(recipe).definition, mail, at=clock.now())
    if example is None or example.rendered is None:
        raise Http404
    return frame.framed(example.rendered.html)
