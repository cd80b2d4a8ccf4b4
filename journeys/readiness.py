"""What stands between a recipe and its first mail: what the library lacks, and when the first could leave."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.content.services import SERVICES
from campaigns.delivery import windows
from campaigns.delivery.windows import BRUSSELS
from campaigns.models import SendingSettings
from journeys import periods
from journeys.definition import Definition, Send, Split, Step, Wait

# Far enough to see the next exams, whenever we look.
_AHEAD = 400


class Need(NamedTuple):
    """Something that is missing, and the mend. Without it nobody gets a mail of this journey."""

    title: str
    mend: str
    # The name of the page where it is mended.
    page: str = ""


def needs(definition: Definition, services: Collection[str], exams: datetime | None) -> list[Need]:
    """What is missing for this journey to send anything; `exams` as `next_exams` gives it."""
    found = []
    missing = [code for code in definition.raw.get("requires", []) if code not in services]
    if missing or not _has_any_offer(definition, services):
        found.append(_no_service(missing or _offers(definition)))
    if _waits_for_exams(definition) and exams is None:
        found.append(
            Need(
                _("Er is geen examenperiode ingesteld."),
                _("Cultuurconnect zet die elk jaar klaar. Meld het als ze ontbreekt."),
            )
        )
    return found


def _no_service(codes: Iterable[str]) -> Need:
    names = _(" of ").join(_title(code) for code in codes)
    return Need(
        _("Je bib heeft nog geen %(services)s.") % {"services": names},
        _("Heb je dat wel? Zet het dan aan bij Aanbod."),
        "services",
    )


def _title(code: str) -> str:
    service = SERVICES.get(code)
    return str(service.title).lower() if service else code


def _offers(definition: Definition) -> list[str]:
    """The services a journey parts people by, each once."""
    asked = [
        code
        for step in definition.steps.values()
        if isinstance(step, Split)
        for side in step.sides
        if side.rule and side.rule.get("field") == "capability"
        for code in side.rule["value"]
    ]
    return list(dict.fromkeys(asked))


def _has_any_offer(definition: Definition, services: Collection[str]) -> bool:
    """Whether a journey that speaks of what there is has something to speak of."""
    offers = _offers(definition)
    return not offers or any(code in services for code in offers)


def first_mail(
    definition: Definition, window: SendingSettings, exams: datetime | None, *, at: datetime
) -> datetime | None:
    """When the first mail of this journey could leave, if somebody meets the start right now.

    None where that depends on exams that nobody set.
    """
    step: Step = definition.first
    moment = at
    while isinstance(step, Wait):
        if step.until_period_ends:
            if exams is None:
                return None
            moment = max(moment, exams)
        day = timezone.localdate(moment, BRUSSELS) + timedelta(days=step.days)
        moment = max(at, datetime.combine(day, datetime.min.time(), tzinfo=BRUSSELS))
        step = definition.steps[step.next]
    send = step if isinstance(step, Send) else definition.sends[0]
    return windows.next_open(moment, window, opens=send.opens, closes=send.closes)


def _waits_for_exams(definition: Definition) -> bool:
    return any(isinstance(step, Wait) and step.until_period_ends for step in definition.steps.values())


def next_exams(definition: Definition, *, at: datetime) -> datetime | None:
    """The last day of the exams that end first; not looked up for a journey that does not wait for it."""
    if not _waits_for_exams(definition):
        return None
    coming = periods.exams(around=timezone.localdate(at, BRUSSELS), days_before=_AHEAD)
    if not coming:
        return None
    return datetime.combine(coming[0].ends_on, datetime.min.time(), tzinfo=BRUSSELS)
