from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from bibmail.tenancy.middleware import LibraryRequest
from bibmail.tenancy.models import Branch, StaffRole
from bibmail.tenancy.pages import exists


@require_safe
def overview(request: LibraryRequest) -> HttpResponse:
    """What a library arranges itself; a tile whose page nobody built is left out."""
    context = {
        "branches_count": Branch.objects.count(),
        "staff_count": StaffRole.objects.in_library(request.library.pk).count(),
        "brand_url": exists("library:brand", request.library.slug),
        "texts_url": exists("library:texts", request.library.slug),
        "topics_url": exists("library:topics", request.library.slug),
        "api_url": exists("library:api", request.library.slug),
        "sending_url": exists("library:sending", request.library.slug),
    }
    return render(request, "tenancy/settings.html", context)
