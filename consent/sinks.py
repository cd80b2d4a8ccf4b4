"""The file `consents`, and the suppression of people whom the file `members` marks."""

from django.db import connection
from django.utils.translation import gettext_lazy as _

from bibmail.tenancy import sinks, staging
from bibmail.tenancy.sinks import Column, Outcome, Run, Sink
from consent import erasing
from members import activities, changes
from members.imports import undoing
from members.models.contact import AGE_OF_OWN_MAIL

COLUMNS = (
    Column(name="member", header="memberExternalId", label=_("Nummer van het lid"), max_length=80),
    Column(name="email", header="email", label=_("E-mail"), type="email"),
    Column(name="code", header="topic", label=_("Thema of gebruik"), required=True, max_length=50),
    Column(name="is_given", header="status", label=_("Ja of nee"), type="yes_no", required=True),
    Column(name="source", header="source", label=_("Hoe gegeven"), required=True, max_length=40),
    Column(name="recorded_at", header="recordedAt", label=_("Wanneer"), type="moment", required=True),
    Column(name="proof_text", header="proofText", label=_("Tekst die de persoon zag"), max_length=1000),
)

_UNKNOWN_SUBJECT = """
    NOT EXISTS (SELECT FROM consent_topic t WHERE t.code = s.code)
    AND NOT EXISTS (SELECT FROM consent_datause d WHERE d.code = s.code)
"""

_TOO_YOUNG = """
    s.is_given
    AND EXISTS (SELECT FROM members_contact c
             WHERE c.external_id = s.member AND c.date_of_birth > s.recorded_at::date - interval '{age} years')
"""

_NOBODY_HAS_IT = """
    s.member = '' AND NOT s.is_given
    AND NOT EXISTS (SELECT FROM members_contact c WHERE c.email_norm = s.email_norm)
"""

# One person's answers about one subject. A no by address alone is the no of everyone who has it: who
# objects is heard at once (AVG, article 21), also where we cannot tell two people apart.
_ANSWERS = """
    DROP TABLE IF EXISTS answers;
    CREATE TEMP TABLE answers ON COMMIT DROP AS
    WITH named AS (
        SELECT c.id AS contact_id, s.*
          FROM accepted AS s
          JOIN members_contact AS c ON c.external_id = s.member
         WHERE s.member <> ''
         UNION ALL
        SELECT a.contact_id, s.*
          FROM accepted AS s
          JOIN addressees AS a ON a.email_norm = s.email_norm
         WHERE s.member = '' AND s.is_given
         UNION ALL
        SELECT c.id, s.*
          FROM accepted AS s
          JOIN members_contact AS c ON c.email_norm = s.email_norm
         WHERE s.member = '' AND NOT s.is_given
    )
    SELECT n.contact_id,
           CASE WHEN t.code IS NULL THEN 'data_use' ELSE 'topic' END AS subject,
           n.code, n.is_given, n.source, n.recorded_at, n.proof_text, n.line
      FROM named AS n
      LEFT JOIN consent_topic AS t ON t.code = n.code;
    ANALYZE answers;
"""

# Every text that proved a consent becomes a version once; evidence points to it.
_WORDINGS = """
    INSERT INTO consent_wording (library_id, subject, code, version, language, text, created_at)
    SELECT %(library_id)s, subject, code,
           (SELECT coalesce(max(w.version), 0) FROM consent_wording w
             WHERE w.subject = fresh.subject AND w.code = fresh.code)
           + row_number() OVER (PARTITION BY subject, code ORDER BY proof_text),
           'nl', proof_text, %(at)s
      FROM (SELECT DISTINCT subject, code, proof_text FROM answers WHERE proof_text <> '') AS fresh
     WHERE NOT EXISTS (SELECT FROM consent_wording w
                        WHERE w.subject = fresh.subject AND w.code = fresh.code AND w.text = fresh.proof_text)
"""

# A yes opens a consent that lasts until the next no. At one and the same moment a no comes last: a file that
# knows only days leaves us in doubt, and in doubt nobody is mailed.
_SPELLS = """
    DROP TABLE IF EXISTS spells;
    CREATE TEMP TABLE spells ON COMMIT DROP AS
    WITH turns AS (
        SELECT *, lag(is_given) OVER one AS was_given
          FROM answers
        WINDOW one AS (PARTITION BY contact_id, subject, code ORDER BY recorded_at, is_given DESC, line)
    )
    SELECT *, lead(recorded_at) OVER one AS until, lead(source) OVER one AS until_source
      FROM turns
     WHERE is_given IS DISTINCT FROM was_given
    WINDOW one AS (PARTITION BY contact_id, subject, code ORDER BY recorded_at, is_given DESC, line);
    ANALYZE spells;
"""

