"""What a library keeps, what is wrong with it, and what goes tonight."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from bibmail.tenancy import audit, clock
from bibmail.tenancy.middleware import LibraryRequest
from bibmail.tenancy.permissions import people_required
from members import clocks, inventory, quality, queries, retention

_A_PAGE = 25


@require_safe
def inventory_page(request: LibraryRequest) -> HttpResponse:
    """What is kept, from where, how fresh, for what and how long."""
    tonight = retention.next_night(clock.now())
    kinds, standings = inventory.kinds(tonight=tonight), clocks.standings(tonight=tonight)
    context = {
        "counts": queries.counts(),
        "held": inventory.held(),
        "kinds": kinds,
        "standings": standings,
        "tonight": tonight,
        "due_count": sum(kind.due_count for kind in kinds) + sum(one.due_count for one in standings),
    }
    return render(request, "members/inventory.html", context)


@require_safe
def quality_page(request: LibraryRequest) -> HttpResponse:
    """What is wrong with the data, the most people first, with the mend."""
    at = clock.now()
    found, others = quality.report(at=at), quality.others(at=at)
    context = {
        "wrong": [one for one in found if one.people_count],
        "right": [one for one in found if not one.people_count],
        "others": others,
        "counts": queries.counts(),
    }
    return render(request, "members/quality.html", context)


@require_safe
@people_required
def quality_people(request: LibraryRequest, check: str) -> HttpResponse:
    """The people of whom one check holds; that somebody looked is written down."""
    try:
        found = quality.get(check)
    except KeyError:
        raise Http404 from None
    at = clock.now()
    audit.record("quality.viewed", by=request.user, at=at, check=check)
    total = quality.count(found, at=at)
    pages = Paginator(range(total), _A_PAGE).get_page(request.GET.get("page"))
    people = quality.people(found, at=at, offset=(pages.number - 1) * _A_PAGE, limit=_A_PAGE)
    context = {"check": found, "total": total, "pages": pages, "people": people}
    return render(request, "members/quality_people.html", context)
