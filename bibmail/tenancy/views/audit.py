from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from bibmail.tenancy import acts, queries
from bibmail.tenancy.middleware import LibraryRequest
from bibmail.tenancy.permissions import admin_required

PER_PAGE = 50


@require_safe
@admin_required
def trail(request: LibraryRequest) -> HttpResponse:
    """What colleagues did, newest first."""
    pages = Paginator(queries.trail(), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "tenancy/audit.html", {"pages": pages, "acts": acts.in_words(pages.object_list)})
