"""What about mails may need a colleague today."""

from typing import NamedTuple

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bibmail.desk.queries import Mailing
from bibmail.tenancy.middleware import LibraryRequest
from bibmail.tenancy.pages import exists, page


class Thing(NamedTuple):
    """Something that waits: why it matters, and the button that goes there."""

    icon: str
    kind: str
    title: str
    words: str
    url: str
    button: str


def stopped(request: LibraryRequest, mailing: Mailing) -> list[Thing]:
    """Nothing leaves, or only to colleagues while a journey runs."""
    if not mailing.is_on:
        return [
            Thing(
                "send",
                "bad",
                _("Alles staat stil"),
                _("Er vertrekt geen enkele mail, ook niet uit een klantreis."),
                page(request, "sending"),
                _("Bekijk het versturen"),
            )
        ]
    if mailing.is_trial and mailing.live_count:
        return [
            Thing(
                "flask",
                "warn",
                _("Jullie draaien in proef"),
                ngettext(
                    "Er loopt een klantreis, maar haar mails gaan alleen naar collega’s.",
                    "Er lopen klantreizen, maar hun mails gaan alleen naar collega’s.",
                    mailing.live_count,
                ),
                page(request, "sending"),
                _("Bekijk de proef"),
            )
        ]
    return []


def held_up(request: LibraryRequest, mailing: Mailing) -> list[Thing]:
    """Newsletters and journeys that stand still, and mails of which nobody knows."""
    found = []
    if count := mailing.still_count:
        title = ngettext("%(count)s nieuwsbrief staat stil", "%(count)s nieuwsbrieven staan stil", count)
        found.append(
            Thing(
                "player-pause",
                "bad",
                title % {"count": count},
                _("Wat nog wacht, vertrekt pas als iemand kijkt en verdergaat."),
                page(request, "mails"),
                _("Bekijk de mails"),
            )
        )
    if count := mailing.paused_count:
        title = ngettext("%(count)s klantreis staat stil", "%(count)s klantreizen staan stil", count)
        found.append(
            Thing(
                "player-pause",
                "warn",
                title % {"count": count},
                _("Niemand stapt in en niemand gaat verder, tot je ze laat verdergaan."),
                page(request, "journeys"),
                _("Bekijk de klantreizen"),
            )
        )
    if count := mailing.unknown_count:
        title = ngettext(
            "Van %(count)s mail weten we nog niet of hij vertrok",
            "Van %(count)s mails weten we nog niet of ze vertrokken",
            count,
        )
        found.append(
            Thing(
                "mail-x",
                "warn",
                title % {"count": number_format(count, force_grouping=True)},
                _(
                    "De mailprovider antwoordde niet. Vaak komt het antwoord later. Een tweede keer sturen we niet."
                ),
                _messages(request, "onzeker"),
                _("Toon de mails"),
            )
        )
    return found


def came_back(request: LibraryRequest, mailing: Mailing) -> list[Thing]:
    """Addresses that do not work."""
    count = mailing.bounced_count
    if not count:
        return []
    title = ngettext("Kijk %(count)s e-mailadres na", "Kijk %(count)s e-mailadressen na", count)
    return [
        Thing(
            "at",
            "warn",
            title % {"count": number_format(count, force_grouping=True)},
            _("De mail kwam terug. We mailen die mensen niet meer tot het adres klopt."),
            _messages(request, "teruggekomen"),
            _("Toon de lijst"),
        )
    ]


def _messages(request: LibraryRequest, group: str) -> str:
    """The list of messages, narrowed to one group."""
    url = exists("library:messages", request.library.slug)
    return f"{url}?stand={group}" if url else ""
