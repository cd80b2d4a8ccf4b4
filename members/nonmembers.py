"""People who are no member: until when we keep them, and letting go of them (law L-13).

Nobody is let go who is or was a member (the library system decides that), who still wants mail, who stands on a list
that is in use, or who is linked to a child.
"""

from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from members import erasure
from members.models import NonMemberPolicy

MONTHS = 24

# Why somebody who is no member is kept all the same: SQL over the contact `c` and %(at)s, from the higher floors.
_reasons_to_keep: list[str] = []

_OWN_REASONS = (
    "EXISTS (SELECT FROM members_membership AS m WHERE m.contact_id = c.id)",
    "EXISTS (SELECT FROM members_householdmember AS h WHERE h.contact_id = c.id AND h.unlinked_on IS NULL)",
    """EXISTS (SELECT FROM members_listmember AS l JOIN members_contactlist AS k ON k.id = l.contact_list_id
                WHERE l.contact_id = c.id AND l.until IS NULL AND NOT k.is_archived)""",
)

# The last thing we heard of them: a day they were active on, else the day they came in.
_SET_DAYS = """
    UPDATE members_contact AS c
       SET expires_on = found.expires_on
      FROM (SELECT c.id,
                   CASE WHEN c.kind = 'person' AND NOT ({kept})
                        THEN (greatest(coalesce(s.last_active_on, '-infinity'),
                                       (c.sourced_at AT TIME ZONE 'Europe/Brussels')::date,
                                       (SELECT max(coalesce(l.until, l.since) AT TIME ZONE 'Europe/Brussels')::date
                                          FROM members_listmember AS l WHERE l.contact_id = c.id))
                              + make_interval(months => %(months)s))::date END AS expires_on
              FROM members_contact AS c
              LEFT JOIN members_activitysummary AS s ON s.contact_id = c.id
             WHERE c.expires_on IS NOT NULL
                OR NOT EXISTS (SELECT FROM members_membership AS m WHERE m.contact_id = c.id)) AS found
     WHERE c.id = found.id AND c.expires_on IS DISTINCT FROM found.expires_on
"""


def keep_while(condition: str) -> None:
    """Called from AppConfig.ready(): nobody is let go for whom this holds (SQL over `c` and %(at)s)."""
    if condition not in _reasons_to_keep:
        _reasons_to_keep.append(condition)


def months() -> int:
    """How long this library keeps somebody of whom nothing more is heard."""
    policy = NonMemberPolicy.objects.first()
    return policy.months if policy else MONTHS


def set_months(count: int) -> None:
    """From tonight on the days follow."""
    NonMemberPolicy.objects.update_or_create(defaults={"months": count})


@transaction.atomic
def set_days(*, at: datetime) -> int:
    """Note until when each non-member is kept, and no day for who stays anyway; how many days changed."""
    kept = " OR ".join(f"({one})" for one in (*_OWN_REASONS, *_reasons_to_keep))
    values: dict[str, Any] = {"months": months(), "at": at}
    with connection.cursor() as cursor:
        cursor.execute(_SET_DAYS.format(kept=kept), values)
        return int(cursor.rowcount)


@transaction.atomic
def let_go(*, at: datetime) -> int:
    """Erase who is past their day, with all that hangs on them; how many. Call set_days first.

    They asked nothing: whoever comes back by themselves is welcome (erasure, not `for_good`).
    """
    chosen = (
        f"SELECT id FROM members_contact WHERE kind = 'person' AND expires_on < '{timezone.localdate(at)}'"
    )
    return erasure.erase(chosen, source="bibmail", at=at, for_good=False)
