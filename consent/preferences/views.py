from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from bibmail.tenancy import acting_for, member_pages
from bibmail.tenancy.models import Library


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
