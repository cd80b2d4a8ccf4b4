"""The file `profile_links`: Mijn Bibliotheek profiles and the memberships linked to them."""

from django.utils.translation import gettext_lazy as _

from bibmail.tenancy import sinks, staging
from bibmail.tenancy.sinks import Column, Outcome, Run, Sink
from members import activities, numbers
from members.kinds import oldest_kept
from members.models import ActivityKind

COLUMNS = (
    Column(name="profile_id", header="profileId", label=_("Profiel"), required=True, max_length=72),
    Column(name="member", header="memberExternalId", label=_("Nummer van het lid"), max_length=80),
    Column(name="relation", header="relation", label=_("Relatie"), type="choice", required=True,
           choices={"zelf": "self", "kind": "child", "andere": "other"}),
    Column(name="linked_on", header="linkedOn", label=_("Gekoppeld op"), type="date"),
    Column(name="email", header="profileEmail", label=_("E-mail van het profiel"), type="email"),
    Column(name="first_name", header="profileFirstName", label=_("Voornaam"), max_length=100, fold=True),
    Column(name="last_name", header="profileLastName", label=_("Naam"), max_length=100, fold=True),
)  # fmt: skip

# A parent who is no member is known by the profile alone (decision D4).
_PERSON = "CASE WHEN s.member <> '' THEN s.member ELSE 'profile:' || s.profile_id END"

_LINKS = f"""
    accepted AS s
    JOIN members_household AS h ON h.profile_id = s.profile_id
    JOIN members_contact   AS c ON c.external_id = {_PERSON}
"""

# "andere" says nothing of age; who is under 18 on the day of the file is a child.
_ROLE = """
    CASE WHEN s.relation = 'child' THEN 'child'
         WHEN s.relation = 'other' AND c.date_of_birth > ('{today}'::date - interval '18 years') THEN 'child'
         ELSE 'adult'
    END
"""

# The adult did the linking; children are never spoken to.
_LINKING = """
    SELECT adult.contact_id, 'child_linked', child.linked_on::timestamp AT TIME ZONE 'Europe/Brussels',
           NULL::bigint, '', '', '', h.profile_id || ':' || child.contact_id
      FROM members_household h
      JOIN members_householdmember child
           ON child.household_id = h.id AND child.role = 'child' AND child.unlinked_on IS NULL
      JOIN LATERAL (SELECT a.contact_id
                      FROM members_householdmember a
                      JOIN members_contact p ON p.id = a.contact_id
                     WHERE a.household_id = h.id AND a.role = 'adult' AND a.unlinked_on IS NULL
                     ORDER BY p.date_of_birth NULLS FIRST, a.id
                     LIMIT 1) AS adult ON true
     WHERE h.profile_id IN (SELECT profile_id FROM accepted)
       AND child.linked_on > '{oldest}'::timestamptz
"""


# Columns of a parent without a membership, the staging column each depends on, and the expression.
_PARENT = {
    "first_name": ("first_name", "s.first_name"),
    "first_name_folded": ("first_name", "s.first_name_folded"),
    "last_name": ("last_name", "s.last_name"),
    "last_name_folded": ("last_name", "s.last_name_folded"),
    "email": ("email", "s.email"),
    "email_norm": ("email", "s.email_norm"),
    "recipient_hash": ("email", "s.email_hash"),
}
_NEW_PARENT = {
    "relation": "'parent'", "kind": "'person'", "name_prefix": "''", "gender": "''", "postal_code": "''",
    "city": "''", "language": "'nl'", "is_deceased": "false",
}  # fmt: skip

# A file tells all links of the profiles it names; who is not among them any more was unlinked.
_UNLINK_OTHERS = f"""
    WITH unlinked AS (
        UPDATE members_householdmember AS l
           SET unlinked_on = %(today)s
          FROM members_household AS h
         WHERE h.id = l.household_id
           AND l.unlinked_on IS NULL
           AND h.profile_id IN (SELECT profile_id FROM accepted)
           AND NOT EXISTS (SELECT FROM accepted AS s JOIN members_contact AS c ON c.external_id = {_PERSON}
                            WHERE s.profile_id = h.profile_id AND c.id = l.contact_id)
        RETURNING l.contact_id, l.id, {staging.image("old", ["unlinked_on"])} AS before,
                  {staging.image("new", ["unlinked_on"])} AS after
    ), recording AS ({staging.recording("unlinked", table="members_householdmember", action="u")}
    ), noting AS (
        INSERT INTO noted SELECT DISTINCT contact_id FROM unlinked ON CONFLICT DO NOTHING
    )
    SELECT FROM unlinked
"""


def merge_profile_links(run: Run) -> Outcome:
    """Households by profile, parents without a membership as contacts, and who belongs to which."""
    activities.refuse_unknown_members()
    numbers.resolve_profiles()
    staging.refuse(
        "missing",
        header="profileEmail",
        value="s.profile_id",
        where="s.member = '' AND s.email_norm = ''",
    )
    staging.upsert(
        "members_household",
        key={"profile_id": "s.profile_id"},
        values={},
        rows="(SELECT DISTINCT profile_id FROM accepted) AS s",
    )
    values, first = staging.spoken_of(run, _PARENT)
    staging.upsert(
        "members_contact",
        key={"external_id": "'profile:' || s.profile_id"},
        values=values,
        first=first | _NEW_PARENT,
        rows="accepted AS s WHERE s.member = ''",
        sourced_by=run,
        together=staging.facts_of(_PARENT),
        line="s.line",
        added_as="changed",
    )
    values, first = staging.spoken_of(run, {"linked_on": ("linked_on", "s.linked_on")})
    staging.upsert(
        "members_householdmember",
        key={"household_id": "h.id", "contact_id": "c.id"},
        values={
            "role": _ROLE.format(today=run.at.date()),
            "is_self": "s.relation = 'self'",
            "unlinked_on": "NULL::date",
        }
        | values,
        first=first,
        rows=_LINKS,
        note="contact_id",
        note_added=True,
        line="s.line",
    )
    unlinked = staging.execute(_UNLINK_OTHERS, {"today": run.at.date()})
    oldest = oldest_kept(ActivityKind.CHILD_LINKED, at=run.at)
    activities.merge(run, _LINKING.format(oldest=oldest), stream="household")
    # A line that only corrects the name of a parent changed something too.
    return staging.outcome() + Outcome(removed=unlinked)


def register() -> None:
    sinks.register(
        Sink(code="profile_links", label=_("Gezinnen (Mijn Bibliotheek)"), order=70, columns=COLUMNS,
             key=("profile_id", "member"), merge=merge_profile_links)
    )  # fmt: skip
