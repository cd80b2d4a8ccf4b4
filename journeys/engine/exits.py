"""Who is done before the end: the goal, an objection, a stop. Looked at only for people there is news about."""

from datetime import datetime
from typing import Any

from django.db import connection

from journeys.definition import Definition
from journeys.models import Journey
from members.kinds import RULES
from members.models import ActivityKind

# What a person did counts as a goal only with the data use of its kind (invariant 6).
_ALLOWED = """
    (u.code IS NULL OR EXISTS (
        SELECT FROM consent_consent AS g
         WHERE g.contact_id = e.contact_id AND g.subject = 'data_use' AND g.code = u.code
           AND g.opened_at <= %(at)s AND (g.closed_at IS NULL OR g.closed_at > %(at)s)))"""

_GOALS = f"""
    UPDATE journeys_journeyentry AS e
       SET goal_at = reached.at
      FROM (SELECT e.id, min(n.occurred_at) AS at
              FROM journeys_journeyentry AS e
              JOIN news_activity AS n ON n.contact_id = e.contact_id
              JOIN unnest(%(kinds)s::text[], %(uses)s::text[]) AS u (kind, code) ON u.kind = n.kind
             WHERE e.journey_id = %(journey_id)s AND e.goal_at IS NULL
               AND n.occurred_at >= date_trunc('day', (e.facts ->> 'occurred_at')::timestamptz)
               AND n.occurred_at <= e.entered_at + make_interval(days => %(within)s)
               AND n.id <> coalesce(nullif(split_part(e.occasion, 'activity:', 2), ''), '0')::bigint
               AND {_ALLOWED}
             GROUP BY e.id) AS reached
     WHERE e.id = reached.id
"""

# A day without a kind needs no data use: somebody who was away is back (decision D7).
_BACK = """
    UPDATE journeys_journeyentry AS e
       SET goal_at = %(at)s
      FROM members_activitysummary AS s
     WHERE s.contact_id = e.contact_id AND e.journey_id = %(journey_id)s AND e.goal_at IS NULL
       AND e.contact_id IN (SELECT contact_id FROM news_contact)
       AND s.last_active_on > split_part(e.occasion, 'silent since:', 2)::date
       AND e.entered_at > %(at)s::timestamptz - make_interval(days => %(within)s)
"""

_REASON = """
    CASE WHEN %(goal_exits)s AND e.goal_at IS NOT NULL THEN 'goal'
         WHEN r.id IS NULL OR r.is_deceased OR EXISTS (
              SELECT FROM consent_suppression AS x
               WHERE (x.contact_id = r.id AND x.scope = 'contact'
                      OR x.fingerprint = r.recipient_hash AND x.scope = 'address')
                 AND (x.reach = 'all' OR %(is_marketing)s) AND x.reason <> 'unsubscribed'
                 AND x.since <= %(at)s AND (x.lifted_at IS NULL OR x.lifted_at > %(at)s)) THEN 'suppressed'
         WHEN EXISTS (SELECT FROM consent_suppression AS x
                       WHERE x.contact_id = r.id AND x.reason = 'unsubscribed'
                         AND x.since <= %(at)s AND (x.lifted_at IS NULL OR x.lifted_at > %(at)s))
              OR EXISTS (SELECT FROM journeys_messagecause AS b
                           JOIN campaigns_message AS g ON g.id = b.message_id
                          WHERE b.entry_id = e.id AND g.unsubscribed_at IS NOT NULL)
              OR cardinality(%(topics)s::text[]) > 0 AND NOT EXISTS (
                     SELECT FROM consent_consent AS g
                      WHERE g.contact_id = r.id AND g.subject = 'topic' AND g.code = ANY(%(topics)s)
                        AND g.opened_at <= %(at)s AND (g.closed_at IS NULL OR g.closed_at > %(at)s)) THEN 'objected'
         WHEN %(needs_membership)s AND (m.id IS NULL OR m.ended_because <> ''
              OR m.expires_on < %(today)s) THEN 'membership_ended'
    END"""

