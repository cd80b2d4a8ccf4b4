"""What the first pages ask of the database."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import connection
from django.utils import timezone

from bibmail.tenancy.models import Library, NetworkRole, StaffRole
from consent.queries import PEOPLE
from members.models import ImportRun


class Doors(NamedTuple):
    """Where a colleague may go in."""

    roles: list[StaffRole]
    network_role: NetworkRole | None

    @property
    def doors_count(self) -> int:
        return len(self.roles) + (self.network_role is not None)

    @property
    def only_library(self) -> Library | None:
        return self.roles[0].library if self.doors_count == 1 and self.roles else None

    @property
    def only_network(self) -> bool:
        return self.network_role is not None and not self.roles


def doors(*, user_id: int) -> Doors:
    """The libraries of this colleague by name, and the network where they have a role there."""
    roles = (
        StaffRole.objects.filter(user_id=user_id).select_related("library").order_by("library__name", "pk")
    )
    return Doors(list(roles), NetworkRole.objects.filter(user_id=user_id).first())


class MonthCount(NamedTuple):
    month: date
    members_count: int


class People(NamedTuple):
    """How many people the library knows, and how far it can reach them. Each is part of the one before it,
    members apart."""

    people_count: int
    members_count: int
    with_address_count: int
    wanting_count: int
    # Memberships by month of enrolment, for the last twelve whole months.
    joined: list[MonthCount]


_PEOPLE = f"""
    WITH {PEOPLE},
    enrolled AS (
        SELECT date_trunc('month', enrolled_on::timestamp) AS first_day, count(*) AS members
          FROM members_membership
         -- As dates: row-level security lets a comparison of a date with a moment use no index.
         WHERE enrolled_on >= (date_trunc('month', %(today)s::timestamp) - interval '12 months')::date
           AND enrolled_on < date_trunc('month', %(today)s::timestamp)::date
         GROUP BY 1
    ),
    joined AS (
        SELECT first_day::date AS month, coalesce(e.members, 0) AS members
          FROM generate_series(
                   date_trunc('month', %(today)s::timestamp) - interval '12 months',
                   date_trunc('month', %(today)s::timestamp) - interval '1 month',
                   interval '1 month'
               ) AS m (first_day)
          LEFT JOIN enrolled e USING (first_day)
    )
    SELECT count(*),
           count(*) FILTER (WHERE is_member),
           count(*) FILTER (WHERE has_address),
           count(*) FILTER (WHERE has_address AND wants_mail),
           ARRAY(SELECT month FROM joined ORDER BY month),
           ARRAY(SELECT members FROM joined ORDER BY month)
      -- OFFSET 0 lets each EXISTS be planned for all people: its list is read once, not looked up person by person.
      FROM (SELECT p.has_address,
                   EXISTS (SELECT FROM valid   v WHERE v.contact_id = p.id) AS is_member,
                   EXISTS (SELECT FROM wanting w WHERE w.contact_id = p.id) AS wants_mail
              FROM persons p
            OFFSET 0) AS known
"""


def people(*, at: datetime) -> People:
    """Living persons; those with a valid membership; with an address; who also want a marketing mail."""
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, {"at": at, "today": timezone.localdate(at)})
        *counts, months, members = cursor.fetchone()
        joined = [MonthCount(*pair) for pair in zip(months, members, strict=True)]
        return People._make([*counts, joined])


class Setup(NamedTuple):
    """How far a library is with its preparations."""

    branches_count: int
    without_hours: list[str]
    consents_exist: bool
    looked_at_topics_count: int
    unguarded_staff_count: int
    i_am_guarded: bool


_SETUP = """
    WITH without_hours AS (
        SELECT b.name
          FROM tenancy_branch b
         WHERE NOT EXISTS (SELECT FROM tenancy_openinghours h
                            WHERE h.library_id = b.library_id AND h.branch_id = b.id)
    ),
    staff AS (
        SELECT s.user_id,
               EXISTS (SELECT FROM mfa_authenticator m WHERE m.user_id = s.user_id AND m.type = 'totp') AS guarded
          FROM tenancy_staffrole s
         WHERE s.library_id = current_library_id()
    )
    SELECT (SELECT count(*) FROM tenancy_branch),
           (SELECT coalesce(array_agg(name ORDER BY name), '{}') FROM without_hours),
           -- The first one in the order of an index: EXISTS would look through the rows of every other library.
           (SELECT id FROM consent_consent WHERE subject = 'topic' ORDER BY contact_id LIMIT 1) IS NOT NULL,
           (SELECT count(*) FROM consent_librarytopic),
           (SELECT count(*) FROM staff WHERE NOT guarded),
           (SELECT coalesce(bool_or(guarded), false) FROM staff WHERE user_id = %(user_id)s)
