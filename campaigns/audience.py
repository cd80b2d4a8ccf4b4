"""Who gets a mail, and who does not and why: a rule and a topic as one query that gives back counts (decision D16).

The same query freezes the audience, so the counts of the last look are the rows of the ledger.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from bibmail.tenancy import staging
from campaigns.delivery import windows
from campaigns.delivery.windows import BRUSSELS
from campaigns.models import Mailing
from members.models.contact import AGE_OF_OWN_MAIL, years_before
from members.segments import PERSON, rules
from members.segments.fields import Params
from members.segments.rules import Rule

# A newsletter to many goes to a few first (proefvlucht), and to the others once there was time to hear back.
FIRST_FEW, AS_FROM, OTHERS_WAIT = 100, 1_000, timedelta(minutes=10)
# How long news stays news: who may not get it by then (another mail, a pause) does not get it any more.
STAYS_NEWS = timedelta(days=7)


class Reach(NamedTuple):
    """The bridge from everyone meant to everyone mailed; each count is part of the one before it."""

    meant: int
    with_address: int
    wanting: int
    sharing: int
    free: int
    # One mail an address.
    will_get: int
    # Of those who will get it: they had another mail lately, so that it comes later or, after a week, not at all.
    late: int


# `meant` asks without the data uses, for nothing but a count; `is_selected` is the rule as it decides (D7). Whoever
# did not grant every data use that the rule names is left out as a whole: so the gate can ask the same again.
_JUDGED = """
    meant AS (
        SELECT c.id, c.recipient_hash, c.date_of_birth, coalesce({decides}, false) AS is_selected
          FROM {person}
         WHERE c.kind = 'person' AND NOT c.is_deceased AND {counts}
    ),
    in_force AS (
        SELECT contact_id, subject, code
          FROM consent_consent
         WHERE opened_at <= %(at)s AND (closed_at IS NULL OR closed_at > %(at)s)
    ),
    wanting AS (
        SELECT DISTINCT contact_id
          FROM in_force
         WHERE subject = 'topic' AND code = %(topic)s
           AND NOT EXISTS (SELECT FROM consent_librarytopic AS v
                             JOIN consent_topic AS t ON t.id = v.topic_id
                            WHERE t.code = %(topic)s AND NOT v.is_offered)
    ),
    sharing AS (
        SELECT contact_id
          FROM in_force
         WHERE subject = 'data_use' AND code = ANY(%(data_uses)s::text[])
         GROUP BY contact_id
        HAVING count(DISTINCT code) = cardinality(%(data_uses)s::text[])
    ),
    stops AS (
        SELECT scope, contact_id, fingerprint
          FROM consent_suppression
         WHERE since <= %(at)s AND (lifted_at IS NULL OR lifted_at > %(at)s)
    ),
    stopped_people AS (
        SELECT contact_id FROM stops WHERE scope = 'contact'
         UNION
        SELECT contact_id FROM consent_mailpreference WHERE paused_until >= %(last_day)s
    ),
    stopped_addresses AS (
        SELECT DISTINCT fingerprint FROM stops WHERE scope = 'address'
    ),
    judged AS (
        SELECT p.id, p.recipient_hash,
               p.recipient_hash IS NOT NULL AS has_address,
               w.contact_id IS NOT NULL AS wants,
               p.is_selected AND (cardinality(%(data_uses)s::text[]) = 0 OR s.contact_id IS NOT NULL) AS shares,
               x.contact_id IS NULL AND a.fingerprint IS NULL
               AND (p.date_of_birth IS NULL OR p.date_of_birth <= %(born_by)s) AS is_free
          FROM meant AS p
          LEFT JOIN wanting           AS w ON w.contact_id = p.id
          LEFT JOIN sharing           AS s ON s.contact_id = p.id
          LEFT JOIN stopped_people    AS x ON x.contact_id = p.id
          LEFT JOIN stopped_addresses AS a ON a.fingerprint = p.recipient_hash
    ),
    chosen AS (
        SELECT DISTINCT ON (recipient_hash) id, recipient_hash
          FROM judged
         WHERE has_address AND wants AND shares AND is_free
         ORDER BY recipient_hash, id
    ),
    mailed_lately AS (
        SELECT g.recipient_hash
          FROM campaigns_message AS g
          JOIN campaigns_mailing AS m ON m.id = g.mailing_id
         WHERE g.accepted_at > %(at)s::timestamptz - interval '30 days' AND m.message_class <> 'service'
         GROUP BY g.recipient_hash
        HAVING max(g.accepted_at) > %(at)s::timestamptz - interval '3 days' OR count(*) >= 4
    )"""

_COUNTS = """
    SELECT count(*),
           count(*) FILTER (WHERE has_address),
           count(*) FILTER (WHERE has_address AND wants),
           count(*) FILTER (WHERE has_address AND wants AND shares),
           count(*) FILTER (WHERE has_address AND wants AND shares AND is_free),
           (SELECT count(*) FROM chosen),
           (SELECT count(*) FROM chosen JOIN mailed_lately USING (recipient_hash))
      FROM judged
