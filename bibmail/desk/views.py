from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from bibmail.desk import figures, queries, waiting
from bibmail.tenancy import clock
from bibmail.tenancy.middleware import LibraryRequest


@require_safe
def start(request: LibraryRequest) -> HttpResponse:
    """What needs this colleague today, and how the library stands."""
    at = clock.now()
    people, setup = queries.people(at=at), queries.setup(user_id=request.user.pk)
    mailing = queries.mailing(at=at)
    context = {
        "today": at,
        "people": people,
        "mailing": mailing,
        "waiting": waiting.things(request, setup, mailing, queries.recent_imports(at=at)),
        "steps": waiting.steps(request, people, setup, mailing),
        "mails_by_day": figures.mails_by_day(mailing.by_day),
        "new_members": figures.new_members(people.joined),
    }
    return render(request, "desk/start.html", context)
