"""What a due entry does next. People who stand at the same step of the same version go together.

They walk in the temporary table `due` until they wait or leave; only then their entry is written, once.
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection

from bibmail.tenancy import current_library_id, staging
from campaigns.delivery import windows
from journeys.definition import Definition, End, Send, Split, Wait
from journeys.mailings import mailing_ids
from journeys.models import JourneyEntry
from journeys.segment_fields import story_time_sql
from members.segments import rules
from members.segments.fields import Params
from members.segments.home import child_bands_sql

# Longer than that after its moment a mail would puzzle more than help.
_MAIL_LASTS = timedelta(days=10)

_CLAIM = """
    DROP TABLE IF EXISTS due;
    CREATE TEMP TABLE due (
        entry_id bigint PRIMARY KEY, version_id bigint, step_key text, is_waiting boolean,
        due_at timestamptz, exit_reason text NOT NULL DEFAULT '', is_resting boolean NOT NULL DEFAULT false
    ) ON COMMIT DROP;
    INSERT INTO due
    SELECT e.id, e.version_id, e.step_key, e.is_waiting, %(at)s
      FROM journeys_journeyentry AS e
     WHERE e.state = 'active' AND e.due_at <= %(at)s
       AND e.journey_id IN (SELECT id FROM journeys_journey WHERE state = 'live')
     ORDER BY e.due_at, e.id
     LIMIT %(limit)s
       FOR UPDATE OF e SKIP LOCKED;
"""

# A temporary table costs ten times this look.
_ANY_DUE = """
    SELECT EXISTS (SELECT FROM journeys_journeyentry AS e
                     JOIN journeys_journey AS j ON j.id = e.journey_id AND j.state = 'live'
                    WHERE e.state = 'active' AND e.due_at <= %(at)s)
"""

# Who stands where changes with each step, and with it the best plan.
_GROUPS = """
    ANALYZE due;
    SELECT version_id, step_key, is_waiting, count(*)
      FROM due
     WHERE NOT is_resting
     GROUP BY 1, 2, 3
     ORDER BY 1, 2, 3
"""

_PUT_DOWN = """
    UPDATE journeys_journeyentry AS e
       SET step_key = due.step_key,
           is_waiting = due.is_waiting,
           state = CASE WHEN due.exit_reason = '' THEN 'active' ELSE 'ended' END,
           due_at = CASE WHEN due.exit_reason = '' THEN due.due_at END,
           ended_at = CASE WHEN due.exit_reason <> '' THEN %(at)s::timestamptz END,
           exit_reason = due.exit_reason
      FROM due
     WHERE e.id = due.entry_id
"""

# The people of one group, with the aliases that rules ask of.
_GROUP = """
    journeys_journeyentry AS e
    JOIN due ON due.entry_id = e.id AND due.version_id = %(version_id)s AND due.step_key = %(step)s
         AND due.is_waiting = %(is_waiting)s AND NOT due.is_resting
    JOIN members_contact AS c ON c.id = e.contact_id
    LEFT JOIN members_membership AS m ON m.contact_id = c.id
    LEFT JOIN members_activitysummary AS s ON s.contact_id = c.id
