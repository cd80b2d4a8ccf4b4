"""How close people came: bereikt, geïnteresseerd, contact, lid, actief lid. Derived from facts, every night.

Only facts that need no data use count: a mail that arrived, a consent, a day on which somebody was active, a
membership. What they borrowed or clicked does not (invariant 6).
"""

from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from bibmail.tenancy.scope import current_library_id
from members.models import FunnelStage
from members.models.contact import years_before

# A condition over the contact `c` for the stages of which a higher floor knows; its parameter is %(at)s.
_conditions: dict[str, list[str]] = {FunnelStage.Stage.REACHED: [], FunnelStage.Stage.INTERESTED: []}

_STAGES = """
    DROP TABLE IF EXISTS staged;
    CREATE TEMP TABLE staged ON COMMIT DROP AS
    SELECT c.id AS contact_id,
           CASE WHEN m.id IS NOT NULL AND s.last_active_on > %(year_ago)s THEN 'active_member'
                WHEN m.id IS NOT NULL THEN 'member'
                WHEN s.last_active_on IS NOT NULL THEN 'contact'
                WHEN {interested} THEN 'interested'
                WHEN {reached} THEN 'reached' END AS stage
      FROM members_contact AS c
      LEFT JOIN members_activitysummary AS s ON s.contact_id = c.id
      LEFT JOIN members_membership AS m
             ON m.contact_id = c.id AND m.enrolled_on <= %(today)s AND m.expires_on >= %(today)s
     WHERE c.kind = 'person' AND NOT c.is_deceased;
    CREATE INDEX ON staged (contact_id);
    ANALYZE staged;
"""

_CLOSE = """
    UPDATE members_funnelstage AS f
       SET until = %(at)s
     WHERE f.until IS NULL
       AND NOT EXISTS (SELECT FROM staged AS g WHERE g.contact_id = f.contact_id AND g.stage = f.stage)
"""

_OPEN = """
    INSERT INTO members_funnelstage (library_id, contact_id, stage, since)
    SELECT %(library_id)s, g.contact_id, g.stage, %(at)s
      FROM staged AS g
     WHERE g.stage IS NOT NULL
       AND NOT EXISTS (SELECT FROM members_funnelstage AS f WHERE f.contact_id = g.contact_id AND f.until IS NULL)
     ORDER BY g.contact_id
"""

_COUNTS = "SELECT stage, count(*) FROM members_funnelstage WHERE until IS NULL GROUP BY stage"


def register(stage: FunnelStage.Stage, condition: str) -> None:
    """Called from AppConfig.ready() of the app that knows: SQL over the contact `c` and %(at)s."""
    if condition not in _conditions[stage]:
        _conditions[stage].append(condition)


def derive(*, at: datetime) -> int:
    """Keep every change of stage since the last time, for the library we act for; how many people changed."""
    today = timezone.localdate(at)
    values: dict[str, Any] = {
        "library_id": current_library_id(),
        "at": at,
        "today": today,
        "year_ago": years_before(today, 1),
    }
    statement = _STAGES.format(
        interested=_any(FunnelStage.Stage.INTERESTED), reached=_any(FunnelStage.Stage.REACHED)
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        cursor.execute(_CLOSE, values)
        cursor.execute(_OPEN, values)
        return int(cursor.rowcount)


def counts() -> dict[str, int]:
    """How many people stand at each stage now, in the order of the stages."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS)
        found = dict(cursor.fetchall())
    return {stage: found.get(stage, 0) for stage in FunnelStage.Stage.values}


def _any(stage: FunnelStage.Stage) -> str:
    return " OR ".join(f"({one})" for one in _conditions[stage]) or "false"
