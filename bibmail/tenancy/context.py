from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from bibmail.tenancy import navigation

THEME_COOKIE = "bibmail_theme"
THEMES = ("light", "dark")


def shell(request: HttpRequest) -> dict[str, Any]:
    """What the frame around every page shows: library, role, menu and the theme someone chose."""
    theme = request.COOKIES.get(THEME_COOKIE, "")
    return {
        "library": getattr(request, "library", None),
        "staff_role": getattr(request, "staff_role", None),
        "network_role": getattr(request, "network_role", None),
        "theme": theme if theme in THEMES else "",
        "navigation": SimpleLazyObject(lambda: navigation.items(request)),
    }
