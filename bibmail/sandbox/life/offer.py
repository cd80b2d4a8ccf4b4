"""What the library itself brings: new acquisitions every week, coming events, services that begin or pause."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Final

from bibmail.sandbox.life.town import Town
from bibmail.sandbox.population.agenda import KINDS, STORY_TIME, Kind, event_row
from bibmail.sandbox.population.days import calendar, loan_weight
from bibmail.sandbox.population.stage import Event
from bibmail.sandbox.population.titles import pool_size, title_pool

_WEEK: Final = 7
_NEW_EACH_WEEK: Final = 30

# When the coming events are announced, and of which days.
_ANNOUNCED: Final = (
    (date(2026, 12, 14), date(2027, 1, 6), date(2027, 2, 14)),
    (date(2027, 1, 11), date(2027, 2, 15), date(2027, 3, 21)),
    (date(2027, 1, 25), date(2027, 3, 22), date(2027, 4, 25)),
)

# So that after the exams each kind of offer occurs: films and e-books, e-books alone, films alone, neither.
_SERVICES: Final = {
    "heidebeke": (
        (date(2026, 11, 30), "seat_reservations", True),
        (date(2027, 1, 28), "ebooks", False),
        (date(2027, 2, 4), "ebooks", True),
    ),
    "lindekerke": (
        (date(2027, 1, 14), "cinebib", True),
        (date(2027, 1, 28), "ebooks", False),
        (date(2027, 2, 4), "ebooks", True),
    ),
}


def acquire(town: Town) -> None:
    """Titles that the library did not have yet, every week (every second week in a small library)."""
    rng = town.rng("acquisitions")
    dialect = town.post.dialect("catalogue_items")
    owned = {title.record_id for title in town.stage.titles}
    pool = [t for t in title_pool(town.stage.seed, pool_size(town.plan.titles)) if t.record_id not in owned]
    rng.shuffle(pool)
    for day in range(town.first + _WEEK, town.last + 1, 2 * _WEEK if town.is_small else _WEEK):
        for _ in range(min(town.dose(_NEW_EACH_WEEK), len(pool))):
            title = pool.pop()
            first, *others = town.stage.branch_ids
            for branch in (first, *(other for other in others if rng.random() < 0.2)):
                added = dialect.day(day - rng.randint(0, 4))
                town.post.tell("catalogue_items", day, *title[:8], title.zizo, branch, added)


def announce(town: Town) -> None:
    """Events of the next weeks; in the larger libraries a story time every Wednesday."""
    rng = town.rng("announcements")
    for told, first, last in _ANNOUNCED:
        span = first.toordinal(), last.toordinal()
        if not town.first <= told.toordinal() <= town.last:
            continue
        days = calendar(loan_weight, *span)
        weeks = (span[1] - span[0]) / _WEEK
        for _ in range(max(2, round(town.plan.events * weeks / 52 / 2))):
            _tell_event(town, rng, told.toordinal(), days.draw(rng, *span), KINDS.draw(rng))
        if not town.is_small:
            for n in range(*span):
                if date.fromordinal(n).weekday() == 2:
                    _tell_event(town, rng, told.toordinal(), n, STORY_TIME)


def _tell_event(town: Town, rng: Random, told: int, day: int, kind: Kind) -> None:
    event = Event(
        event_id=f"{town.slug}-{len(town.stage.events) + 1:04}",
        day=day,
        cancelled=False,
        needs_registration=rng.random() < 0.25,
        for_children=kind.ages[1] in {"6", "11", "14"},
        kind=kind.name,
    )
    town.stage.events.append(event)
    town.post.tell("events", told, *event_row(rng, town.stage, town.post.dialect("events"), event, kind))


def change_services(town: Town) -> None:
    dialect = town.post.dialect("capabilities")
    for day, service, active in _SERVICES.get(town.slug, ()):
        if day.toordinal() >= town.first:
            url = f"https://{town.slug}.example.be/{service.replace('_', '-')}" if active else ""
            town.post.tell("capabilities", day.toordinal(), service, dialect.flag(active), url)
