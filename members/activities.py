"""Incoming activities, whatever file or system they come from: one merge, then the summaries follow."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import connection

from bibmail.tenancy import staging
from bibmail.tenancy.sinks import Outcome, Run
from members import numbers, summary
from members.kinds import RULES, oldest_kept
from members.models.contact import AGE_OF_OWN_MAIL, years_before

_STAGE = """
    DROP TABLE IF EXISTS incoming_activity;
    CREATE TEMP TABLE incoming_activity ON COMMIT DROP AS
    SELECT DISTINCT ON (source_id) *
      FROM (SELECT rows.*{no_line} FROM ({rows}) AS rows)
           AS a (contact_id, kind, occurred_at, branch_id, subject_code, subject_name, status, source_id, line)
     ORDER BY source_id, occurred_at, line;
    ANALYZE incoming_activity;
"""

# Every file tells these; the others it may lack, and then they stay.
_ALWAYS = ("contact_id", "kind", "occurred_at")
_SOMETIMES = ("branch_id", "subject_code", "subject_name", "status")

_DIFFER = """
       t.source = %(source)s
       AND t.source_id = i.source_id
       AND ({theirs}) IS DISTINCT FROM ({ours})
"""

# Both the person it was attributed to and the one it now is.
_TOUCH_CHANGED = """
    INSERT INTO touched
    SELECT t.contact_id FROM members_activity t, incoming_activity i WHERE {differ}
     UNION
    SELECT i.contact_id FROM members_activity t, incoming_activity i WHERE {differ}
        ON CONFLICT DO NOTHING
"""

_UPDATE = """
    WITH changed AS (
        UPDATE members_activity t
           SET {assignments}
          FROM incoming_activity i
         WHERE {differ}
        RETURNING t.id, i.line, {before} AS before, {after} AS after
    ), recording AS ({recording}), telling AS ({telling})
    SELECT FROM changed
"""

_TELL_NEW = """
    INSERT INTO told
    SELECT line, 'new' FROM incoming_activity i
     WHERE line IS NOT NULL
       AND NOT EXISTS (SELECT FROM members_activity k WHERE k.source = %(source)s AND k.source_id = i.source_id)
"""

_INSERT = f"""
    WITH added AS (
        INSERT INTO members_activity AS t (library_id, contact_id, kind, occurred_at, branch_id, subject_code,
                                      subject_name, status, source, source_id, is_pending)
        SELECT %(library_id)s, contact_id, kind, occurred_at, branch_id, subject_code,
               subject_name, status, %(source)s, source_id, true
          FROM incoming_activity i
         WHERE NOT EXISTS (SELECT FROM members_activity k
                            WHERE k.source = %(source)s AND k.source_id = i.source_id)
         ORDER BY contact_id, kind, occurred_at
        RETURNING contact_id, id, {staging.fingerprint("t")} AS after
    ), recording AS ({staging.recording("added", table="members_activity", action="i")}
    ), touching AS (
        INSERT INTO touched SELECT DISTINCT contact_id FROM added ON CONFLICT DO NOTHING
    )
    SELECT count(*) FROM added
