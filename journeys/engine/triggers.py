"""Who meets a journey's start: each trigger as a SELECT of contact_id, occasion, occurred_at and facts."""

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.utils import timezone

from campaigns.delivery.windows import BRUSSELS
from journeys import periods
from members.models.contact import years_before
from members.segments.fields import Params


class Stretch(NamedTuple):
    """The time a look covers: after `since`, up to and with `until`.

    is_live: what the tick just heard; otherwise everything that is known of that time, for a reach bridge.
    """

    since: datetime
    until: datetime
    activated_at: datetime
    is_live: bool

    @property
    def today(self) -> date:
        return timezone.localdate(self.until, BRUSSELS)

    @property
    def last_day(self) -> date:
        """The last day that was looked at before; a journey that was just switched on looks at all of today."""
        day = timezone.localdate(self.since, BRUSSELS)
        begun = timezone.localdate(self.activated_at, BRUSSELS)
        return min(day, begun - timedelta(days=1)) if self.activated_at > self.since else day

    @property
    def is_of_new_day(self) -> bool:
        """Whether thresholds were crossed; without that and without news nobody meets a start."""
        return self.last_day < self.today


class UnknownTrigger(Exception):
    """The recipe names a start that the engine does not know."""


def candidates(trigger: dict[str, Any], stretch: Stretch, params: Params) -> str | None:
    """The SELECT for one trigger; None where it has nothing to look at in this stretch."""
    match trigger:
        case {"activity": str(kind)}:
            return _activity(kind, trigger, stretch, params)
        case {"days_without_activity": int(days)}:
            return _silence(days, stretch, params)
        case {"child_birthdays": [*ages]}:
            return _birthdays(ages, stretch, params)
        case {"seats_around_exams": int(times), "days_before": int(days)}:
            return _seats(times, days, stretch, params)
        case {"interest_around_exams": str(code), "days_before": int(days)}:
            return _interest(code, days, stretch, params)
    raise UnknownTrigger(str(sorted(trigger)))


def _activity(kind: str, trigger: dict[str, Any], stretch: Stretch, params: Params) -> str:
    """A fresh activity of a kind. Late news counts for so many days, and never from before the journey was on."""
    switched_on = datetime.combine(
        timezone.localdate(stretch.activated_at, BRUSSELS), datetime.min.time(), tzinfo=BRUSSELS
    )
    freshest = stretch.until - timedelta(days=trigger.get("max_age_days", 7))
    if stretch.is_live:
        source, since = "news_activity", max(switched_on, freshest)
    else:
        source, since = "members_activity", stretch.since
    again = ""
    if days := trigger.get("unless_expired_within_days"):
        # Somebody who was a member not long ago comes back; that is another welcome.
        again = f"""
           AND NOT EXISTS (SELECT FROM members_activity AS before
                            WHERE before.contact_id = n.contact_id
                              AND (before.kind IN ('membership_created', 'membership_renewed')
                                   AND before.occurred_at < n.occurred_at - interval '30 days'
                                   AND before.occurred_at > n.occurred_at - make_interval(days => {365 + int(days)})
                                   OR before.kind = 'membership_renewed' AND before.occurred_at = n.occurred_at))"""
    return f"""
        SELECT n.contact_id, 'activity:' || min(n.id) AS occasion, min(n.occurred_at) AS occurred_at,
               '{{}}'::jsonb AS facts
          FROM {source} AS n
         WHERE n.kind = {params.add(kind)}
           AND n.occurred_at >= {params.add(since)}
           AND n.occurred_at <= {params.add(stretch.until)}{again}
         GROUP BY n.contact_id"""


def _silence(days: int, stretch: Stretch, params: Params) -> str | None:
    """The day on which somebody has done nothing for so long: half-open, so each day comes by once."""
    if stretch.last_day >= stretch.today:
        return None
    after, upto = stretch.last_day - timedelta(days=days), stretch.today - timedelta(days=days)
    return f"""
        SELECT s.contact_id, 'silent since:' || s.last_active_on AS occasion,
               {params.add(stretch.until)}::timestamptz AS occurred_at, '{{}}'::jsonb AS facts
          FROM members_activitysummary AS s
         WHERE s.last_active_on > {params.add(after)} AND s.last_active_on <= {params.add(upto)}"""


