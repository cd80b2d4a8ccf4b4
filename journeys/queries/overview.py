"""How each journey of a library stands, in one query."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection

_MONTH = timedelta(days=30)

_STANDINGS = """
    WITH people AS (
        SELECT journey_id,
               count(*)                                       AS entered,
               count(*) FILTER (WHERE state = 'active')       AS inside,
               count(*) FILTER (WHERE goal_at >= %(since)s)   AS goals
          FROM journeys_journeyentry
         GROUP BY journey_id
    ),
    mails AS (
        SELECT m.journey_code AS code, count(*) AS sent
          FROM campaigns_message AS g
          JOIN campaigns_mailing AS m ON m.id = g.mailing_id
         WHERE g.accepted_at >= %(since)s AND m.journey_code <> ''
         GROUP BY m.journey_code
    )
    SELECT j.code, j.state, j.activated_at, j.changed_at,
           coalesce(people.entered, 0), coalesce(people.inside, 0), coalesce(people.goals, 0),
           coalesce(mails.sent, 0)
      FROM journeys_journey AS j
      LEFT JOIN people ON people.journey_id = j.id
      LEFT JOIN mails  ON mails.code = j.code
     ORDER BY j.code
"""


class Standing(NamedTuple):
    """One adopted journey: whether it runs, and its figures; goals and mails are of the last thirty days."""

    code: str
    state: str
    activated_at: datetime | None
    changed_at: datetime
    entered_count: int
    inside_count: int
    goals_count: int
    mails_count: int


def standings(*, at: datetime) -> dict[str, Standing]:
    """By code; a recipe that nobody adopted is not in it."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDINGS, {"since": at - _MONTH})
        return {row[0]: Standing(*row) for row in cursor.fetchall()}


_SURROUNDINGS = """
    SELECT coalesce(s.is_on, true),
           coalesce(s.is_trial, true),
           coalesce(n.is_on, true),
           coalesce(n.marketing_is_on, true),
           ARRAY(SELECT service FROM campaigns_capability WHERE is_active ORDER BY service)
      FROM (SELECT 1) AS one
      LEFT JOIN campaigns_sendingsettings AS s ON true
      LEFT JOIN campaigns_networkswitch   AS n ON n.id = 1
"""


class Surroundings(NamedTuple):
    """What around a journey decides whether its mails leave: switches, the trial, and what the library has."""

    is_on: bool
    is_trial: bool
    is_network_on: bool
    is_network_marketing_on: bool
    services: list[str]


def surroundings() -> Surroundings:
    """A library that never chose sends, and is in its trial."""
    with connection.cursor() as cursor:
        cursor.execute(_SURROUNDINGS)
        return Surroundings(*cursor.fetchone())
