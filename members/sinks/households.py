"""The file `profile_links`: Mijn Bibliotheek profiles and the memberships linked to them."""

from django.utils.translation import gettext_lazy as _

from bibmail.tenancy import sinks, staging
from bibmail.tenancy.sinks import Column, Outcome, Run, Sink
from members import activities
from members.kinds import oldest_kept
from members.models import ActivityKind

COLUMNS = (
    Column(name="profile_id", header="profileId", label=_("Profiel"), required=True, max_length=80),
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
      JOIN members_householdmember child ON child.household_id = h.id AND child.role = 'child'
      JOIN LATERAL (SELECT a.contact_id
                      FROM members_householdmember a
                     WHERE a.household_id = h.id AND a.role = 'adult'
                     ORDER BY a.id
                     LIMIT 1) AS adult ON true
     WHERE h.profile_id IN (SELECT profile_id FROM accepted)
       AND child.linked_on > '{oldest}'::timestamptz
"""


def merge_profile_links(run: Run) -> Outcome:
    """Households by profile, parents without a membership as contacts, and who belongs to which."""
    activities.refuse_unknown_members()
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
    staging.upsert(
        "members_contact",
        key={"external_id": "'profile:' || s.profile_id"},
        values={
            "first_name": "s.first_name",
            "last_name": "s.last_name",
            "first_name_folded": "s.first_name_folded",
            "last_name_folded": "s.last_name_folded",
            "email": "s.email",
            "email_norm": "s.email_norm",
            "recipient_hash": "s.email_hash",
        },
        rows="accepted AS s WHERE s.member = ''",
        sourced_by=run,
        constants={
            "relation": "'parent'", "kind": "'person'", "name_prefix": "''", "gender": "''",
            "postal_code": "''", "city": "''", "language": "'nl'", "is_deceased": "false",
        },
    )  # fmt: skip
    outcome = staging.upsert(
        "members_householdmember",
        key={"household_id": "h.id", "contact_id": "c.id"},
        values={"role": _ROLE.format(today=run.at.date()), "linked_on": "s.linked_on"},
        rows=_LINKS,
    )
    oldest = oldest_kept(ActivityKind.CHILD_LINKED, at=run.at)
    activities.merge(run, _LINKING.format(oldest=oldest), source=f"{run.source}:household")
    return outcome


def register() -> None:
    sinks.register(
        Sink(code="profile_links", label=_("Gezinnen (Mijn Bibliotheek)"), order=70, columns=COLUMNS,
             key=("profile_id", "member"), merge=merge_profile_links)
    )  # fmt: skip
