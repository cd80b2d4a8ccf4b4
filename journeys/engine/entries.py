"""Who enters a journey, and where the others fall off: one statement a trigger, and counts of everybody."""

from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from campaigns.delivery.windows import BRUSSELS
from journeys.definition import Definition
from journeys.engine import triggers
from journeys.engine.triggers import Stretch
from journeys.models import Journey, JourneyTally
from members.models.contact import AGE_OF_OWN_MAIL
from members.segments import PERSON, rules
from members.segments.fields import Params

Figure = JourneyTally.Figure

# Whom a mail about this person goes to: a child's is the linked adult's (decision D4).
_RECIPIENT = f"""
    LEFT JOIN LATERAL (
        SELECT a.id, a.email_norm, a.recipient_hash
          FROM members_householdmember AS own
          JOIN members_householdmember AS adult
               ON adult.household_id = own.household_id AND adult.role = 'adult' AND adult.unlinked_on IS NULL
          JOIN members_contact AS a ON a.id = adult.contact_id AND NOT a.is_deceased
         WHERE own.contact_id = c.id AND own.unlinked_on IS NULL
           AND c.date_of_birth > %(today)s::date - interval '{AGE_OF_OWN_MAIL} years'
         ORDER BY a.email_norm = '', a.id
         LIMIT 1
    ) AS guardian ON true
    LEFT JOIN members_contact AS r
           ON r.id = CASE WHEN c.date_of_birth > %(today)s::date - interval '{AGE_OF_OWN_MAIL} years'
                          THEN guardian.id ELSE c.id END
"""

_WANTS = """EXISTS (
        SELECT FROM consent_consent AS g
         WHERE g.contact_id = r.id AND g.subject = 'topic' AND g.code = ANY({topics})
           AND g.opened_at <= %(at)s AND (g.closed_at IS NULL OR g.closed_at > %(at)s)
           AND NOT EXISTS (SELECT FROM consent_librarytopic AS v JOIN consent_topic AS t ON t.id = v.topic_id
                            WHERE t.code = g.code AND NOT v.is_offered))"""

_GRANTS = """(
        SELECT count(DISTINCT g.code) FROM consent_consent AS g
         WHERE g.contact_id = r.id AND g.subject = 'data_use' AND g.code = ANY({uses})
           AND g.opened_at <= %(at)s AND (g.closed_at IS NULL OR g.closed_at > %(at)s))
        = cardinality({uses}::text[])"""

_SUPPRESSED = """(
        r.is_deceased OR r.kind = 'institution'
        OR EXISTS (SELECT FROM consent_suppression AS x
                    WHERE (x.contact_id = r.id AND x.scope = 'contact'
                           OR x.fingerprint = r.recipient_hash AND x.scope = 'address')
                      AND (x.reach = 'all' OR {is_marketing})
                      AND x.since <= %(at)s AND (x.lifted_at IS NULL OR x.lifted_at > %(at)s)))"""

_RECENTLY = """(
        SELECT count(*) FILTER (WHERE old.state = 'active' OR old.entered_at > %(at)s::timestamptz
                                      - make_interval(days => {days})) > 0
               OR count(*) FILTER (WHERE old.entered_at > %(at)s::timestamptz - interval '365 days') >= {most}
          FROM journeys_journeyentry AS old
         WHERE old.journey_id = %(journey_id)s AND old.contact_id = c.id)"""

# Meets the start and the rule; where the rule needs a data use it is asked without it here, since this
# SELECT returns only counts of those who do not grant it (decision D7), and `figure` keeps them out.
_CLASSED = """
    candidates AS ({candidates}),
    classed AS (
        SELECT DISTINCT ON (c.id)
               c.id AS contact_id, r.id AS recipient_id, candidate.occasion, candidate.occurred_at, candidate.facts,
               CASE WHEN r.id IS NULL              THEN 'no_adult'
                    WHEN r.email_norm = ''         THEN 'no_address'
                    WHEN NOT {wants}               THEN 'no_consent'
                    WHEN NOT {grants}              THEN 'no_data_use'
                    WHEN {suppressed}              THEN 'suppressed'
                    WHEN {recently}                THEN 'recently'
                    ELSE 'entered'
               END AS figure
          FROM candidates AS candidate
          JOIN ({person}) ON c.id = candidate.contact_id
          {recipient}
         WHERE c.kind = 'person' AND NOT c.is_deceased
           AND {rule}
           {unseen}
         ORDER BY c.id, candidate.occurred_at
    )
"""

_UNSEEN = """AND NOT EXISTS (SELECT FROM journeys_journeyentry AS same
                             WHERE same.journey_id = %(journey_id)s AND same.contact_id = c.id
                               AND same.occasion = candidate.occasion)"""

_ENTERED = """EXISTS (
        SELECT FROM journeys_journeyentry AS e JOIN journeys_journey AS j ON j.id = e.journey_id
         WHERE j.code = {code} AND e.contact_id = c.id)"""

