"""What there is to do."""

from collections.abc import Hashable

from django.utils.translation import gettext as _

from campaigns.content import agenda, ages
from campaigns.content.blocks.register import Block, Data, Options, register
from campaigns.content.readers import Reader
from campaigns.content.stock import Stock


def _years_and_branch(stock: Stock, reader: Reader, options: Options) -> Hashable:
    """Which ages: those an option names as [from, to], else those of whom the mail is about."""
    wanted = options.get("ages", "reader")
    if wanted == "reader":
        years: tuple[int, int] | None = ages.YEARS[ages.group(reader.contact_age)]
    elif wanted == "all":
        years = None
    else:
        years = (int(wanted[0]), int(wanted[1]))
    branch = stock.branch(reader.branch_id)
    return (years, branch.pk if branch else None)


def _events(stock: Stock, facets: tuple[tuple[int, int] | None, int | None], options: Options) -> Data | None:
    years, branch_id = facets
    found = agenda.pick(
        stock,
        years=years,
        days=int(options.get("days") or 30),
        most=int(options.get("max") or 4),
        kinds=agenda.STORY_TIME if options.get("kinds") == "story_time" else options.get("kinds") or (),
        branch_id=branch_id,
    )
    return {
        "title": options.get("title") or _("Binnenkort te doen"),
        "text": options.get("text", ""),
        "events": [agenda.told(stock, event) for event in found],
    } if found else None  # fmt: skip


def _which_event(stock: Stock, reader: Reader, options: Options) -> Hashable | None:
    event = agenda.of_reader(stock, reader)
    return event.pk if event else None


def _story_time_detail(stock: Stock, event_id: int, options: Options) -> Data:
    event = next(event for event in stock.events if event.pk == event_id)
    branch = stock.branches.get(event.branch_id or 0)
    return {
        "event": agenda.told(stock, event),
        "address": f"{branch.street} {branch.house_number}".strip() if branch else "",
        "text": options.get("text", ""),
    }


register(
    Block(code="events", facets=_years_and_branch, build=_events, is_promotion=True),
    Block(code="story_time_detail", facets=_which_event, build=_story_time_detail, is_promotion=True),
)
