"""The menu: which pages there are, and on which of them we stand."""

from collections.abc import Sequence
from typing import NamedTuple

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bibmail.tenancy.pages import exists


class Item(NamedTuple):
    """One line of the menu."""

    label: str | Promise
    icon: str
    url: str
    is_current: bool


_LIBRARY = (
    ("library:start", _("Start"), "home"),
    ("library:contacts", _("Contacten"), "users"),
    ("library:data", _("Gegevens"), "database-import"),
    ("library:segments", _("Doelgroepen"), "target"),
    ("library:journeys", _("Klantreizen"), "route"),
    ("library:mails", _("Mails"), "mail"),
    ("library:services", _("Aanbod"), "bulb"),
    ("library:settings", _("Instellingen"), "settings"),
)
_NETWORK = (
    ("network:overview", _("Overzicht"), "layout-grid"),
    ("network:sending", _("Verzending"), "send"),
    ("network:health", _("Gezondheid"), "heartbeat"),
)


def items(request: HttpRequest) -> list[Item]:
    """The menu of the frame this request stands in; pages that nobody built are left out."""
    library = getattr(request, "library", None)
    if library is not None:
        found = [(label, icon, exists(name, library.slug)) for name, label, icon in _LIBRARY]
    elif getattr(request, "network_role", None) is not None:
        found = [(label, icon, exists(name)) for name, label, icon in _NETWORK]
    else:
        return []
    known = [(label, icon, url) for label, icon, url in found if url]
    here = max((url for *_, url in known if request.path.startswith(url)), key=len, default="")
    return [
        Item(label, icon, url, url == here and _stands(url, known, request)) for label, icon, url in known
    ]


def _stands(url: str, known: Sequence[tuple[str | Promise, str, str]], request: HttpRequest) -> bool:
    """The first page's address begins every other: it is current only when we are exactly there."""
    return url != known[0][2] or request.path == url or len(known) == 1
