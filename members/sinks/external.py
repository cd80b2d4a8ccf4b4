"""The files `external_segments` and `visits_daily`: what others say of people and of branches."""

from django.db import connection
from django.utils.translation import gettext_lazy as _

from bibmail.tenancy import sinks, staging
from bibmail.tenancy.sinks import Column, Outcome, Run, Sink
from members import activities, changes

SEGMENTS = (
    Column(name="member", header="memberExternalId", label=_("Nummer van het lid"), max_length=80,
           aliases=("externalId", "lenernummer")),
    Column(name="profile_id", header="profileId", label=_("Profiel"), max_length=72, aliases=("gezin",)),
    Column(name="postal_code", header="postalCode", label=_("Postcode"), max_length=10, aliases=("postcode",)),
    Column(name="scheme", header="scheme", label=_("Indeling"), required=True, max_length=40, aliases=("indeling",)),
    Column(name="code", header="code", label=_("Code"), required=True, max_length=40),
    Column(name="label", header="label", label=_("Naam van de code"), max_length=120, aliases=("naam",)),
)  # fmt: skip

VISITS = (
    Column(name="branch_code", header="branchId", label=_("Vestiging"), required=True, max_length=20,
           aliases=("vestiging",)),
    Column(name="day", header="date", label=_("Datum"), type="date", required=True, aliases=("datum",)),
    Column(name="hour", header="hour", label=_("Uur"), type="integer", aliases=("uur",)),
    Column(name="visits", header="visits", label=_("Bezoeken"), type="integer", required=True,
           aliases=("bezoeken", "aantal")),
    Column(name="method", header="method", label=_("Geteld of geraamd"), type="choice",
           choices={"geteld": "counted", "geraamd": "estimated", "": "counted"}),
)  # fmt: skip

_NOBODY_NAMED = "s.member = '' AND s.profile_id = '' AND s.postal_code = ''"
_UNKNOWN_HOUSEHOLD = """
    s.member = '' AND s.profile_id <> ''
    AND NOT EXISTS (SELECT FROM members_household AS h WHERE h.profile_id = s.profile_id)
"""
_NOBODY_LIVES_THERE = """
    s.member = '' AND s.profile_id = '' AND s.postal_code <> ''
    AND NOT EXISTS (SELECT FROM members_contact AS c WHERE c.postal_code = s.postal_code AND c.kind = 'person')
"""

# Who is meant, and by what: what is said of a person goes before their household, and that before the place.
_PLACES = """
    DROP TABLE IF EXISTS placed;
    CREATE TEMP TABLE placed ON COMMIT DROP AS
    SELECT DISTINCT ON (meant.contact_id, meant.scheme) meant.*, known.code AS known_code
      FROM (SELECT c.id AS contact_id, s.scheme, s.code, s.line, 1 AS rank
              FROM accepted AS s
              JOIN members_contact AS c ON c.external_id = s.member
             WHERE s.member <> ''
             UNION ALL
            SELECT l.contact_id, s.scheme, s.code, s.line, 2
              FROM accepted AS s
              JOIN members_household AS h ON h.profile_id = s.profile_id
              JOIN members_householdmember AS l ON l.household_id = h.id AND l.unlinked_on IS NULL
             WHERE s.member = '' AND s.profile_id <> ''
             UNION ALL
            SELECT c.id, s.scheme, s.code, s.line, 3
              FROM accepted AS s
              JOIN members_contact AS c ON c.postal_code = s.postal_code AND c.kind = 'person'
             WHERE s.member = '' AND s.profile_id = '') AS meant
      LEFT JOIN members_externalsegment AS known
             ON known.contact_id = meant.contact_id AND known.scheme = meant.scheme
     ORDER BY meant.contact_id, meant.scheme, meant.rank, meant.line;
    ANALYZE placed;
"""

# A line about a place is about many; it is new when it is so for one of them.
_LINES = """
    SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE is_changed AND NOT is_new)
      FROM (SELECT line, bool_or(known_code IS NULL) AS is_new, bool_or(known_code <> code) AS is_changed
              FROM placed GROUP BY line) AS lines
"""

_LABELS = """(SELECT DISTINCT ON (scheme, code) scheme, code, label
                FROM accepted ORDER BY scheme, code, label = '', line) AS s"""


def merge_external_segments(run: Run) -> Outcome:
    """Codes from outside, of people by their number, household or postal code; each row is one code."""
    staging.refuse("missing", header="memberExternalId", value="''", where=_NOBODY_NAMED)
    activities.refuse_unknown_members()
    staging.refuse("unknown_household", header="profileId", value="s.profile_id", where=_UNKNOWN_HOUSEHOLD)
    staging.refuse("nobody_there", header="postalCode", value="s.postal_code", where=_NOBODY_LIVES_THERE)
    values, first = staging.spoken_of(run, {"label": ("label", "s.label")})
    staging.upsert(
        "members_externalsegmentcode",
        key={"scheme": "s.scheme", "code": "s.code"},
        values=values,
        first=first,
        rows=_LABELS,
        note=None,
    )
    staging.execute(_PLACES)
    with connection.cursor() as cursor:
        cursor.execute(_LINES)
        new, changed = cursor.fetchone()
    staging.upsert(
        "members_externalsegment",
        key={"contact_id": "p.contact_id", "scheme": "p.scheme"},
        values={"code": "p.code"},
        rows="placed AS p",
        note="contact_id",
        note_added=True,
    )
    return Outcome(new, changed, staging.execute("SELECT FROM accepted") - new - changed)


def merge_visits_daily(run: Run) -> Outcome:
    """How many came in at a branch on a day or in an hour of it; nothing about anybody."""
    activities.refuse_unknown_branches()
    activities.refuse_future(run, header="date", moment="s.day")
    staging.refuse("bad_hour", header="hour", value="s.hour", where="s.hour NOT BETWEEN 0 AND 23")
    staging.refuse("negative", header="visits", value="s.visits", where="s.visits < 0")
    values, first = staging.spoken_of(run, {"method": ("method", "s.method")})
    return staging.upsert(
        "members_dailyvisits",
        key={"branch_id": "b.id", "day": "s.day", "hour": "coalesce(s.hour, -1)"},
        values={"visits_count": "s.visits"} | values,
        first=first,
        rows="accepted AS s JOIN tenancy_branch AS b ON b.code = s.branch_code",
        note=None,
    )


def register() -> None:
    sinks.register(
        Sink(code="external_segments", label=_("Indelingen van buitenaf"), order=140, columns=SEGMENTS,
             key=("member", "profile_id", "postal_code", "scheme"), merge=merge_external_segments)
    )  # fmt: skip
    sinks.register(
        Sink(code="visits_daily", label=_("Bezoekers per dag"), order=150, columns=VISITS,
             key=("branch_code", "day", "hour"), merge=merge_visits_daily)
    )  # fmt: skip
    sinks.follow("external_segments", changes.note_merged)