"""


def merge(
    run: Run, rows: str, *, stream: str, needs: Mapping[str, str] | None = None, tells: bool = False
) -> Outcome:
    """Add what is new, correct what differs, refold the summaries of those it concerns.

    `rows` is a SELECT of contact_id, kind, occurred_at, branch_id, subject_code, subject_name, status and
    source_id; a source_id that comes twice counts once. `stream` names what the ids are unique in, whatever
    door the file came through. `needs` maps a column of an activity to the staging column it is made of: a
    file without that column changes nothing there. With `tells` the rows have the line they stood on as a
    ninth column, and what became of each is told (staging.by_line).
    """
    values: dict[str, Any] = {"source": stream, "library_id": run.library_id}
    told = [*_ALWAYS, *(column for column in _SOMETIMES if (needs or {}).get(column) in run.present)]
    differ = _DIFFER.format(
        theirs=", ".join(f"t.{column}" for column in told), ours=", ".join(f"i.{column}" for column in told)
    )
    assignments = ", ".join(f"{column} = i.{column}" for column in told)
    summary.start_touching()
    with connection.cursor() as cursor:
        cursor.execute(_STAGE.format(rows=rows, no_line="" if tells else ", NULL::bigint"))
        cursor.execute("SELECT count(*) FROM incoming_activity")
        total = cursor.fetchone()[0]
        cursor.execute(_TOUCH_CHANGED.format(differ=differ), values)
        cursor.execute(_UPDATE.format(assignments=assignments, differ=differ, **_images(told)), values)
        changed = cursor.rowcount
        cursor.execute(_TELL_NEW, values)
        cursor.execute(_INSERT, values)
        new = cursor.fetchone()[0]
    staging.refresh_statistics("members_activity", after=new)
    staging.refresh_statistics("members_activitysummary", after=summary.refold())
    return Outcome(new=new, changed=changed, unchanged=total - new - changed)


def _images(told: Sequence[str]) -> dict[str, str]:
    return {
        "before": staging.image("old", told),
        "after": staging.image("new", told),
        "recording": staging.recording("changed", table="members_activity", action="u"),
        "telling": staging.telling("changed", "changed"),
    }


# Whom the rows can mean by an address alone: those who get mail themselves. A child below 13 is on the
# address of a parent and neither books nor consents (law L-08).
_ADDRESSEES = """
    DROP TABLE IF EXISTS addressees;
    CREATE TEMP TABLE addressees ON COMMIT DROP AS
    SELECT email_norm, min(id) AS contact_id, count(*) AS people
      FROM members_contact
     WHERE kind <> 'merged'
       AND email_norm IN (SELECT email_norm FROM accepted WHERE member = '' AND email_norm <> '')
       AND (date_of_birth IS NULL OR date_of_birth <= %(born_by)s)
     GROUP BY email_norm;
    ANALYZE addressees;
"""


def refuse_unclear_addresses(*, on: date, header: str, among: str = "true") -> None:
    """Object to rows without a number whose address nobody, or more than one person, has.

    `among` is an SQL condition on the rows this is asked of.

    Leaves the temporary table `addressees(email_norm, contact_id, people)` for the merge.
    """
    staging.execute(_ADDRESSEES, {"born_by": years_before(on, AGE_OF_OWN_MAIL)})
    known = "EXISTS (SELECT FROM addressees a WHERE a.email_norm = s.email_norm {and_more})"
    nobody, several = f"NOT {known.format(and_more='')}", known.format(and_more="AND a.people > 1")
    for code, condition in (("unknown_member", nobody), ("ambiguous_email", several)):
        staging.refuse(
            code, header=header, value="s.email", where=f"s.member = '' AND {among} AND {condition}"
        )


def refuse_too_old(run: Run, *, header: str, kind: str, moment: str) -> None:
    """Object to rows that are past their retention; they would go tonight, and come again tomorrow.

    kind and moment are SQL expressions over a staged row `s`.
    """
    limits = ", ".join(
        f"('{rule}', '{oldest.isoformat()}'::timestamptz)"
        for rule in RULES
        if (oldest := oldest_kept(rule, at=run.at))
    )
    past = f"EXISTS (SELECT FROM (VALUES {limits}) AS l (kind, oldest) WHERE l.kind = {kind} AND {moment} < l.oldest)"
    staging.refuse("too_old", header=header, value=f"({moment})::date", where=past)


def refuse_future(run: Run, *, header: str, moment: str) -> None:
    """Object to what has not happened yet: a year that was mistyped would stand for ever."""
    tomorrow = (run.at + timedelta(days=1)).isoformat()
    future = f"{moment} > '{tomorrow}'::timestamptz"
    staging.refuse("in_future", header=header, value=f"({moment})::date", where=future)


def refuse_unknown_members() -> None:
    """Object to staged rows that name somebody we do not know, by number or by card."""
    numbers.resolve()
    staging.refuse(
        "unknown_member",
        header="memberExternalId",
        value="s.member",
        where="s.member <> '' AND NOT EXISTS (SELECT FROM members_contact c WHERE c.external_id = s.member)",
    )


def refuse_unknown_branches() -> None:
    """Object to staged rows that name a branch we do not know; no branch at all is fine."""
    staging.refuse(
        "unknown_branch",
        header="branchId",
        value="s.branch_code",
        where="s.branch_code <> '' AND NOT EXISTS (SELECT FROM tenancy_branch b WHERE b.code = s.branch_code)",
    )
