"""The file `consents`, and the suppression of people whom the file `members` marks."""

from django.utils.translation import gettext_lazy as _

from bibmail.tenancy import sinks, staging
from bibmail.tenancy.sinks import Column, Outcome, Run, Sink
from members import activities
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
    EXISTS (SELECT FROM members_contact c
             WHERE c.external_id = s.member AND c.date_of_birth > s.recorded_at::date - interval '{age} years')
"""

# One person's answers about one subject, in the order in which they were given.
_ANSWERS = """
    DROP TABLE IF EXISTS answers;
    CREATE TEMP TABLE answers ON COMMIT DROP AS
    SELECT coalesce(by_number.id, by_address.contact_id) AS contact_id,
           CASE WHEN t.code IS NULL THEN 'data_use' ELSE 'topic' END AS subject,
           s.code, s.is_given, s.source, s.recorded_at, s.proof_text, s.line
      FROM accepted AS s
      LEFT JOIN consent_topic   AS t         ON t.code = s.code
      LEFT JOIN members_contact AS by_number ON s.member <> '' AND by_number.external_id = s.member
      LEFT JOIN addressees AS by_address ON s.member = '' AND by_address.email_norm = s.email_norm;
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

# A yes opens a consent that lasts until the next no. It counts when it is newer than all we know of this
# person and subject: an old list never undoes a later withdrawal.
_SPELLS = """
    DROP TABLE IF EXISTS spells;
    CREATE TEMP TABLE spells ON COMMIT DROP AS
    WITH turns AS (
        SELECT *, lag(is_given) OVER one AS was_given
          FROM answers
        WINDOW one AS (PARTITION BY contact_id, subject, code ORDER BY recorded_at, line)
    ), changes AS (
        SELECT *, lead(recorded_at) OVER one AS until, lead(source) OVER one AS until_source
          FROM turns
         WHERE is_given IS DISTINCT FROM was_given
        WINDOW one AS (PARTITION BY contact_id, subject, code ORDER BY recorded_at, line)
    )
    SELECT c.* FROM changes c;
    ANALYZE spells;
"""

_CLOSE = """
    UPDATE consent_consent AS c
       SET closed_at = s.recorded_at, closed_source = s.source
      FROM spells AS s
     WHERE c.contact_id = s.contact_id AND c.subject = s.subject AND c.code = s.code
       AND NOT s.is_given
       AND c.closed_at IS NULL
       AND c.opened_at <= s.recorded_at
"""

_OPEN = """
    INSERT INTO consent_consent (library_id, contact_id, subject, code, basis, wording_id, source, opened_at,
                                 closed_at, closed_source)
    SELECT %(library_id)s, s.contact_id, s.subject, s.code, 'consent', w.id, s.source, s.recorded_at,
           s.until, coalesce(s.until_source, '')
      FROM spells AS s
      LEFT JOIN consent_wording AS w
             ON w.subject = s.subject AND w.code = s.code AND w.text = s.proof_text AND s.proof_text <> ''
     WHERE s.is_given
       AND NOT EXISTS (SELECT FROM consent_consent c
                        WHERE c.contact_id = s.contact_id AND c.subject = s.subject AND c.code = s.code
                          AND (c.closed_at IS NULL OR c.closed_at >= s.recorded_at OR c.opened_at >= s.recorded_at))
     ORDER BY s.contact_id, s.subject, s.code, s.recorded_at
"""

_SUPPRESS_MARKED = """
    INSERT INTO consent_suppression (library_id, scope, reach, reason, contact_id, source, since)
    SELECT %(library_id)s, 'contact', 'all', marked.reason, c.id, %(source)s, %(at)s
      FROM accepted AS s
      JOIN members_contact AS c ON c.external_id = s.external_id
     CROSS JOIN LATERAL (VALUES ('deceased', c.is_deceased), ('institution', c.kind = 'institution'))
           AS marked (reason, holds)
     WHERE marked.holds
       AND NOT EXISTS (SELECT FROM consent_suppression x
                        WHERE x.contact_id = c.id AND x.reason = marked.reason AND x.lifted_at IS NULL)
     ORDER BY c.id
"""

# A mark that was a mistake in the source is lifted with it; other reasons stay.
_LIFT_UNMARKED = """
    UPDATE consent_suppression AS x
       SET lifted_at = %(at)s
      FROM accepted AS s
      JOIN members_contact AS c ON c.external_id = s.external_id
     WHERE x.contact_id = c.id
       AND x.lifted_at IS NULL
       AND (x.reason = 'deceased' AND NOT c.is_deceased OR x.reason = 'institution' AND c.kind = 'person')
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
    activities.refuse_unclear_addresses(on=run.at.date(), header="email")
    staging.execute(_ANSWERS)
    staging.execute(_WORDINGS, {"library_id": run.library_id, "at": run.at})
    staging.execute(_SPELLS)
    closed = staging.execute(_CLOSE)
    opened = staging.execute(_OPEN, {"library_id": run.library_id})
    total = staging.execute("SELECT FROM accepted")
    return Outcome(new=opened, changed=closed, unchanged=total - opened - closed)


def suppress_marked(run: Run) -> None:
    """After `members`: nobody writes to the deceased or to institutions (decision D4)."""
    values = {"library_id": run.library_id, "source": run.source, "at": run.at}
    staging.execute(_SUPPRESS_MARKED, values)
    staging.execute(_LIFT_UNMARKED, values)


def register() -> None:
    sinks.register(
        Sink(code="consents", label=_("Toestemmingen"), order=130, columns=COLUMNS, merge=merge_consents)
    )
    sinks.follow("members", suppress_marked)
