"""The file `members`: people and their memberships, as the library system knows them."""

from datetime import timedelta

from django.db import connection
from django.utils.translation import gettext_lazy as _

from bibmail.tenancy import sinks, staging
from bibmail.tenancy.sinks import Column, Outcome, Run, Sink
from members import activities, numbers, summary
from members.kinds import oldest_kept
from members.models import ActivityKind
from members.models.sourced import BY_COLLEAGUE, BY_THEMSELVES

# Patrons that are no persons (leerplatform Cultuurconnect): 120 Klas, Instelling, Doelgroepenwerking, 181 IBL.
_INSTITUTION = r"lower(s.membership_type) ~ '^(120|181)\M|\m(klas|instelling|doelgroepenwerking|ibl)\M'"
# A hint at income: kept only as a hidden mark (law L-09).
_REDUCED_FARE = r"lower(s.membership_type) ~ '\m(kansentarief|kansenpas)'"
_STARRED = "s.last_name LIKE '*%%'"
_DECEASED = rf"({_STARRED} OR lower(s.ended_because) ~ '\moverle(den|ed)\M|\moverlijd')"

COLUMNS = (
    Column(name="external_id", header="externalId", label=_("Nummer in het bibliotheeksysteem"), required=True,
           max_length=80, aliases=("PATRON_ID", "patronSystemId", "lenernummer")),
    Column(name="card_number", header="barcode", label=_("Lidkaartnummer"), max_length=40,
           aliases=("pasnummer", "lidkaartnummer", "kaartnummer")),
    Column(name="first_name", header="firstName", label=_("Voornaam"), max_length=100, fold=True,
           aliases=("FIRST_NAMES", "voornaam")),
    Column(name="name_prefix", header="namePrefix", label=_("Tussenvoegsel"), max_length=40, aliases=("PREFIX",)),
    Column(name="last_name", header="lastName", label=_("Naam"), required=True, max_length=100, fold=True,
           aliases=("LAST_NAME", "naam", "familienaam", "achternaam")),
    Column(name="gender", header="gender", label=_("Geslacht"), type="choice", aliases=("geslacht",),
           choices={"m": "M", "v": "V", "f": "V", "x": "X", "o": "", "": ""}),
    Column(name="date_of_birth", header="dateOfBirth", label=_("Geboortedatum"), type="date",
           aliases=("DATE_OF_BIRTH", "geboortedatum")),
    Column(name="postal_code", header="postalCode", label=_("Postcode"), max_length=10, aliases=("ZIPCODE",)),
    Column(name="city", header="city", label=_("Gemeente"), max_length=100, aliases=("gemeente", "woonplaats")),
    Column(name="email", header="email", label=_("E-mail"), type="email",
           aliases=("E_MAIL", "e-mailadres", "emailadres", "mail")),
    Column(name="language", header="language", label=_("Taal"), type="language", aliases=("taal",)),
    Column(name="branch_code", header="homeBranchId", label=_("Vestiging"), max_length=20, aliases=("vestiging",)),
    Column(name="membership_type", header="subscriptionType", label=_("Type lidmaatschap"), max_length=60,
           aliases=("abonnement", "abonnementstype", "lenerscategorie")),
    Column(name="enrolled_on", header="enrolledOn", label=_("Lid sinds"), type="date", aliases=("inschrijfdatum",)),
    Column(name="renewed_on", header="renewedOn", label=_("Verlengd op"), type="date"),
    Column(name="expires_on", header="expiresOn", label=_("Vervaldatum"), type="date",
           aliases=("vervaldatum", "membershipExpiryDate", "einddatum")),
    Column(name="status", header="status", label=_("Stand"), max_length=40),
    Column(name="has_internet_block", header="internetBlock", label=_("Internetblokkade"), type="yes_no"),
    Column(name="ended_because", header="unsubscribeReason", label=_("Reden van uitschrijving"), max_length=60),
    Column(name="keeps_loan_history", header="loanHistoryOptIn", label=_("Houdt leenhistoriek bij"), type="yes_no"),
)  # fmt: skip

