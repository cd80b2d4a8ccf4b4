"""Genres as a reader calls them, and those that would tell too much of somebody (law L-09)."""

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# What somebody borrowed about these is nobody's business: never a reason for a tip, and never a tip.
_SENSITIVE = re.compile(
    r"gezondheid|medisch|ziekte|psych|verslav|seks|erotiek|zwanger|relatie|religie|geloof|godsdienst|spirit"
    r"|islam|christen|jodendom|politiek|schuld|armoede|health|medic|religio|politic|debt|lgbt|gender",
    re.IGNORECASE,
)
_WORDS = {
    "roman": gettext_lazy("romans"),
    "thriller": gettext_lazy("spannende boeken"),
    "historisch": gettext_lazy("historische romans"),
    "koken": gettext_lazy("kookboeken"),
    "reizen": gettext_lazy("reisboeken"),
    "strip": gettext_lazy("strips"),
    "avontuur": gettext_lazy("avonturenverhalen"),
    "dieren": gettext_lazy("boeken over dieren"),
    "fantasy": gettext_lazy("fantasyboeken"),
    "poëzie": gettext_lazy("poëzie"),
    "biografie": gettext_lazy("biografieën"),
    "prentenboek": gettext_lazy("prentenboeken"),
    "voorlezen": gettext_lazy("voorleesboeken"),
}
# For tips of e-books to students and others who want a story.
FICTION = frozenset({"roman", "thriller", "historisch", "fantasy", "strip", "avontuur"})


def is_sensitive(genre: str) -> bool:
    return bool(_SENSITIVE.search(genre))


def words(genre: str) -> str:
    """As in "omdat je graag spannende boeken las"."""
    known = _WORDS.get(genre.lower())
    return str(known) if known else _("boeken in het genre ‘%(genre)s’") % {"genre": genre}
