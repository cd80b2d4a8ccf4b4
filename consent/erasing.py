"""What survives of somebody who was erased: that they are not to be mailed, without who they were (decision D4)."""

from django.db import connection

from bibmail.tenancy import staging
from bibmail.tenancy.sinks import Run
from consent.models import Suppression
from members import erasure
from members.erasure import Erasing

_REMEMBER = """
    INSERT INTO consent_suppression (library_id, scope, reach, reason, fingerprint, source, since)
    SELECT %(library_id)s, kept.scope, kept.reach, 'erased', kept.fingerprint, %(source)s, %(at)s
      FROM (SELECT DISTINCT 'erased' AS scope, 'all' AS reach, fingerprint FROM erasing
             UNION
            SELECT DISTINCT 'address', 'marketing', recipient_hash FROM erasing) AS kept
     WHERE kept.fingerprint IS NOT NULL
       AND NOT EXISTS (SELECT FROM consent_suppression AS x
                        WHERE x.fingerprint = kept.fingerprint AND x.scope = kept.scope AND x.reason = 'erased'
                          AND x.lifted_at IS NULL)
"""

_ADDED = """
    SELECT c.id, c.external_id
      FROM recorded AS r
      JOIN members_contact AS c ON c.id = r.row_id
     WHERE r."table" = 'members_contact' AND r.action = 'i' AND c.external_id IS NOT NULL
"""

_SUPPRESS = f"""
    WITH added AS (
        INSERT INTO consent_suppression AS t (library_id, scope, reach, reason, contact_id, source, since)
        SELECT %(library_id)s, 'contact', 'all', 'erased', found.id, %(source)s, %(at)s
          FROM unnest(%(contact_ids)s::bigint[]) AS found (id)
        RETURNING t.id, {staging.fingerprint("t")} AS after
    ), recording AS ({staging.recording("added", table="consent_suppression", action="i")})
    SELECT FROM added
"""


def remember(erasing: Erasing) -> None:
    """Keep of who is erased a fingerprint of number and address, so that no file makes them mailable again.

    Not of who was merely let go: they asked nothing, and may sign up again.
    """
    if not erasing.for_good:
        return
    staging.execute(_REMEMBER, erasing._asdict())
    # What they asked on a form and did not confirm goes too.
    staging.execute(
        "DELETE FROM consent_signuprequest WHERE address_hash IN (SELECT recipient_hash FROM erasing)"
    )


def suppress_returned(run: Run) -> None:
    """After `members`: somebody who was erased and comes back in a file is known by the fingerprint alone."""
    erased = set(
        Suppression.objects.filter(scope=Suppression.Scope.ERASED, lifted_at=None).values_list(
            "fingerprint", flat=True
        )
    )
    if not erased:
        return
    with connection.cursor() as cursor:
        cursor.execute(_ADDED)
        back = [
            pk
            for pk, external_id in cursor.fetchall()
            if erasure.fingerprint(external_id, library_id=run.library_id) in erased
        ]
    values = {"library_id": run.library_id, "source": run.source, "at": run.at, "contact_ids": back}
    staging.execute(_SUPPRESS, values)
