"""The bridge from everyone meant to everyone who enters, as rungs with people on them (decision D16)."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils.translation import gettext as _

from bibmail.tenancy import current_library_id
from journeys import sentences
from journeys.definition import Definition
from journeys.engine import entries
from journeys.models import JourneyTally

log = logging.getLogger(__name__)

Figure = JourneyTally.Figure

_MONTH = timedelta(days=30)


class Rung(NamedTuple):
    """How many are still there, out of every 100 who met the start, and who fell off since the rung before."""

    label: str
    people_count: int
    share: int
    falls: list[tuple[int, str]]


class Reach(NamedTuple):
    """The whole bridge."""

    met_count: int
    entered_count: int
    rungs: list[Rung]

    @property
    def share(self) -> int:
        return _share(self.entered_count, self.met_count)


def of(met: int, fell: Mapping[str, int], entered: int, definition: Definition, *, is_past: bool) -> Reach:
    """The rungs of these figures; a rung where this journey asks nothing is left out."""
    rungs, left = [Rung(_words("met", is_past), met, 100 if met else 0, [])], met
    for code, figures in _RUNGS:
        asked = {
            "consent": bool(definition.topics),
            "use": bool(_uses(definition)),
        }.get(code, True)
        falls = [(fell[figure], sentences.of_fall(figure)) for figure in figures if fell.get(figure)]
        left -= sum(count for count, _reason in falls)
        if asked or falls:
            rungs.append(Rung(_words(code, is_past), left, _share(left, met), falls))
    rungs.append(Rung(_words("entered", is_past), entered, _share(entered, met), []))
    return Reach(met, entered, rungs)


def last_month(definition: Definition, *, at: datetime) -> Reach:
    """Whom this journey would have met in the last thirty days; nothing is written.

    It also counts people who keep their data to themselves, and gives back nothing but counts (decision D7,
    purpose statistics).
    """
    bridge = entries.bridge(definition, since=at - _MONTH, until=at)
    log.info("reach counted library=%s journey=%s", current_library_id(), definition.code)
    return of(bridge.met, bridge.fell, bridge.entered, definition, is_past=False)


def _uses(definition: Definition) -> set[str]:
    own = {use for trigger in definition.raw["trigger"] for use in trigger.get("data_uses", [])}
    return own | set(definition.data_uses)


def _share(part: int, whole: int) -> int:
    return round(part * 100 / whole) if whole else 0


_RUNGS = (
    ("address", (Figure.NO_ADULT, Figure.NO_ADDRESS)),
    ("consent", (Figure.NO_CONSENT,)),
    ("use", (Figure.NO_DATA_USE,)),
    ("free", (Figure.SUPPRESSED, Figure.RECENTLY)),
)


def _words(code: str, is_past: bool) -> str:
    if is_past:
        return {
            "met": _("Voldeden aan het startmoment"),
            "address": _("Hadden een e-mailadres"),
            "consent": _("Wilden hierover mail"),
            "use": _("Lieten die gegevens gebruiken"),
            "free": _("Mochten nu gemaild worden"),
            "entered": _("Stapten in"),
        }[code]
    return {
        "met": _("Voldoen aan het startmoment"),
        "address": _("Hebben een e-mailadres"),
        "consent": _("Willen hierover mail"),
        "use": _("Laten die gegevens gebruiken"),
        "free": _("Mogen nu gemaild worden"),
        "entered": _("Stappen in"),
    }[code]