# What is open ends with the first no after its opening.
_CLOSINGS = """
    DROP TABLE IF EXISTS closings;
    CREATE TEMP TABLE closings ON COMMIT DROP AS
    SELECT DISTINCT ON (c.id) c.id, s.recorded_at, s.source, s.line
      FROM consent_consent AS c
      JOIN spells AS s ON s.contact_id = c.contact_id AND s.subject = c.subject AND s.code = c.code
     WHERE NOT s.is_given AND c.closed_at IS NULL AND c.opened_at <= s.recorded_at
     ORDER BY c.id, s.recorded_at, s.line
"""

_CLOSE = """
    WITH closed AS (
        UPDATE consent_consent AS c
           SET closed_at = x.recorded_at, closed_source = x.source
          FROM closings AS x
         WHERE c.id = x.id
        RETURNING c.contact_id
    )
    INSERT INTO noted SELECT DISTINCT contact_id FROM closed ON CONFLICT DO NOTHING
"""

# An answer counts when it is newer than all we know of this person and subject: an old list never undoes
# what was said later, whichever of the two comes in first.
_IS_NEWS = """
    NOT EXISTS (SELECT FROM consent_consent c
                 WHERE c.contact_id = s.contact_id AND c.subject = s.subject AND c.code = s.code
                   AND (c.closed_at IS NULL OR c.closed_at >= s.recorded_at OR c.opened_at >= s.recorded_at))
"""

_OPENINGS = f"""
    DROP TABLE IF EXISTS openings;
    CREATE TEMP TABLE openings ON COMMIT DROP AS
    SELECT s.*, w.id AS wording_id
      FROM spells AS s
      LEFT JOIN consent_wording AS w
             ON w.subject = s.subject AND w.code = s.code AND w.text = s.proof_text AND s.proof_text <> ''
     WHERE s.is_given AND {_IS_NEWS}
"""

# Only what it opened can be undone, by closing it; evidence is never deleted, and what ended stays ended.
_OPEN = f"""
    WITH opened AS (
    INSERT INTO consent_consent AS t (library_id, contact_id, subject, code, basis, wording_id, source, opened_at,
                                 closed_at, closed_source)
    SELECT %(library_id)s, contact_id, subject, code, 'consent', wording_id, source, recorded_at,
           until, coalesce(until_source, '')
      FROM openings
     ORDER BY contact_id, subject, code, recorded_at
    RETURNING t.id, {staging.fingerprint("t")} AS after
    ), recording AS ({staging.recording("opened", table="consent_consent", action="i")})
    SELECT FROM opened
"""

_NOTE_OPENINGS = "INSERT INTO noted SELECT DISTINCT contact_id FROM openings ON CONFLICT DO NOTHING"

# A no where nothing was open is kept as a consent that ended as it began: never in force, and newer than
# any older yes that may still come.
_KEEP_NO = f"""
    WITH kept AS (
        INSERT INTO consent_consent (library_id, contact_id, subject, code, basis, source, opened_at, closed_at,
                                     closed_source)
        SELECT DISTINCT ON (s.contact_id, s.subject, s.code)
               %(library_id)s, s.contact_id, s.subject, s.code, 'consent', s.source, s.recorded_at, s.recorded_at,
               s.source
          FROM spells AS s
         WHERE NOT s.is_given AND {_IS_NEWS}
         ORDER BY s.contact_id, s.subject, s.code, s.recorded_at DESC
        RETURNING contact_id
    )
    INSERT INTO noted SELECT DISTINCT contact_id FROM kept ON CONFLICT DO NOTHING
"""

_LINES = """
    SELECT (SELECT count(DISTINCT line) FROM openings),
           (SELECT count(*) FROM (SELECT line FROM closings EXCEPT SELECT line FROM openings) AS only_closed),
           (SELECT count(*) FROM accepted)
"""

