"""How somebody said yes or no: codes as they stand in the rows, and the words for them."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent.models import SignupForm
from members import source_names
from members.models.sourced import BY_THEMSELVES

# The link to unsubscribe in a mail, or the one click of a mail program (RFC 8058).
BY_LINK = "uitschrijflink"
# What the mail provider told.
BY_ESP = "mailprovider"

WORDS = {
    "balie": gettext_lazy("aan de balie"),
    "formulier": gettext_lazy("met een formulier"),
    "mijn-bibliotheek": gettext_lazy("in Mijn Bibliotheek"),
    BY_THEMSELVES: gettext_lazy("in Mijn voorkeuren"),
    BY_LINK: gettext_lazy("met de uitschrijflink van een mail"),
    BY_ESP: gettext_lazy("via de mailprovider"),
}


_AS_A_SOURCE = {
    "balie": gettext_lazy("de balie"),
    "formulier": gettext_lazy("een formulier"),
    "mijn-bibliotheek": gettext_lazy("Mijn Bibliotheek"),
    BY_LINK: gettext_lazy("de uitschrijflink van een mail"),
    BY_ESP: gettext_lazy("de mailprovider"),
}


def words(source: str) -> str:
    """`aan de balie`, or `via het formulier ‘Nieuwsbrief’`; a code is never shown."""
    if source in WORDS:
        return str(WORDS[source])
    return _("via %(source)s") % {"source": source_names.Names().of(source)}


def register() -> None:
    """Called from AppConfig.ready(): these sources stand on rows of people too."""
    for code, name in _AS_A_SOURCE.items():
        source_names.register(code, name)
    source_names.register_family("formulier", _form)


def _form(slug: str) -> str:
    name = SignupForm.objects.filter(slug=slug).values_list("name", flat=True).first()
    return _("het formulier ‘%(name)s’") % {"name": name} if name else _("een aanmeldformulier")
