"""What suits the ages of linked children; shown only to a parent who lets those be used."""

from collections.abc import Hashable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns.content import agenda
from campaigns.content.blocks.offers import told
from campaigns.content.blocks.register import Block, Data, Options, register
from campaigns.content.readers import Reader
from campaigns.content.stock import Stock
from campaigns.models import LibraryEvent
from members.segments.home import CHILD_BANDS


@dataclass(frozen=True)
class Band:
    """One age band: a tip that is true everywhere, and the services a library may have for it."""

    title: str | Promise
    tip: str | Promise
    services: tuple[str, ...]
    has_story_time: bool


BANDS = {
    "0-2": Band(
        _("Baby’s en peuters"),
        _(
            "Voorlezen kan van bij de geboorte. Kijk samen in een boekje van karton of stof, en benoem wat je ziet:"
            " vijf minuten is genoeg."
        ),
        ("boekstart",),
        has_story_time=True,
    ),
    "3-5": Band(
        _("Kleuters"),
        _(
            "Laat je kleuter zelf een boek kiezen, ook als het elke avond hetzelfde is. Zo groeit het plezier in"
            " lezen."
        ),
        ("fundels",),
        has_story_time=True,
    ),
    "6-8": Band(
        _("Eerste lezers"),
        _(
            "Leert je kind zelf lezen? Op veel boeken staat een AVI-niveau. Vraag aan de balie welk boek daarbij"
            " past, en blijf ook voorlezen."
        ),
        ("fundels", "bieblo"),
        has_story_time=False,
    ),
    "9-11": Band(
        _("Kinderen die zelf lezen"),
        _(
            "Strips, weetjes of een dikke reeks: alles telt. Laat je kind zelf rondneuzen in de jeugdafdeling."
        ),
        ("bieblo", "leesjury"),
        has_story_time=False,
    ),
}


def _band(stock: Stock, reader: Reader, options: Options) -> Hashable | None:
    """Only a band of the reader's own children, and which come before it in the same mail."""
    shown = agenda.bands(reader)
    band = options.get("band", "")
    if band not in shown:
        return None
    branch = stock.branch(reader.branch_id)
    return (band, shown[: shown.index(band)], branch.pk if branch else None)


def _story_times(stock: Stock, band: str, branch_id: int | None) -> list[LibraryEvent]:
    if not BANDS[band].has_story_time:
        return []
    return agenda.pick(
        stock, years=CHILD_BANDS[band], days=60, most=3, kinds=agenda.STORY_TIME, branch_id=branch_id
    )


def _children_band(stock: Stock, facets: tuple[str, tuple[str, ...], int | None], options: Options) -> Data:
    code, before, branch_id = facets
    band = BANDS[code]
    said = {service for earlier in before for service in BANDS[earlier].services}
    services = [service for one in band.services if one not in said and (service := stock.service(one))]
    shown = {event.pk for earlier in before for event in _story_times(stock, earlier, branch_id)}
    events = [event for event in _story_times(stock, code, branch_id) if event.pk not in shown]
    return {
        "title": str(band.title),
        "first": CHILD_BANDS[code][0],
        "last": CHILD_BANDS[code][1],
        "tip": str(band.tip),
        "services": [told(service) for service in services],
        "events": [agenda.told(stock, event) for event in events],
    }


register(Block(code="children_band", facets=_band, build=_children_band, is_promotion=True))