_ENTER = """
    WITH {classed},
    entered AS (
        INSERT INTO journeys_journeyentry (library_id, journey_id, version_id, contact_id, recipient_id, occasion,
                                           facts, entered_at, state, step_key, is_waiting, due_at, exit_reason)
        SELECT (SELECT current_library_id()), %(journey_id)s, %(version_id)s, contact_id, recipient_id, occasion,
               facts || jsonb_build_object('occurred_at', occurred_at, 'trigger', %(trigger)s::int),
               %(at)s, 'active', %(first)s, false, %(at)s, ''
          FROM classed
         WHERE figure = 'entered'
         ORDER BY contact_id
            ON CONFLICT DO NOTHING
        RETURNING id
    ),
    noted AS (
        INSERT INTO journeys_stepevent (library_id, entry_id, step_key, kind, choice, at)
        SELECT (SELECT current_library_id()), id, %(first)s, 'entered', '', %(at)s FROM entered
    ),
    counted AS (
        SELECT figure, count(*) AS people FROM classed WHERE figure <> 'entered' GROUP BY figure
         UNION ALL
        SELECT 'entered', count(*) FROM entered
         UNION ALL
        SELECT 'met', count(*) FROM classed
    )
    INSERT INTO journeys_journeytally AS t (library_id, journey_id, day, figure, people_count)
    SELECT (SELECT current_library_id()), %(journey_id)s, %(today)s, figure, people
      FROM counted
     WHERE people > 0
        ON CONFLICT (library_id, journey_id, day, figure)
           DO UPDATE SET people_count = t.people_count + excluded.people_count
"""

_BRIDGE = """
    WITH {classed}
    SELECT figure, count(*) FROM classed GROUP BY figure
"""


class Bridge(NamedTuple):
    """From everyone meant to everyone who enters (decision D16); the parts add up to `met`."""

    met: int
    fell: dict[str, int]
    entered: int


def let_in(journey: Journey, definition: Definition, stretch: Stretch) -> None:
    """Enter everyone whom this journey's triggers bring in this stretch, and count the others."""
    at = stretch.until
    for number, trigger in enumerate(definition.raw["trigger"]):
        params = Params(at=at)
        if not _is_offered(definition) or (source := triggers.candidates(trigger, stretch, params)) is None:
            continue
        classed = _classed(trigger, source, definition, params, has_journey=True)
        values = params.values | {
            "journey_id": journey.pk,
            "version_id": journey.version_id,
            "first": definition.first.key,
            "trigger": number,
            "today": timezone.localdate(at, BRUSSELS),
        }
        with connection.cursor() as cursor:
            cursor.execute(_ENTER.format(classed=classed), values)


def bridge(
    definition: Definition, *, since: datetime, until: datetime, entered_count_as_met: bool = False
) -> Bridge:
    """How many would have met the start in this time, and what keeps them out; nothing is written.

    Rules are asked as of now, so who changed since (borrowed after all, say) is missed. `entered_count_as_met`
    takes those in whom the journey itself let in meanwhile.
    """
    figures: dict[str, int] = {}
    for trigger in definition.raw["trigger"]:
        params = Params(at=until)
        stretch = Stretch(since, until, since, is_live=False)
        source = triggers.candidates(trigger, stretch, params)
        if source is None:
            continue
        classed = _classed(
            trigger, source, definition, params, has_journey=False, or_entered=entered_count_as_met
        )
        with connection.cursor() as cursor:
            cursor.execute(_BRIDGE.format(classed=classed), params.values)
            for figure, people in cursor.fetchall():
                figures[figure] = figures.get(figure, 0) + people
    entered = figures.pop("entered", 0)
    return Bridge(entered + sum(figures.values()), figures, entered)


def _is_offered(definition: Definition) -> bool:
    """Whether the library has what the journey speaks of."""
    needed = definition.raw.get("requires", [])
    if not needed:
        return True
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM campaigns_capability WHERE is_active AND service = ANY(%(needed)s)",
            {"needed": needed},
        )
        return bool(cursor.fetchone()[0] == len(needed))


def _classed(
    trigger: dict[str, Any],
    source: str,
    definition: Definition,
    params: Params,
    *,
    has_journey: bool,
    or_entered: bool = False,
) -> str:
    uses = sorted({*definition.data_uses, *trigger.get("data_uses", [])})
    topics = definition.topics
    rule = rules.condition(definition.raw["entry"], params, counts_only=True)
    if or_entered:
        rule = f"({rule} OR {_ENTERED.format(code=params.add(definition.code))})"
    days, most = definition.raw.get("reentry_days", 0), definition.raw.get("most_a_year", 1_000)
    return _CLASSED.format(
        candidates=source,
        person=PERSON,
        recipient=_RECIPIENT,
        wants=_WANTS.format(topics=params.add(topics)) if topics else "true",
        grants=_GRANTS.format(uses=params.add(uses)) if uses else "true",
        suppressed=_SUPPRESSED.format(
            is_marketing="true" if definition.raw["message_class"] != "service" else "false"
        ),
        recently=_RECENTLY.format(days=int(days), most=int(most)) if has_journey else "false",
        rule=rule,
        unseen=_UNSEEN if has_journey else "",
    )