_SUPPRESS_MARKED = f"""
    WITH added AS (
    INSERT INTO consent_suppression AS t (library_id, scope, reach, reason, contact_id, source, since)
    SELECT %(library_id)s, 'contact', 'all', marked.reason, c.id, %(source)s, %(at)s
      FROM accepted AS s
      JOIN members_contact AS c ON c.external_id = s.external_id
     CROSS JOIN LATERAL (VALUES ('deceased', c.is_deceased), ('institution', c.kind = 'institution'))
           AS marked (reason, holds)
     WHERE marked.holds
       AND NOT EXISTS (SELECT FROM consent_suppression x
                        WHERE x.contact_id = c.id AND x.reason = marked.reason AND x.lifted_at IS NULL)
     ORDER BY c.id
    RETURNING t.id, {staging.fingerprint("t")} AS after
    ), recording AS ({staging.recording("added", table="consent_suppression", action="i")})
    SELECT FROM added
"""

# A mark that was a mistake is lifted by the source that made it; what anybody else noted stays.
_LIFT_UNMARKED = f"""
    WITH lifted AS (
    UPDATE consent_suppression AS x
       SET lifted_at = %(at)s
      FROM accepted AS s
      JOIN members_contact AS c ON c.external_id = s.external_id
     WHERE x.contact_id = c.id
       AND x.lifted_at IS NULL
       AND x.source = %(source)s
       AND (x.reason = 'deceased' AND NOT c.is_deceased OR x.reason = 'institution' AND c.kind = 'person')
    RETURNING x.id, {staging.image("old", ["lifted_at"])} AS before, {staging.image("new", ["lifted_at"])} AS after
    ), recording AS ({staging.recording("lifted", table="consent_suppression", action="u")})
    SELECT FROM lifted
"""


_TELL = """
    INSERT INTO told SELECT line, 'new' FROM openings UNION ALL SELECT line, 'changed' FROM closings
"""


def merge_consents(run: Run) -> Outcome:
    """Open and close consents as the file tells, oldest answer first; nothing later is undone."""
    staging.refuse("unknown_topic", header="topic", value="s.code", where=_UNKNOWN_SUBJECT)
    staging.refuse(
        "missing", header="memberExternalId", value="''", where="s.member = '' AND s.email_norm = ''"
    )
    activities.refuse_unknown_members()
    staging.refuse(
        "too_young", header="memberExternalId", value="s.member", where=_TOO_YOUNG.format(age=AGE_OF_OWN_MAIL)
    )
    activities.refuse_future(run, header="recordedAt", moment="s.recorded_at")
    activities.refuse_unclear_addresses(on=run.at.date(), header="email", among="s.is_given")
    staging.refuse("unknown_member", header="email", value="s.email", where=_NOBODY_HAS_IT)
    for statement in (
        _ANSWERS,
        _WORDINGS,
        _SPELLS,
        _CLOSINGS,
        _CLOSE,
        _OPENINGS,
        _OPEN,
        _NOTE_OPENINGS,
        _KEEP_NO,
        _TELL,
    ):
        staging.execute(statement, {"library_id": run.library_id, "at": run.at})
    opened, closed, total = _lines()
    return Outcome(new=opened, changed=closed, unchanged=total - opened - closed)


def _lines() -> tuple[int, int, int]:
    """How many rows of the file opened a consent, only closed one, and were accepted."""
    with connection.cursor() as cursor:
        cursor.execute(_LINES)
        opened, closed, total = cursor.fetchone()
        return opened, closed, total


def suppress_marked(run: Run) -> None:
    """After `members`: nobody writes to the deceased or to institutions (decision D4)."""
    values = {"library_id": run.library_id, "source": run.source, "at": run.at}
    staging.execute(_SUPPRESS_MARKED, values)
    staging.execute(_LIFT_UNMARKED, values)


# Undoing a file closes what it opened and reopens nothing: what ended stays ended (ADR 21).
_CLOSE_OPENED = """
    closed AS (
        UPDATE consent_consent AS c
           SET closed_at = greatest(%(at)s, c.opened_at), closed_source = 'import_undone'
          FROM todo
         WHERE c.id = todo.row_id AND c.closed_at IS NULL
        RETURNING todo.id
    ), done AS (SELECT todo.id FROM todo JOIN consent_consent AS c ON c.id = todo.row_id)
"""


def register() -> None:
    undoing.instead_of_deleting("consent_consent", _CLOSE_OPENED)
    sinks.register(
        Sink(code="consents", label=_("Toestemmingen"), order=130, columns=COLUMNS, merge=merge_consents)
    )
    sinks.follow("consents", changes.note_merged)
    sinks.follow("members", suppress_marked)
    sinks.follow("members", erasing.suppress_returned)
