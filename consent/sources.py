"""How somebody said yes or no: codes as they stand in the rows, and the words for them."""

from django.utils.translation import gettext_lazy

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


def words(source: str) -> str:
    """`aan de balie`; a code nobody has words for is shown as it is."""
    return str(WORDS.get(source, source))
