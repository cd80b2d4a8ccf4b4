"""What a source is called to colleagues: every code that stands in a row has words, none is shown raw."""

from collections.abc import Callable

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.models.sourced import BY_COLLEAGUE, BY_HAND, BY_THEMSELVES

SOURCES: dict[str, str | Promise] = {
    "wise": gettext_lazy("Wise"),
    "cloudlibrary": gettext_lazy("cloudLibrary"),
    "uitdatabank": gettext_lazy("de UiTdatabank"),
    "folder": gettext_lazy("een bestand in een map"),
    "sftp": gettext_lazy("een bestand in een map"),
    "s3": gettext_lazy("een bestand in een map"),
    "upload": gettext_lazy("een ingeladen bestand"),
    BY_THEMSELVES: gettext_lazy("Mijn voorkeuren"),
    BY_COLLEAGUE: gettext_lazy("een collega"),
    BY_HAND: gettext_lazy("met de hand"),
    "bibmail": gettext_lazy("een collega"),
}

# Codes that go on with what they are about, as `api:balie`; the words for the rest of the code.
_families: dict[str, Callable[[str], str]] = {
    "api": lambda name: _("de koppeling ‘%(name)s’") % {"name": name}
}


def register(code: str, words: str | Promise) -> None:
    """Called from AppConfig.ready() of a higher floor: a source of its own."""
    SOURCES.setdefault(code, words)


def register_family(prefix: str, words: Callable[[str], str]) -> None:
    """Called from AppConfig.ready(): `words(rest)` for each source `prefix:rest`. It may ask the database."""
    _families[prefix] = words


class Names:
    """Names of sources for one page; each is looked up once."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def of(self, code: str) -> str:
        """The words for a source; for a code of which nobody knows, that it is another system."""
        if code not in self._known:
            self._known[code] = _words(code)
        return self._known[code]


def _words(code: str) -> str:
    prefix, _colon, rest = code.partition(":")
    if rest and prefix in _families:
        return _families[prefix](rest)
    return str(SOURCES.get(code) or _("een ander systeem"))
