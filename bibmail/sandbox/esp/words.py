"""What became of a mail, in words."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bibmail.sandbox.esp.records import Happening


class Word(NamedTuple):
    """A thing that happened: what it is called, and how it looks."""

    label: Any
    kind: str
    icon: str
    # Which of several says most about a mail.
    weight: int


_WORDS = {
    "request": Word(gettext_lazy("Aangenomen"), "", "send", 0),
    "delivered": Word(gettext_lazy("Aangekomen"), "good", "mail-check", 1),
    "soft_bounce": Word(gettext_lazy("Tijdelijk niet aangekomen"), "warn", "mail-x", 1),
    "hard_bounce": Word(gettext_lazy("Onbestelbaar"), "bad", "mail-x", 5),
    "blocked": Word(gettext_lazy("Geblokkeerd"), "bad", "mail-off", 5),
    "spam": Word(gettext_lazy("Gemeld als spam"), "bad", "alert-triangle", 6),
    "unsubscribed": Word(gettext_lazy("Schreef zich uit bij de mailprovider"), "warn", "logout", 4),
    "unsubscribe": Word(gettext_lazy("Schreef zich uit"), "warn", "logout", 4),
    "click": Word(gettext_lazy("Klikte op een link"), "brand", "external-link", 2),
    "reply": Word(gettext_lazy("Antwoordde"), "brand", "message-circle", 3),
    "topic_off": Word(gettext_lazy("Zette een thema uit"), "brand", "adjustments", 3),
    "topic_on": Word(gettext_lazy("Zette een thema aan"), "brand", "adjustments", 3),
    "slow_down": Word(gettext_lazy("Koos voor rustig aan"), "brand", "leaf", 3),
    "interest_studying": Word(gettext_lazy("Vinkte ‘Ik kom studeren’ aan"), "brand", "book", 3),
    "scan": Word(gettext_lazy("Een linkscanner opende alle links"), "", "shield", -1),
    "prefetch": Word(gettext_lazy("Een mailprogramma haalde de afbeeldingen op"), "", "eye", -1),
    "prefetch_link": Word(gettext_lazy("Een browser haalde een link al vooraf op"), "", "eye", -1),
}
_ON_ITS_WAY = Word(gettext_lazy("Onderweg"), "", "send", -2)


_IN_VAIN = Word(gettext_lazy("Las de mail"), "", "eye", -1)


def word(one: Happening) -> Word:
    """The word for one thing that happened; not for what somebody only wanted to do."""
    if {"nothing", "failed", "unreachable"} & one.detail.keys():
        return _IN_VAIN
    return _WORDS.get(one.what, Word(one.what, "", "info-circle", -1))


def telling(happened: Iterable[Happening]) -> Word:
    """The word that says most about a mail."""
    last = _ON_ITS_WAY
    for one in happened:
        found = word(one)
        if found.weight >= max(last.weight, 0):
            last = found
    return last


def told(one: Happening) -> str:
    """A second sentence about it, or nothing."""
    detail = one.detail
    if "text" in detail:
        return f"‘{detail['text']}’"
    if "nothing" in detail:
        return _("Er was niets om aan te klikken of te veranderen.")
    if "failed" in detail or "unreachable" in detail:
        return _("De pagina gaf geen antwoord.")
    if "changed" in detail:
        return _("Veranderde: {field}.").format(field=detail["changed"])
    if "links" in detail:
        return _("Aantal links: {number}.").format(number=detail["links"])
    if "images" in detail:
        return _("Aantal afbeeldingen: {number}.").format(number=detail["images"])
    if "link" in detail:
        return _("Link nummer {number}.").format(number=detail["link"] + 1)
    if "tries" in detail:
        return _webhook(detail)
    return ""


def _webhook(detail: dict[str, Any]) -> str:
    if not 200 <= detail["status"] < 300:
        return _("Bibmail wilde het niet horen.")
    if detail["times"] > 1:
        return _("Bibmail kreeg het tweemaal te horen.")
    if detail["tries"] > 1:
        return _("Bibmail hoorde het na {number} pogingen.").format(number=detail["tries"])
    return _("Bibmail hoorde het meteen.")
