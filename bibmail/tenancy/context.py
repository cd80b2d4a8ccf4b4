from typing import Any

from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    """What the frame around every page shows: the library and the role of the colleague, where there is one."""
    return {
        "library": getattr(request, "library", None),
        "staff_role": getattr(request, "staff_role", None),
        "network_role": getattr(request, "network_role", None),
    }
