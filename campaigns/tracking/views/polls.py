"""Where an answer to a question in a mail leads. The answer is the click, counted without knowing whose."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from bibmail.tenancy import acting_for, member_pages
from bibmail.tenancy.models import Library

ANSWERS = ("ja", "nee")


@require_safe
def thanks(request: HttpRequest, slug: str, answer: str) -> HttpResponse:
    library = Library.objects.filter(slug=slug).first()
    if library is None or answer not in ANSWERS:
        return member_pages.unknown(request)
    with acting_for(library.pk):
        context = {"house": member_pages.house(library), "is_content": answer == "ja"}
        language = member_pages.language_of(request, "nl")
        return member_pages.shown(request, "campaigns/thanks.html", context, language=language)