"""


def setup(*, user_id: int) -> Setup:
    """What is there, and what is still missing; the staff role table has no fence, so it names the library."""
    with connection.cursor() as cursor:
        cursor.execute(_SETUP, {"user_id": user_id})
        return Setup(*cursor.fetchone())


def recent_imports(*, at: datetime) -> list[ImportRun]:
    """The newest run of each file in the last month that failed or left rows behind."""
    runs = ImportRun.objects.filter(created_at__gte=at - timedelta(days=31)).order_by("-created_at", "-pk")[
        :50
    ]
    newest: dict[str, ImportRun] = {}
    for run in runs:
        newest.setdefault(run.sink, run)
    return [run for run in newest.values() if run.state == ImportRun.State.FAILED or run.refused_count]


_MONTH = """
    WITH recent AS (
        SELECT recipient_id, delivery, unsubscribed_at,
               accepted_at >= %(first)s                         AS is_this_month,
               (accepted_at AT TIME ZONE 'Europe/Brussels')::date AS day
          FROM campaigns_message
         WHERE accepted_at >= least(%(first)s, %(since)s)
    ),
    daily AS (
        SELECT day, count(*) AS mails FROM recent GROUP BY day
    ),
    journeys AS (
        SELECT count(*) FILTER (WHERE state = 'live')              AS live,
               count(*) FILTER (WHERE state = 'paused')            AS paused,
               count(*) FILTER (WHERE activated_at IS NOT NULL)    AS ever
          FROM journeys_journey
    ),
    goals AS (
        SELECT count(DISTINCT contact_id) AS people FROM journeys_journeyentry WHERE goal_at >= %(first)s
    )
    SELECT count(*)                     FILTER (WHERE is_this_month),
           count(DISTINCT recipient_id) FILTER (WHERE is_this_month),
           count(*)                     FILTER (WHERE is_this_month AND delivery IN (10, 40)),
           count(unsubscribed_at)       FILTER (WHERE is_this_month),
           count(DISTINCT recipient_id) FILTER (WHERE delivery = 30),
           (SELECT people FROM goals),
           (SELECT count(*) FROM campaigns_message WHERE state = 'unknown' AND resent_as = ''),
           (SELECT count(*) FROM campaigns_campaign WHERE state = 'paused'),
           (SELECT live FROM journeys), (SELECT paused FROM journeys), (SELECT ever FROM journeys),
           coalesce((SELECT is_on FROM campaigns_sendingsettings), true),
           coalesce((SELECT is_trial FROM campaigns_sendingsettings), true),
           ARRAY(SELECT coalesce(daily.mails, 0)
                   FROM generate_series(%(today)s::date - 29, %(today)s::date, interval '1 day') AS d (day)
                   LEFT JOIN daily ON daily.day = d.day::date
                  ORDER BY d.day)
      FROM recent
"""


class DayCount(NamedTuple):
    day: date
    mails_count: int


class Mailing(NamedTuple):
    """What mails did this month, and what about them may need a colleague."""

    mails_count: int
    people_count: int
    delivered_count: int
    unsubscribed_count: int
    # In the last thirty days, by people.
    bounced_count: int
    goals_count: int
    unknown_count: int
    still_count: int
    live_count: int
    paused_count: int
    ever_on_count: int
    is_on: bool
    is_trial: bool
    # Mails that left, for the last thirty days.
    by_day: list[DayCount]


def mailing(*, at: datetime) -> Mailing:
    """One query; a mail counts on the day on which the provider took it."""
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    days = [midnight.date() - timedelta(days=back) for back in range(29, -1, -1)]
    values = {"first": midnight.replace(day=1), "since": at - timedelta(days=30), "today": midnight.date()}
    with connection.cursor() as cursor:
        cursor.execute(_MONTH, values)
        *counts, mails = cursor.fetchone()
        return Mailing._make([*counts, [DayCount(*pair) for pair in zip(days, mails, strict=True)]])