"""

_SEND = """
    WITH keyed AS MATERIALIZED (
        SELECT e.id AS entry_id, e.contact_id, e.recipient_id, r.recipient_hash,
               CASE WHEN %(is_merged)s AND e.recipient_id <> e.contact_id
                    THEN 'j:' || %(code)s || ':' || %(step)s || ':' || e.recipient_id || ':' || %(today)s
                    ELSE 'j:' || e.id || ':' || %(step)s || ':1'
               END AS key,
               {choice} AS mailing_id,
               {facts} AS facts,
               c.first_name
          FROM {group}
          LEFT JOIN members_contact AS r ON r.id = e.recipient_id
    ),
    mails AS (
        SELECT key, min(mailing_id) AS mailing_id, min(contact_id) AS contact_id, min(recipient_id) AS recipient_id,
               (array_agg(recipient_hash))[1] AS recipient_hash,
               (array_agg(facts ORDER BY entry_id))[1]
               || CASE WHEN min(contact_id) <> min(recipient_id)
                       THEN jsonb_build_object('children_count', count(*)) ELSE '{{}}'::jsonb END
               || CASE WHEN %(names_children)s AND min(contact_id) <> min(recipient_id)
                       THEN jsonb_build_object('child_names', jsonb_agg(first_name ORDER BY first_name))
                       ELSE '{{}}'::jsonb END AS facts
          FROM keyed
         GROUP BY key
    ),
    queued AS (
        INSERT INTO campaigns_message (
               library_id, public_id, key, mailing_id, contact_id, recipient_id, recipient_hash, state, delivery,
               reason, priority, facts, queued_at, not_before, not_after, attempts_count, topic, esp_message_id,
               slots)
        SELECT (SELECT current_library_id()), gen_random_uuid(), key, mailing_id, contact_id, recipient_id,
               recipient_hash, 'queued', 0, '', %(priority)s, facts, %(at)s, %(not_before)s, %(not_after)s, 0, '', '',
               '{{}}'
          FROM mails
         ORDER BY recipient_id, key
            ON CONFLICT (library_id, key) DO NOTHING
        RETURNING id, key
    ),
    causes AS (
        INSERT INTO journeys_messagecause (library_id, message_id, entry_id)
        SELECT (SELECT current_library_id()), coalesce(q.id, g.id), k.entry_id
          FROM keyed AS k
          LEFT JOIN queued AS q ON q.key = k.key
          LEFT JOIN campaigns_message AS g ON g.key = k.key AND q.id IS NULL
            ON CONFLICT DO NOTHING
    ),
    noted AS (
        INSERT INTO journeys_stepevent (library_id, entry_id, step_key, kind, choice, at)
        SELECT (SELECT current_library_id()), entry_id, %(step)s, 'sent',
               (%(mail_codes)s::text[])[array_position(%(mailing_ids)s::bigint[], mailing_id)], %(at)s
          FROM keyed
    )
    UPDATE due
       SET step_key = %(next)s
      FROM keyed
     WHERE due.entry_id = keyed.entry_id
"""

_BRUSSELS_DAY = "date_trunc('day', {moment} AT TIME ZONE 'Europe/Brussels')"

# Calendar days, Europe/Brussels: on day 7, when the sending window opens, whatever the clock did in between.
# Not at midnight: what the library systems deliver before dawn may be the loan that makes the mail needless.
_WAIT = """
    WITH arriving AS (
        SELECT e.id, {until} AS until FROM {group}
    ),
    noted AS (
        INSERT INTO journeys_stepevent (library_id, entry_id, step_key, kind, choice, at)
        SELECT (SELECT current_library_id()), id, %(step)s, 'waited', '', %(at)s FROM arriving WHERE until IS NOT NULL
    ),
    lost AS (
        INSERT INTO journeys_stepevent (library_id, entry_id, step_key, kind, choice, at)
        SELECT (SELECT current_library_id()), id, %(step)s, 'left', 'no_period', %(at)s
          FROM arriving
         WHERE until IS NULL
    )
    UPDATE due
       SET is_waiting = until IS NOT NULL,
           due_at = until,
           exit_reason = CASE WHEN until IS NULL THEN 'no_period' ELSE '' END,
           is_resting = until IS NULL OR until > %(at)s
      FROM arriving
     WHERE due.entry_id = arriving.id
"""

_GO_ON = """
    UPDATE due
       SET step_key = %(next)s, is_waiting = false, due_at = %(at)s
     WHERE version_id = %(version_id)s AND step_key = %(step)s AND is_waiting = %(is_waiting)s AND NOT is_resting
"""

_SPLIT = """
    WITH chosen AS MATERIALIZED (
        SELECT e.id, {choice} AS side FROM {group}
    ),
    noted AS (
        INSERT INTO journeys_stepevent (library_id, entry_id, step_key, kind, choice, at)
        SELECT (SELECT current_library_id()), id, %(step)s, 'split', (%(sides)s::text[])[side], %(at)s FROM chosen
    )
    UPDATE due
       SET step_key = (%(thens)s::text[])[chosen.side]
      FROM chosen
     WHERE due.entry_id = chosen.id
"""

_END = """
    WITH ended AS (
        UPDATE due
           SET exit_reason = %(reason)s, is_waiting = false, is_resting = true
         WHERE version_id = %(version_id)s AND step_key = %(step)s AND NOT is_resting
        RETURNING entry_id
    )
    INSERT INTO journeys_stepevent (library_id, entry_id, step_key, kind, choice, at)
    SELECT (SELECT current_library_id()), entry_id, %(step)s, 'left', %(reason)s, %(at)s FROM ended
