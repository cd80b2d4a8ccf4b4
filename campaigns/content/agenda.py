"""Which activities suit whom, and how a mail tells of one."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import pgettext

from bibmail.tenancy.templatetags.bibmail import clock
from campaigns.content import ages
from campaigns.content.readers import CHILDREN, Reader
from campaigns.content.stock import Stock
from campaigns.models import LibraryEvent
from members.segments.home import CHILD_BANDS

# Agendas call it by several names.
STORY_TIME = frozenset({"voorleesuurtje", "voorlezen", "voorleesmoment", "story_time"})


def pick(
    stock: Stock,
    *,
    years: tuple[int, int] | None,
    days: int,
    most: int,
    kinds: Collection[str] = (),
    branch_id: int | None = None,
) -> list[LibraryEvent]:
    """The coming activities for people of these ages: of this branch, and filled up from the others."""
    last = stock.at + timedelta(days=days)
    wanted = {kind.lower() for kind in kinds}
    fitting = [
        event
        for event in stock.events
        if event.starts_at < last
        and (not wanted or event.kind.lower() in wanted)
        and (years is None or ages.suits(event.min_age, event.max_age, years))
    ]
    fitting.sort(key=lambda event: event.branch_id not in {branch_id, None})
    return sorted(fitting[:most], key=lambda event: (event.starts_at, event.pk))


def bands(reader: Reader) -> tuple[str, ...]:
    """The age bands of the linked children, at most three; none without their parent's permission."""
    if not reader.allows(CHILDREN) or reader.is_about_another:
        return ()
    known = reader.child_bands or [
        band
        for band, (first, last) in CHILD_BANDS.items()
        if any(first <= age <= last for age in reader.children_ages)
    ]
    return tuple(band for band in CHILD_BANDS if band in known)[:3]


def of_reader(stock: Stock, reader: Reader, *, days: int = 30) -> LibraryEvent | None:
    """The activity a message is about: the one it names, else the next story time for the reader's children."""
    named = reader.facts.get("event")
    if named is not None:
        return next((event for event in stock.events if event.pk == named), None)
    for event in stock.events:
        if event.kind.lower() in STORY_TIME and event.starts_at < stock.at + timedelta(days=days):
            for band in bands(reader):
                if ages.suits(event.min_age, event.max_age, CHILD_BANDS[band]):
                    return event
    return None


def location(stock: Stock, event: LibraryEvent) -> str:
    branch = stock.branches.get(event.branch_id or 0)
    return branch.name if branch else stock.library.name


def told(stock: Stock, event: LibraryEvent) -> dict[str, Any]:
    """What the templates show of it."""
    starts_at = timezone.localtime(event.starts_at)
    ends_at = timezone.localtime(event.ends_at) if event.ends_at else None
    hours = clock(starts_at)
    if ends_at and ends_at.date() == starts_at.date() and ends_at > starts_at:
        hours = f"{hours}\u2060–\u2060{clock(ends_at)}"
    return {
        "name": event.name,
        "day": formats.date_format(starts_at, pgettext("dag", "l j F")),
        "hours": hours,
        "location": location(stock, event),
        "ages": ages.words(event.min_age, event.max_age),
        "url": event.url,
        "needs_registration": event.needs_registration,
    }