_LAST_NAME = "ltrim(s.last_name, '* ')"


def _unless_corrected(said: str, *, column: str, decides: str, from_source: str) -> str:
    """The cell, or what stands there while the source repeats what a colleague corrected (members/corrections.py)."""
    held = f"own.field_sources -> '{decides}'"
    return (
        f"CASE WHEN {held} ->> 0 = '{BY_COLLEAGUE}' AND {held} ->> 2 IS NOT DISTINCT FROM {from_source}"
        f" THEN own.{column} ELSE {said} END"
    )


def _plain(column: str) -> tuple[str, str]:
    return column, _unless_corrected(
        f"s.{column}", column=column, decides=column, from_source=f"s.{column}::text"
    )


def _beside(column: str, needs: str, said: str, from_source: str) -> tuple[str, str]:
    """A column that follows another: corrected when that one is."""
    return needs, _unless_corrected(said, column=column, decides=needs, from_source=from_source)


# Target columns of a contact, the staging column each depends on, and the expression.
_CONTACT = {
    "first_name": _plain("first_name"),
    "name_prefix": _plain("name_prefix"),
    "last_name": _beside("last_name", "last_name", _LAST_NAME, _LAST_NAME),
    "first_name_folded": _beside("first_name_folded", "first_name", "s.first_name_folded", "s.first_name"),
    "last_name_folded": _beside("last_name_folded", "last_name", "s.last_name_folded", _LAST_NAME),
    "gender": _plain("gender"),
    "date_of_birth": _plain("date_of_birth"),
    "postal_code": _plain("postal_code"),
    "city": _plain("city"),
    "email": _plain("email"),
    "email_norm": _beside("email_norm", "email", "s.email_norm", "s.email"),
    "recipient_hash": _beside("recipient_hash", "email", "s.email_hash", "s.email"),
    "language": (
        "language",
        f"CASE WHEN own.field_sources -> 'language' ->> 0 IN ('{BY_THEMSELVES}', '{BY_COLLEAGUE}') THEN own.language"
        " ELSE coalesce(s.language, 'nl') END",
    ),
    "is_deceased": ("ended_because", _DECEASED),
    "kind": ("membership_type", f"CASE WHEN {_INSTITUTION} THEN 'institution' ELSE 'person' END"),
}

_MEMBERSHIP = {
    "card_number": ("card_number", "s.card_number"),
    "membership_type": ("membership_type", "s.membership_type"),
    "is_reduced_fare": ("membership_type", _REDUCED_FARE),
    "home_branch_id": ("branch_code", "b.id"),
    "enrolled_on": ("enrolled_on", "s.enrolled_on"),
    "renewed_on": ("renewed_on", "s.renewed_on"),
    "expires_on": ("expires_on", "s.expires_on"),
    "status": ("status", "s.status"),
    "ended_because": ("ended_because", "s.ended_because"),
    "has_internet_block": ("has_internet_block", "coalesce(s.has_internet_block, false)"),
    "keeps_loan_history": ("keeps_loan_history", "coalesce(s.keeps_loan_history, false)"),
}

# A language that a person chose for themselves, or a colleague for them, is theirs: no file takes it back.
_CONTACT_ROWS = f"""
    accepted AS s
    LEFT JOIN members_contact AS own
           ON own.external_id = s.external_id
          AND own.field_sources::text ~ '"({BY_THEMSELVES}|{BY_COLLEAGUE})"'
"""

_MEMBERSHIP_ROWS = """
    accepted AS s
    JOIN members_contact AS c ON c.external_id = s.external_id
    LEFT JOIN tenancy_branch AS b ON b.code = s.branch_code
"""

# Whoever is new or changed, and only what still falls within its retention. One a year: a day that the
# source corrects is no second enrolment.
_MEMBERSHIP_ACTS = """
    SELECT c.id, act.kind, act.day::timestamp AT TIME ZONE 'Europe/Brussels', NULL::bigint, '', '', '',
           c.external_id || ':' || act.kind || ':' || extract(year FROM act.day)
      FROM noted AS n
      JOIN members_contact    AS c ON c.id = n.id
      JOIN members_membership AS m ON m.contact_id = n.id
     CROSS JOIN LATERAL (VALUES ('membership_created', m.enrolled_on), ('membership_renewed', m.renewed_on))
           AS act (kind, day)
     WHERE act.day > '{oldest}'::timestamptz
       AND c.kind = 'person'
       AND NOT c.is_deceased
"""


