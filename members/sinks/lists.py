"""The file `list_members`: who stands on which list. A list is made by a colleague first, with its purpose."""

from django.utils.translation import gettext_lazy as _

from bibmail.tenancy import sinks, staging
from bibmail.tenancy.sinks import Column, Outcome, Run, Sink
from members import activities, changes

COLUMNS = (
    Column(name="list_name", header="list", label=_("Naam van de lijst"), required=True, max_length=80),
    Column(name="member", header="memberExternalId", label=_("Nummer van het lid"), max_length=80),
    Column(name="email", header="email", label=_("E-mail"), type="email"),
    Column(name="first_name", header="firstName", label=_("Voornaam"), max_length=100, fold=True),
    Column(name="last_name", header="lastName", label=_("Naam"), max_length=100, fold=True),
    Column(name="organisation", header="organisation", label=_("Organisatie"), max_length=120),
    Column(name="role", header="role", label=_("Functie"), max_length=120),
)

_UNNAMED = "s.member = '' AND s.first_name_folded = '' AND s.last_name_folded = ''"

# The same address and the same name is the same person. Without a name the address must be one person's, whom
# `addressees` then holds.
_SAME_PERSON = f"""
    c.kind = 'person' AND c.email_norm = s.email_norm
    AND (c.first_name_folded = s.first_name_folded AND c.last_name_folded = s.last_name_folded
         OR {_UNNAMED} AND c.id = (SELECT a.contact_id FROM addressees AS a WHERE a.email_norm = s.email_norm))
"""

# On a list of stakeholders who is new comes in.
_ADD_STAKEHOLDERS = f"""
    INSERT INTO members_contact (library_id, kind, relation, first_name, name_prefix, last_name, first_name_folded,
                                 last_name_folded, gender, postal_code, city, email, email_norm, recipient_hash,
                                 language, is_deceased, source, sourced_at, field_sources)
    SELECT DISTINCT ON (s.email_norm, s.first_name_folded, s.last_name_folded)
           %(library_id)s, 'person', 'stakeholder', s.first_name, '', s.last_name, s.first_name_folded,
           s.last_name_folded, '', '', '', s.email, s.email_norm, s.email_hash, 'nl', false,
           %(source)s, %(at)s, '{{}}'
      FROM accepted AS s
      JOIN members_contactlist AS k ON k.name = s.list_name AND k.kind = 'stakeholders'
     WHERE s.member = '' AND NOT EXISTS (SELECT FROM members_contact AS c WHERE {_SAME_PERSON})
     ORDER BY s.email_norm, s.first_name_folded, s.last_name_folded, s.line
"""

_ROWS = f"""(
    SELECT DISTINCT ON (k.id, found.id) k.id AS list_id, found.id AS contact_id, s.organisation, s.role
      FROM accepted AS s
      JOIN members_contactlist AS k ON k.name = s.list_name
      JOIN LATERAL (SELECT c.id FROM members_contact AS c
                     WHERE s.member <> '' AND c.external_id = s.member
                        OR s.member = '' AND {_SAME_PERSON}
                     ORDER BY c.id LIMIT 1) AS found ON true
     ORDER BY k.id, found.id, s.line) AS r"""

_UPDATE = f"""
    WITH changed AS (
        UPDATE members_listmember AS l
           SET organisation = r.organisation, role = r.role
          FROM {_ROWS}
         WHERE l.contact_list_id = r.list_id AND l.contact_id = r.contact_id AND l.until IS NULL
           AND (l.organisation, l.role) IS DISTINCT FROM (r.organisation, r.role)
        RETURNING l.contact_id)
    SELECT FROM changed
"""

_INSERT = f"""
    WITH added AS (
        INSERT INTO members_listmember (library_id, contact_list_id, contact_id, organisation, role, source, since)
        SELECT %(library_id)s, r.list_id, r.contact_id, r.organisation, r.role, %(source)s, %(at)s
          FROM {_ROWS}
         ORDER BY r.contact_id
            ON CONFLICT (library_id, contact_list_id, contact_id) WHERE until IS NULL DO NOTHING
        RETURNING contact_id), noting AS (
        INSERT INTO noted SELECT DISTINCT contact_id FROM added ON CONFLICT DO NOTHING)
    SELECT FROM added
"""

_KNOWN_LIST = "EXISTS (SELECT FROM members_contactlist k WHERE k.name = s.list_name {more})"


def merge_list_members(run: Run) -> Outcome:
    """Put people on lists; on a list of stakeholders who is new becomes a contact. Nobody is taken off."""
    staging.refuse(
        "unknown_list",
        header="list",
        value="s.list_name",
        where=f"NOT {_KNOWN_LIST.format(more='AND NOT k.is_archived')}",
    )
    activities.refuse_unknown_members()
    staging.refuse("missing", header="email", value="''", where="s.member = '' AND s.email_norm = ''")
    is_for_new = _KNOWN_LIST.format(more="AND k.kind = 'stakeholders'")
    has_address = "EXISTS (SELECT FROM members_contact AS c WHERE c.email_norm = s.email_norm)"
    activities.refuse_unclear_addresses(
        on=run.at.date(), header="email", among=f"{_UNNAMED} AND (NOT {is_for_new} OR {has_address})"
    )
    staging.refuse(
        "unknown_member",
        header="email",
        value="s.email",
        where=f"s.member = '' AND NOT {is_for_new}"
        f" AND NOT EXISTS (SELECT FROM members_contact AS c WHERE {_SAME_PERSON})",
    )
    values = {"library_id": run.library_id, "source": run.source, "at": run.at}
    staging.execute(_ADD_STAKEHOLDERS, values)
    changed = staging.execute(_UPDATE, values) if "organisation" in run.present else 0
    new = staging.execute(_INSERT, values)
    total = staging.execute("SELECT FROM accepted")
    return Outcome(new=new, changed=changed, unchanged=total - new - changed)


def register() -> None:
    sinks.register(
        Sink(code="list_members", label=_("Mensen op lijsten"), order=140, columns=COLUMNS,
             merge=merge_list_members)
    )  # fmt: skip
    sinks.follow("list_members", changes.note_merged)