"""

_ROWS = """
    added AS (
        INSERT INTO campaigns_message (
                   library_id, public_id, key, mailing_id, contact_id, recipient_id, recipient_hash, state, delivery,
                   reason, priority, facts, queued_at, not_before, not_after, attempts_count, topic, esp_message_id,
                   slots)
        SELECT (SELECT current_library_id()), gen_random_uuid(), %(key)s || id, %(mailing_id)s, id, id,
               recipient_hash, 'queued', 0, '', %(priority)s, '{{}}', %(at)s,
               %(not_before)s::timestamptz
               + CASE WHEN count(*) OVER () >= %(as_from)s
                           AND row_number() OVER (ORDER BY recipient_hash) > %(first_few)s
                      THEN %(others_wait)s ELSE interval '0' END,
               %(not_after)s, 0,
               %(topic)s, '', '{{}}'
          FROM chosen
         ORDER BY id
            ON CONFLICT (library_id, key) DO NOTHING
    )"""

# Whoever looks at a preview should meet others than the first in the alphabet: any five, the same the next time.
_SOME = "SELECT id FROM chosen ORDER BY recipient_hash LIMIT %(most)s"


def reach(rule: Rule, *, topic: str, at: datetime) -> Reach:
    """How many the rule means, and how many of them will get a mail about this topic; raises UnfitRule."""
    return Reach(*_asked(_COUNTS, rule, topic=topic, at=at)[0])


def some(rule: Rule, *, topic: str, at: datetime, most: int = 5) -> list[int]:
    """A few of the contacts who will get it; raises UnfitRule."""
    return [row[0] for row in _asked(_SOME, rule, topic=topic, at=at, most=most)]


def freeze(mailing: Mailing, rule: Rule, *, topic: str, at: datetime) -> Reach:
    """Queue one message for everyone who will get it, in one statement; a second time adds nobody.

    Returns the bridge as it was at this moment. Whom it leaves out it leaves out for good.
    """
    not_before = windows.next_open(at, windows.settings_of_library())
    values = {
        "key": f"c:{mailing.campaign_id}:",
        "mailing_id": mailing.pk,
        "priority": mailing.priority,
        "not_before": not_before,
        "not_after": not_before + STAYS_NEWS,
        "as_from": AS_FROM,
        "first_few": FIRST_FEW,
        "others_wait": OTHERS_WAIT,
    }
    frozen = Reach(*_asked(_COUNTS, rule, topic=topic, at=at, and_then=_ROWS, **values)[0])
    staging.refresh_statistics("campaigns_message", after=frozen.will_get)
    return frozen


def _asked(
    question: str, rule: Rule, *, topic: str, at: datetime, and_then: str = "", **more: Any
) -> Sequence[tuple[Any, ...]]:
    params = Params(at=at)
    decides, counts = rules.condition(rule, params), rules.condition(rule, params, counts_only=True)
    judged = _JUDGED.format(decides=decides, counts=counts, person=PERSON)
    steps = f"{judged},{and_then.format()}" if and_then else judged
    today = timezone.localdate(at, BRUSSELS)
    values = {
        "topic": topic,
        "data_uses": sorted(rules.data_uses(rule)),
        "born_by": years_before(today, AGE_OF_OWN_MAIL),
        "last_day": today + STAYS_NEWS,
    }
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {steps} {question}", params.values | values | more)
        return list(cursor.fetchall())