# A file without reasons can mark somebody by the star, and cannot take the mark away.
_MARK_STARRED = f"""
    WITH marked AS (
        UPDATE members_contact AS c
           SET is_deceased = true
          FROM accepted AS s
         WHERE c.external_id = s.external_id AND NOT c.is_deceased AND {_STARRED}
           AND NOT {staging.spoken_since("c", "is_deceased")}
        RETURNING c.id, s.line, {staging.image("old", ["is_deceased"])} AS before,
                  {staging.image("new", ["is_deceased"])} AS after
    ), recording AS ({staging.recording("marked", table="members_contact", action="u")}
    ), telling AS ({staging.telling("marked", "changed")})
    INSERT INTO noted SELECT id FROM marked ON CONFLICT DO NOTHING
"""

# Who stops keeping a history keeps none here either. What it added up to goes too; that somebody was
# active on a day, without what they did, stays.
_LOANS_TO_FORGET = """
    SELECT m.contact_id
      FROM noted AS n
      JOIN members_membership AS m ON m.contact_id = n.id
     WHERE NOT m.keeps_loan_history
"""
_FORGET_LOANS = f"""
    DELETE FROM members_activity
     WHERE kind IN ('loan', 'loan_renewal', 'loan_return') AND contact_id IN ({_LOANS_TO_FORGET})
"""
_FORGET_OLD_LOANS = f"""
    UPDATE members_activitybaseline
       SET first_loan_on = NULL, last_loan_on = NULL, loans_count = 0, recent_loans = '{{}}'
     WHERE loans_count > 0 AND contact_id IN ({_LOANS_TO_FORGET})
"""


# In the membership of who is in no full file any more. Shown as the reason, so in the library's language.
VANISHED = "Niet meer in het volledige bestand"
_MOST_VANISHED = 5

# A refused row still names somebody, who has not left. One that does not even say whom could be anybody.
_NAMES_NOBODY = "SELECT FROM staging WHERE external_id IS NULL"

# Of whom others heard after the file was made: it cannot know them yet.
_COULD_VANISH = f"""
    c.kind <> 'merged' AND m.ended_because <> '{VANISHED}' AND NOT {staging.spoken_since("m")}
"""

_VANISHING = f"""
    SELECT count(*) FILTER (WHERE NOT EXISTS
               (SELECT FROM staging AS s WHERE s.external_id = c.external_id)), count(*)
      FROM members_membership AS m
      JOIN members_contact AS c ON c.id = m.contact_id
     WHERE {_COULD_VANISH}
"""

_END_VANISHED = f"""
    WITH ended AS (
        UPDATE members_membership AS m
           SET ended_because = '{VANISHED}',
               expires_on    = least(m.expires_on, %(yesterday)s::date),
               field_sources = m.field_sources || jsonb_build_object(
                   'ended_because', jsonb_build_array(%(source)s::text, %(speaks_at)s::timestamptz),
                   'expires_on', jsonb_build_array(%(source)s::text, %(speaks_at)s::timestamptz))
          FROM members_contact AS c
         WHERE c.id = m.contact_id AND {_COULD_VANISH}
           AND NOT EXISTS (SELECT FROM staging AS s WHERE s.external_id = c.external_id)
        RETURNING m.id, m.contact_id,
                  {staging.image("old", ["ended_because", "expires_on", "field_sources"])} AS before,
                  {staging.image("new", ["ended_because", "expires_on", "field_sources"])} AS after
    ), recording AS ({staging.recording("ended", table="members_membership", action="u")})
    INSERT INTO noted SELECT contact_id FROM ended ON CONFLICT DO NOTHING
"""

