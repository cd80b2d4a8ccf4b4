"""Two people turn out to be one: what each allowed, and what each refused, holds for the one that stays.

Consents are evidence and are never moved (decision D6). A yes of the other is written again for the one that stays,
with the same words and the same day, unless that one said no later; a no of either ends what the other allowed.
"""

from typing import Any

from django.db import connection

from consent.models import MailPreference
from members.matching import references
from members.matching.references import Joining, Reference

_PACES = ["", "week", "month"]

# The last no of either, per subject.
_REFUSALS = """
    refusals AS (
        SELECT subject, code, max(closed_at) AS at
          FROM consent_consent
         WHERE contact_id IN (%(kept_id)s, %(other_id)s) AND closed_at IS NOT NULL
         GROUP BY subject, code
    )"""

_OBJECT = f"""
    WITH {_REFUSALS}
    UPDATE consent_consent AS c
       SET closed_at = greatest(%(at)s, c.opened_at), closed_source = 'merge'
      FROM refusals AS r
     WHERE c.contact_id = %(kept_id)s AND c.closed_at IS NULL
       AND r.subject = c.subject AND r.code = c.code AND r.at >= c.opened_at
    RETURNING c.id
"""

_COPY = f"""
    WITH {_REFUSALS}
    INSERT INTO consent_consent (library_id, contact_id, subject, code, basis, wording_id, source, opened_at,
                                 opened_by_id, closed_source)
    SELECT (SELECT current_library_id()), %(kept_id)s, c.subject, c.code, c.basis, c.wording_id, c.source,
           c.opened_at, c.opened_by_id, ''
      FROM consent_consent AS c
      LEFT JOIN refusals   AS r ON r.subject = c.subject AND r.code = c.code
     WHERE c.contact_id = %(other_id)s AND c.closed_at IS NULL
       AND (r.at IS NULL OR r.at < c.opened_at)
       AND NOT EXISTS (SELECT FROM consent_consent AS own
                        WHERE own.contact_id = %(kept_id)s AND own.subject = c.subject AND own.code = c.code
                          AND own.closed_at IS NULL)
     ORDER BY c.subject, c.code
    RETURNING id
"""

_CLOSE_OTHERS = """
    UPDATE consent_consent
       SET closed_at = greatest(%(at)s, opened_at), closed_source = 'merge'
     WHERE contact_id = %(other_id)s AND closed_at IS NULL
    RETURNING id
"""

_CLOSE_COPIES = """
    UPDATE consent_consent
       SET closed_at = greatest(%(at)s, opened_at), closed_source = 'split'
     WHERE id = ANY(%(ids)s) AND closed_at IS NULL
    RETURNING subject, code
"""

# Only what the person had not taken back meanwhile, as the one they were taken for.
_OPEN_AGAIN = """
    INSERT INTO consent_consent (library_id, contact_id, subject, code, basis, wording_id, source, opened_at,
                                 closed_source)
    SELECT (SELECT current_library_id()), %(other_id)s, c.subject, c.code, c.basis, c.wording_id, c.source,
           %(at)s, ''
      FROM consent_consent AS c
     WHERE c.id = ANY(%(ids)s)
       AND NOT EXISTS (SELECT FROM consent_consent AS own
                        WHERE own.contact_id = %(other_id)s AND own.subject = c.subject AND own.code = c.code
                          AND own.closed_at IS NULL)
       AND NOT EXISTS (SELECT FROM consent_consent AS no
                        WHERE no.contact_id = %(kept_id)s AND no.subject = c.subject AND no.code = c.code
                          AND no.closed_at > c.closed_at AND no.closed_source <> 'split')
    RETURNING id
"""


def join(joining: Joining) -> dict[str, Any]:
    """Carry answers over; what undoing needs: ids of copies and of the other's closed consents."""
    objected = _ids(_OBJECT, joining)
    copies = _ids(_COPY, joining)
    closed = _ids(_CLOSE_OTHERS, joining)
    _join_preferences(joining)
    return {"objected": objected, "copies": copies, "closed": closed}


def undo(joining: Joining, kept: dict[str, Any]) -> list[str]:
    """End the copies and open the other's own again; what an objection ended stays ended and is told."""
    _ids(_CLOSE_COPIES, joining, ids=kept.get("copies", []))
    reopened = _ids(_OPEN_AGAIN, joining, ids=kept.get("closed", []))
    is_whole = len(reopened) == len(kept.get("closed", [])) and not kept.get("objected")
    return [] if is_whole else ["consent_consent"]


def _join_preferences(joining: Joining) -> None:
    """The quieter of the two wishes counts."""
    found = {p.contact_id: p for p in MailPreference.objects.filter(contact_id__in=joining[:2])}
    kept, other = found.get(joining.kept_id), found.get(joining.other_id)
    if kept is None or other is None:
        return
    kept.pace = max(kept.pace, other.pace, key=_PACES.index)
    pauses = [day for day in (kept.paused_until, other.paused_until) if day]
    kept.paused_until = max(pauses, default=None)
    kept.changed_at = joining.at
    kept.save()


def _ids(statement: str, joining: Joining, **more: Any) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {**joining._asdict(), **more})
        return [row[0] for row in cursor.fetchall()]


def register() -> None:
    references.register(
        Reference(table="consent_consent", is_special=True),
        Reference(table="consent_mailpreference", unique_with=()),
        Reference(
            table="consent_suppression",
            unique_with=("reason",),
            among="{alias}.lifted_at IS NULL",
            on_collision="leave",
        ),
    )
    references.register_hook("consent", join, undo)
