"""Pages outside any library: choose one, light or dark, robots.txt."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST, require_safe

from bibmail.desk import queries
from bibmail.tenancy.context import THEME_COOKIE, THEMES
from bibmail.tenancy.models import User
from bibmail.tenancy.pages import reverse_in

_YEAR = 365 * 24 * 3600


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """The libraries of this colleague; with only one door, straight through it."""
    doors = queries.doors(user_id=cast(User, request.user).pk)
    if "kies" not in request.GET and doors.only_library:
        return redirect(reverse_in(doors.only_library, "start"))
    if "kies" not in request.GET and doors.only_network:
        return redirect("network:overview")
    return render(request, "desk/home.html", {"doors": doors})


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Keep light or dark in a cookie; automatic needs none."""
    target, theme = request.POST.get("next", ""), request.POST.get("theme")
    is_ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    response = redirect(target if is_ours else "/")
    if theme in THEMES:
        response.set_cookie(
            THEME_COOKIE, theme, max_age=_YEAR, samesite="Lax", secure=request.is_secure(), httponly=True
        )
    else:
        response.delete_cookie(THEME_COOKIE, samesite="Lax")
    return response


@require_GET
def robots(request: HttpRequest) -> HttpResponse:
    return HttpResponse("User-agent: *\nDisallow: /\n", content_type="text/plain")


@require_GET
def favicon(request: HttpRequest) -> HttpResponse:
    return redirect(static("favicon.svg"), permanent=True)