# Who is named again has not left; a file without reasons would leave ours standing.
_BACK_AGAIN = f"""
    WITH back AS (
        UPDATE members_membership AS m
           SET ended_because = ''
          FROM accepted AS s
          JOIN members_contact AS c ON c.external_id = s.external_id
         WHERE m.contact_id = c.id AND m.ended_because = '{VANISHED}'
           AND NOT {staging.spoken_since("m", "ended_because")}
        RETURNING m.id, m.contact_id, s.line, {staging.image("old", ["ended_because"])} AS before,
                  {staging.image("new", ["ended_because"])} AS after
    ), recording AS ({staging.recording("back", table="members_membership", action="u")}
    ), telling AS ({staging.telling("back", "changed")})
    INSERT INTO noted SELECT contact_id FROM back ON CONFLICT DO NOTHING
"""


def merge_members(run: Run) -> Outcome:
    """Contacts by their external id, each with a membership; what the file lacks stays as it was."""
    numbers.resolve_own()
    staging.refuse(
        "unknown_branch",
        header="homeBranchId",
        value="s.branch_code",
        where="s.branch_code <> '' AND NOT EXISTS (SELECT FROM tenancy_branch b WHERE b.code = s.branch_code)",
    )
    values, first = staging.spoken_of(run, _CONTACT)
    people = staging.upsert(
        "members_contact",
        key={"external_id": "s.external_id"},
        values=values,
        first=first | {"relation": "'member'"},
        rows=_CONTACT_ROWS,
        sourced_by=run,
        together=staging.facts_of(_CONTACT),
        line="s.line",
    )
    if "ended_because" not in run.present:
        staging.execute(_MARK_STARRED, {"speaks_at": run.speaks_at})
    values, first = staging.spoken_of(run, _MEMBERSHIP)
    staging.upsert(
        "members_membership",
        key={"contact_id": "c.id"},
        values=values,
        first=first,
        rows=_MEMBERSHIP_ROWS,
        sourced_by=run,
        together=staging.facts_of(_MEMBERSHIP),
        note="contact_id",
        note_added=True,
        line="s.line",
        added_as="changed",
    )
    if "ended_because" not in run.present:
        staging.execute(_BACK_AGAIN, {"speaks_at": run.speaks_at})
    _forget_loans()
    oldest = oldest_kept(ActivityKind.MEMBERSHIP_CREATED, at=run.at)
    activities.merge(run, _MEMBERSHIP_ACTS.format(oldest=oldest), stream="membership")
    # Every new person has a new membership, noted once; the rest of what is noted has changed.
    changed = staging.noted_count() - people.new
    vanished, of = _end_vanished(run) if run.is_full else (0, 0)
    return Outcome(
        people.new,
        changed,
        people.changed + people.unchanged - changed,
        vanished=vanished,
        vanished_of=of,
    )


def _end_vanished(run: Run) -> tuple[int, int]:
    """End the memberships of who is not in the file; how many, and of how many. An empty file ends nobody's."""
    if not staging.execute("SELECT FROM accepted LIMIT 1") or staging.execute(f"{_NAMES_NOBODY} LIMIT 1"):
        return 0, 0
    with connection.cursor() as cursor:
        cursor.execute(_VANISHING, {"speaks_at": run.speaks_at})
        vanished, of = cursor.fetchone()
    if vanished * _MOST_VANISHED > of and not run.is_removal_confirmed:
        raise sinks.TooManyGone(vanished, of)
    yesterday = run.at.date() - timedelta(days=1)
    staging.execute(_END_VANISHED, {"yesterday": yesterday, "source": run.source, "speaks_at": run.speaks_at})
    return vanished, of


def _forget_loans() -> None:
    forgotten = staging.execute(_FORGET_LOANS) + staging.execute(_FORGET_OLD_LOANS)
    if forgotten:
        summary.start_touching()
        staging.execute(f"INSERT INTO touched {_LOANS_TO_FORGET}")
        summary.refold()


def register() -> None:
    sinks.register(
        Sink(code="members", label=_("Leden"), order=60, columns=COLUMNS, key=("external_id",),
             merge=merge_members)
    )  # fmt: skip
