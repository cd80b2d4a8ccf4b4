"""All that the gate must know of a batch, read in the transaction that lets it go."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from campaigns.delivery.verdict import Standing

# A moment was taken before this query ran. So what closes a consent, or stops a person, counts as soon as it is
# written down, even when it bears a later moment; only what opens is asked whether its time has come.
#
# Whoever withdraws waits for us, or we for them: in id order, so that nobody waits in a circle (decision D6).
_HOLD_CONSENTS = """
    SELECT k.id
      FROM consent_consent AS k
     WHERE k.closed_at IS NULL
       AND k.contact_id IN (SELECT recipient_id FROM campaigns_message WHERE id = ANY(%(ids)s))
     ORDER BY k.id
       FOR SHARE
"""

_STANDINGS = """
    WITH mine AS (
        SELECT g.*
          FROM campaigns_message AS g
         WHERE g.id = ANY(%(ids)s) AND g.state = %(state)s AND g.lease_token = %(token)s
         ORDER BY g.id
           FOR UPDATE
    ),
    network AS (
        SELECT is_on, marketing_is_on FROM campaigns_networkswitch WHERE id = 1
    ),
    staff AS (
        SELECT lower(u.email) AS email
          FROM tenancy_staffrole AS s
          JOIN tenancy_user AS u ON u.id = s.user_id
         WHERE s.library_id = (SELECT current_library_id())
    )
    SELECT g.id, m.message_class, m.legal_basis, m.topics, m.data_uses, g.queued_at, g.not_after,
           r.id, r.recipient_hash, coalesce(r.email_norm, ''), r.date_of_birth,
           coalesce(r.is_deceased, false), coalesce(r.kind <> 'person', false),
           EXISTS (SELECT FROM consent_suppression AS x
                    WHERE x.contact_id = r.id AND x.scope = 'contact'
                      AND (x.reach = 'all' OR m.message_class <> 'service')
                      AND (x.lifted_at IS NULL OR x.lifted_at > %(at)s))
           OR EXISTS (SELECT FROM consent_suppression AS x
                       WHERE x.fingerprint = r.recipient_hash AND x.scope = 'address'
                         AND (x.reach = 'all' OR m.message_class <> 'service')
                         AND (x.lifted_at IS NULL OR x.lifted_at > %(at)s)),
           coalesce((SELECT json_object_agg(k.code, k.id)
                       FROM consent_consent AS k
                      WHERE k.contact_id = r.id AND k.subject = 'topic' AND k.code = ANY(m.topics)
                        AND k.opened_at <= %(at)s AND k.closed_at IS NULL
                        AND NOT EXISTS (SELECT FROM consent_librarytopic AS v
                                          JOIN consent_topic AS t ON t.id = v.topic_id
                                         WHERE t.code = k.code AND NOT v.is_offered)), '{}'),
           ARRAY(SELECT k.code
                   FROM consent_consent AS k
                  WHERE k.contact_id = r.id AND k.subject = 'data_use' AND k.code = ANY(m.data_uses)
                    AND k.opened_at <= %(at)s AND k.closed_at IS NULL),
           ARRAY(SELECT DISTINCT k.code::text
                   FROM consent_consent AS k
                  WHERE k.contact_id = r.id AND k.subject = 'topic' AND k.code = ANY(m.topics)
                    AND k.closed_at IS NOT NULL
                    AND NOT EXISTS (SELECT FROM consent_consent AS later
                                     WHERE later.contact_id = k.contact_id AND later.subject = k.subject
                                       AND later.code = k.code AND later.opened_at >= k.closed_at
                                       AND later.closed_at IS NULL)),
           coalesce(p.pace, ''), p.paused_until,
           m.is_stopped, m.is_paused,
           coalesce((SELECT is_on FROM network), true),
           coalesce((SELECT marketing_is_on FROM network), true),
           EXISTS (SELECT FROM staff WHERE staff.email = r.email_norm)
      FROM mine AS g
      JOIN campaigns_mailing AS m ON m.id = g.mailing_id
      LEFT JOIN members_contact AS r ON r.id = g.recipient_id
      LEFT JOIN consent_mailpreference AS p ON p.contact_id = r.id
     ORDER BY g.id
"""


def of(ids: Sequence[int], *, token: str, state: str, at: datetime) -> list[Standing]:
    """The standings of those messages that are in this state under our lease, locked until the commit."""
    values: dict[str, Any] = {"ids": list(ids), "token": token, "state": state, "at": at}
    with connection.cursor() as cursor:
        cursor.execute(_HOLD_CONSENTS, values)
        cursor.execute(_STANDINGS, values)
        return [Standing(*row) for row in cursor.fetchall()]