_LEAVE = f"""
    WITH concerned AS (
        SELECT e.id FROM journeys_journeyentry AS e JOIN news_contact AS n ON n.contact_id = e.contact_id
         WHERE e.state = 'active'
         UNION
        SELECT e.id FROM journeys_journeyentry AS e JOIN news_contact AS n ON n.contact_id = e.recipient_id
         WHERE e.state = 'active'
    ),
    leaving AS (
        SELECT e.id, e.step_key, {_REASON} AS reason
          FROM concerned
          JOIN journeys_journeyentry AS e ON e.id = concerned.id AND e.journey_id = %(journey_id)s
          LEFT JOIN members_contact AS r ON r.id = e.recipient_id
          LEFT JOIN members_membership AS m ON m.contact_id = e.contact_id
    ),
    gone AS (
        UPDATE journeys_journeyentry AS e
           SET state = 'ended', exit_reason = leaving.reason, ended_at = %(at)s, due_at = NULL
          FROM leaving
         WHERE e.id = leaving.id AND leaving.reason IS NOT NULL
        RETURNING e.id, leaving.step_key, leaving.reason
    ),
    noted AS (
        INSERT INTO journeys_stepevent (library_id, entry_id, step_key, kind, choice, at)
        SELECT (SELECT current_library_id()), id, step_key, 'left', reason, %(at)s FROM gone
    )
    UPDATE campaigns_message AS g
       SET state = 'cancelled', reason = 'left_journey', settled_at = %(at)s
      FROM journeys_messagecause AS b
      JOIN gone ON gone.id = b.entry_id
     WHERE g.id = b.message_id AND g.state = 'queued'
       AND NOT EXISTS (SELECT FROM journeys_messagecause AS other
                         JOIN journeys_journeyentry AS e ON e.id = other.entry_id AND e.state = 'active'
                        WHERE other.message_id = g.id AND other.entry_id NOT IN (SELECT id FROM gone))
"""

_LEAVE_ALL = """
    WITH gone AS (
        UPDATE journeys_journeyentry
           SET state = 'ended', exit_reason = 'stopped', ended_at = %(at)s, due_at = NULL
         WHERE journey_id = %(journey_id)s AND state = 'active'
        RETURNING id, step_key
    ),
    noted AS (
        INSERT INTO journeys_stepevent (library_id, entry_id, step_key, kind, choice, at)
        SELECT (SELECT current_library_id()), id, step_key, 'left', 'stopped', %(at)s FROM gone
    ),
    cancelled AS (
        UPDATE campaigns_message AS g
           SET state = 'cancelled', reason = 'left_journey', settled_at = %(at)s
          FROM journeys_messagecause AS b
          JOIN gone ON gone.id = b.entry_id
         WHERE g.id = b.message_id AND g.state = 'queued'
    )
    SELECT count(*) FROM gone
"""


def let_out(journey: Journey, definition: Definition, *, at: datetime, today: Any) -> None:
    """Note reached goals and end the entries that are over, with their mails that still waited."""
    goal = definition.goal
    values: dict[str, Any] = {
        "journey_id": journey.pk,
        "at": at,
        "today": today,
        "within": goal.get("within_days", 60),
        "kinds": goal.get("activities", []),
        "uses": [RULES[ActivityKind(kind)].data_use for kind in goal.get("activities", [])],
        "goal_exits": bool(goal.get("exits")),
        "is_marketing": definition.raw["message_class"] != "service",
        "topics": definition.topics,
        "needs_membership": bool(definition.raw.get("exits", {}).get("membership_ended")),
    }
    with connection.cursor() as cursor:
        cursor.execute(_GOALS, values)
        if goal.get("active_again"):
            cursor.execute(_BACK, values)
        cursor.execute(_LEAVE, values)


def let_everyone_out(journey: Journey, *, at: datetime) -> int:
    """End every entry of a journey that is stopped; return how many."""
    with connection.cursor() as cursor:
        cursor.execute(_LEAVE_ALL, {"journey_id": journey.pk, "at": at})
        return int(cursor.fetchone()[0])