"""


class Group(NamedTuple):
    """Entries that stand at one step of one version and are due."""

    version_id: int
    step_key: str
    is_waiting: bool
    people: int


def claim(limit: int, *, at: datetime) -> bool:
    """Take due entries, the longest due first, into the temporary table `due`; False when there is none."""
    with connection.cursor() as cursor:
        cursor.execute(_ANY_DUE, {"at": at})
        if not cursor.fetchone()[0]:
            return False
        cursor.execute(_CLAIM, {"at": at, "limit": limit})
        return bool(cursor.rowcount)


def groups() -> list[Group]:
    """The claimed entries that do not rest yet, by step."""
    with connection.cursor() as cursor:
        cursor.execute(_GROUPS)
        return [Group(*row) for row in cursor.fetchall()]


def put_down(*, at: datetime) -> None:
    """Write where the claimed entries came to rest."""
    with connection.cursor() as cursor:
        cursor.execute(_PUT_DOWN, {"at": at})


def do(group: Group, definition: Definition, version_number: int, *, at: datetime) -> None:
    """Let one group of the claimed entries do its step."""
    step = definition.steps.get(group.step_key)
    params = Params(at=at)
    params.values |= {
        "version_id": group.version_id,
        "step": group.step_key,
        "is_waiting": group.is_waiting,
    }
    match step:
        case Wait() if group.is_waiting:
            _run(_GO_ON, params, next=step.next)
        case Wait():
            window = windows.settings_of_library()
            waiting = _WAIT.format(until=_until(step), group=_GROUP)
            _run(waiting, params, days=step.days, opens=window.opens)
        case Send():
            _send(step, definition, version_number, params, at=at)
        case Split():
            _split(step, params)
        case End():
            _run(_END, params, reason=step.reason)
        case None:
            _run(_END, params, reason=JourneyEntry.Exit.STOPPED)


def _run(statement: str, params: Params, **more: Any) -> int:
    """How many people took the step."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params.values | more)
        return int(cursor.rowcount)


def _until(step: Wait) -> str:
    if step.until_period_ends:
        return (
            "((e.facts ->> 'period_end')::date + %(days)s + %(opens)s::time) AT TIME ZONE 'Europe/Brussels'"
        )
    moment = {
        "entry": "e.entered_at",
        "trigger": "(e.facts ->> 'occurred_at')::timestamptz",
        "previous": "%(at)s::timestamptz",
    }[step.counted_from]
    day = _BRUSSELS_DAY.format(moment=moment)
    return f"({day} + make_interval(days => %(days)s) + %(opens)s::time) AT TIME ZONE 'Europe/Brussels'"


def _send(step: Send, definition: Definition, version_number: int, params: Params, *, at: datetime) -> None:
    ids = mailing_ids(definition.code, version_number, step.key)
    cases = " ".join(
        f"WHEN coalesce({rules.condition(choice.rule, params)}, false) THEN {ids[choice.mail]}"
        for choice in step.mails
        if choice.rule
    )
    last = next(ids[choice.mail] for choice in step.mails if not choice.rule)
    window = windows.settings_of_library()
    statement = _SEND.format(
        choice=f"CASE {cases} ELSE {last} END" if cases else f"{last}::bigint",
        facts=_facts(step, definition),
        group=_GROUP,
    )
    people = _run(
        statement,
        params,
        code=definition.code,
        is_merged=step.is_once_per_household_a_day,
        names_children=bool(definition.raw.get("chosen", {}).get("show_child_names")),
        priority=step.priority,
        not_before=windows.next_open(at, window, opens=step.opens, closes=step.closes),
        not_after=at + _MAIL_LASTS,
        mail_codes=list(ids),
        mailing_ids=list(ids.values()),
        next=step.next,
        library_id=current_library_id(),
    )
    # A first large send would be checked by plans made for an empty ledger.
    for table in ("campaigns_message", "journeys_messagecause"):
        staging.refresh_statistics(table, after=people)


def _facts(step: Send, definition: Definition) -> str:
    """What a mail must know beside the person, as jsonb."""
    match step.facts:
        case "children":
            bands = child_bands_sql("c.id", "%(today)s::date")
            return f"jsonb_build_object('child_bands', {bands})"
        case "story_time":
            return f"jsonb_build_object('event', {story_time_sql('30')})"
        case "period":
            return "jsonb_build_object('period', e.facts -> 'period', 'period_end', e.facts -> 'period_end')"
    return "'{}'::jsonb"


def _split(step: Split, params: Params) -> None:
    cases = " ".join(
        f"WHEN coalesce({rules.condition(side.rule, params)}, false) THEN {number}"
        for number, side in enumerate(step.sides, 1)
        if side.rule
    )
    _run(
        _SPLIT.format(choice=f"CASE {cases} ELSE {len(step.sides)} END", group=_GROUP),
        params,
        sides=[side.side for side in step.sides],
        thens=[side.then for side in step.sides],
    )
