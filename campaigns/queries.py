"""What the pages about mails ask: how newsletters stand, how much was sent, which links were clicked."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from campaigns.balance import Count

_OF_CAMPAIGNS = """
    SELECT m.campaign_id, g.state, g.reason, g.delivery, count(*), count(g.unsubscribed_at)
      FROM campaigns_mailing AS m
      JOIN campaigns_message AS g ON g.mailing_id = m.id
     WHERE m.campaign_id = ANY(%(ids)s) AND g.resent_as = ''
     GROUP BY m.campaign_id, g.state, g.reason, g.delivery
"""


def counts_of_campaigns(campaign_ids: Sequence[int]) -> dict[int, list[Count]]:
    """The messages of each newsletter by what became of them; those without messages are left out."""
    found: dict[int, list[Count]] = {}
    for campaign_id, *ended in _rows(_OF_CAMPAIGNS, {"ids": list(campaign_ids)}):
        found.setdefault(campaign_id, []).append(Count("", "", *ended))
    return found


class LinkClicks(NamedTuple):
    """A link of a newsletter and how often people, not machines, followed it."""

    label: str
    url: str
    clicks_count: int


_LINKS = """
    SELECT l.label, l.url, l.human_clicks_count
      FROM campaigns_mailing AS m
      JOIN campaigns_trackedlink AS l ON l.mailing_id = m.id
     WHERE m.campaign_id = %(campaign_id)s
     ORDER BY l.human_clicks_count DESC, l.id
"""


def links(campaign_id: int) -> list[LinkClicks]:
    """The most clicked first."""
    return [LinkClicks(*row) for row in _rows(_LINKS, {"campaign_id": campaign_id})]


class Volume(NamedTuple):
    """How one mail of a journey fared over the last days."""

    journey_code: str
    label: str
    message_class: str
    accepted_count: int
    delivered_count: int
    bounced_count: int
    not_sent_count: int
    waiting_count: int
    unknown_count: int


_VOLUMES = """
    SELECT m.journey_code, m.label, m.message_class,
           count(*) FILTER (WHERE g.state = 'accepted'),
           count(*) FILTER (WHERE g.state = 'accepted' AND (g.delivery = 10 OR g.delivery = 40)),
           count(*) FILTER (WHERE g.state = 'accepted' AND g.delivery IN (20, 30)),
           count(*) FILTER (WHERE g.state IN ('skipped', 'failed', 'cancelled', 'expired')),
           count(*) FILTER (WHERE g.state IN ('queued', 'claimed', 'submitting')),
           count(*) FILTER (WHERE g.state = 'unknown')
      FROM campaigns_mailing AS m
      JOIN campaigns_message AS g ON g.mailing_id = m.id
     WHERE m.campaign_id IS NULL AND g.queued_at > %(since)s AND g.queued_at <= %(at)s
       AND g.resent_as = ''
     GROUP BY m.journey_code, m.label, m.message_class
     ORDER BY 4 DESC, m.journey_code, m.label
"""


def volumes(*, since: datetime, at: datetime) -> list[Volume]:
    """The mails of journeys that were queued in this stretch of time, by text and over all versions."""
    return [Volume(*row) for row in _rows(_VOLUMES, {"since": since, "at": at})]


class Tally(NamedTuple):
    """So many messages with the same end."""

    state: str
    reason: str
    delivery: int
    messages_count: int


_TALLY = """
    SELECT state, reason, delivery, count(*)
      FROM campaigns_message
     WHERE resent_as = ''
     GROUP BY state, reason, delivery
"""


def tally() -> list[Tally]:
    """All messages of the library by their end, for the filters of the list; of one sent again only the last."""
    return [Tally(*row) for row in _rows(_TALLY, {})]


_UNKNOWN = "SELECT count(*) FROM campaigns_message WHERE state = 'unknown' AND resent_as = ''"


def unknown_count() -> int:
    """How many messages may or may not have been accepted; from a partial index."""
    return int(_rows(_UNKNOWN, {})[0][0])


def _rows(statement: str, values: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