def _birthdays(ages: list[int], stretch: Stretch, params: Params) -> str | None:
    """The adults of children who became 3, 6 or 9 since the last look."""
    if stretch.last_day >= stretch.today:
        return None
    born = " OR ".join(
        f"(k.date_of_birth > {params.add(years_before(stretch.last_day, age))}"
        f" AND k.date_of_birth <= {params.add(years_before(stretch.today, age))})"
        for age in ages
    )
    return f"""
        SELECT adult.contact_id, 'birthday:' || min(k.id) || ':{stretch.today.year}' AS occasion,
               {params.add(stretch.until)}::timestamptz AS occurred_at, '{{}}'::jsonb AS facts
          FROM members_contact AS k
          JOIN members_householdmember AS child
               ON child.contact_id = k.id AND child.role = 'child' AND child.unlinked_on IS NULL
          JOIN LATERAL (SELECT a.contact_id
                          FROM members_householdmember AS a
                         WHERE a.household_id = child.household_id AND a.role = 'adult' AND a.unlinked_on IS NULL
                         ORDER BY a.id
                         LIMIT 1) AS adult ON true
         WHERE {born}
         GROUP BY adult.contact_id"""


# Whose exams: secondary school below eighteen (journeys 6.4).
_LEVEL = """
    (p.level = 'secondary') = (c.date_of_birth > p.today - interval '18 years')"""


def _periods(days_before: int, stretch: Stretch, params: Params) -> str | None:
    """The exam periods of now as rows (code, label, level, starts_on, ends_on, opens_on, today); for a bridge
    those of the whole time."""
    day = stretch.today
    since = None if stretch.is_live else timezone.localdate(stretch.since, BRUSSELS)
    found = periods.exams(around=day, days_before=days_before, since=since)
    if not found:
        return None
    rows = ", ".join(
        f"({params.add(p.code)}, {params.add(p.label)}, {params.add(p.level)}, {params.add(p.starts_on)}::date,"
        f" {params.add(p.ends_on)}::date, {params.add(p.starts_on - timedelta(days=days_before))}::date,"
        f" {params.add(day)}::date)"
        for p in found
    )
    return f"(VALUES {rows}) AS p (code, label, level, starts_on, ends_on, opens_on, today)"


_PERIOD_FACTS = "jsonb_build_object('period', p.label, 'period_end', p.ends_on)"


def _seats(times: int, days_before: int, stretch: Stretch, params: Params) -> str | None:
    """Who reserved for the so-manieth time in the window of an exam period, as the news just told."""
    rows = _periods(days_before, stretch, params)
    if rows is None:
        return None
    within = "(SELECT count(*) FROM unnest(s.recent_seat_reservations) AS d WHERE d BETWEEN p.opens_on AND p.ends_on)"
    freshly = f"""
           AND {within} - (SELECT count(*) FROM news_activity AS n
                            WHERE n.contact_id = c.id AND n.kind = 'seat_reservation'
                              AND (n.occurred_at AT TIME ZONE 'Europe/Brussels')::date
                                  BETWEEN p.opens_on AND p.ends_on) < {times}
           AND c.id IN (SELECT contact_id FROM news_activity WHERE kind = 'seat_reservation')"""
    return f"""
        SELECT c.id AS contact_id, 'period:' || p.code AS occasion,
               {params.add(stretch.until)}::timestamptz AS occurred_at, {_PERIOD_FACTS} AS facts
          FROM {rows}
          JOIN members_activitysummary AS s ON s.seat_reservations_count >= {times}
          JOIN members_contact AS c ON c.id = s.contact_id
         WHERE {_LEVEL}
           AND {within} >= {times}{freshly if stretch.is_live else ""}"""


def _interest(code: str, days_before: int, stretch: Stretch, params: Params) -> str | None:
    """Who says they come to study: once the window opens, and later who says so inside it."""
    rows = _periods(days_before, stretch, params)
    if rows is None:
        return None
    freshly = f"""
           AND (p.opens_on > {params.add(stretch.last_day)} OR c.id IN (SELECT contact_id FROM news_contact))"""
    return f"""
        SELECT c.id AS contact_id, 'period:' || p.code AS occasion,
               {params.add(stretch.until)}::timestamptz AS occurred_at, {_PERIOD_FACTS} AS facts
          FROM {rows}
          JOIN members_interest AS i ON i.code = {params.add(code)} AND i.until IS NULL
           AND i.since <= {params.add(stretch.until)}
          JOIN members_contact AS c ON c.id = i.contact_id
         WHERE {_LEVEL}{freshly if stretch.is_live else ""}"""
