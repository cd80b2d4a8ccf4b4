"""The files of library content: `capabilities`, `catalogue_items`, `events`, and who registered for events."""

from django.utils.translation import gettext_lazy as _

from bibmail.tenancy import sinks, staging
from bibmail.tenancy.sinks import Column, Outcome, Run, Sink
from members import activities

CAPABILITIES = (
    Column(name="service", header="service", label=_("Dienst"), required=True, max_length=50),
    Column(name="is_active", header="active", label=_("Actief"), type="yes_no", required=True),
    Column(name="url", header="url", label=_("Webadres"), max_length=500),
)

CATALOGUE = (
    Column(name="record_id", header="recordId", label=_("Nummer van de titel"), required=True, max_length=80),
    Column(name="isbn", header="isbn", label=_("ISBN"), max_length=13),
    Column(name="title", header="title", label=_("Titel"), required=True),
    Column(name="author", header="author", label=_("Auteur")),
    Column(name="material", header="material", label=_("Materiaal"), max_length=40),
    Column(name="language", header="language", label=_("Taal"), max_length=3),
    Column(name="age_label", header="ageLabel", label=_("Leeftijdsgroep"), max_length=40),
    Column(name="genre", header="genre", label=_("Genre"), max_length=60),
    Column(name="zizo", header="zizo", label=_("ZIZO-rubriek"), max_length=20),
    Column(name="branch_code", header="branchId", label=_("Vestiging"), required=True, max_length=20),
    Column(name="added_on", header="addedOn", label=_("In de bib sinds"), type="date"),
)

EVENTS = (
    Column(name="code", header="eventId", label=_("Nummer van de activiteit"), required=True, max_length=80),
    Column(name="name", header="name", label=_("Naam"), required=True),
    Column(name="starts_at", header="start", label=_("Begint"), type="moment", required=True),
    Column(name="ends_at", header="end", label=_("Eindigt"), type="moment"),
    Column(name="branch_code", header="branchId", label=_("Vestiging"), max_length=20),
    Column(name="min_age", header="minAge", label=_("Vanaf"), type="integer"),
    Column(name="max_age", header="maxAge", label=_("Tot en met"), type="integer"),
    Column(name="kind", header="kind", label=_("Soort"), max_length=60),
    Column(name="url", header="url", label=_("Webadres"), max_length=500),
    Column(name="needs_registration", header="registration", label=_("Inschrijven"), type="yes_no"),
    Column(name="status", header="status", label=_("Stand"), type="choice",
           choices={"available": "available", "full": "full", "volzet": "full", "cancelled": "cancelled",
                    "geannuleerd": "cancelled", "": "available"}),
)  # fmt: skip

REGISTRATIONS = (
    Column(name="event_code", header="eventId", label=_("Nummer van de activiteit"), required=True, max_length=80),
    Column(name="member", header="memberExternalId", label=_("Nummer van het lid"), max_length=80),
    Column(name="email", header="personEmail", label=_("E-mail"), type="email"),
    Column(name="first_name", header="firstName", label=_("Voornaam"), max_length=100, fold=True),
    Column(name="last_name", header="lastName", label=_("Naam"), max_length=100, fold=True),
    Column(name="places", header="numberOfPlaces", label=_("Aantal plaatsen"), type="integer"),
    Column(name="registered_at", header="registeredAt", label=_("Ingeschreven op"), type="moment", required=True),
    Column(name="attended", header="attended", label=_("Aanwezig"), type="choice",
           choices={"ja": "checked_in", "nee": "no_show", "onbekend": "", "": ""}),
)  # fmt: skip

# A library's file adds titles to the shared catalogue and changes none: other libraries show them too.
_ADD_TITLES = """
    INSERT INTO campaigns_cataloguetitle
           (record_id, isbn, name, author, material, language, age_label, genre, zizo_code)
    SELECT DISTINCT ON (record_id) record_id, isbn, title, author, material, language, age_label, genre, zizo
      FROM accepted
     ORDER BY record_id, line
        ON CONFLICT (record_id) DO NOTHING
"""

# The same address and the same name is the same person; an address alone is not (decision D4).
_SAME_PERSON = """
    c.email_norm = s.email_norm AND s.email_norm <> ''
    AND c.first_name_folded = s.first_name_folded AND c.last_name_folded = s.last_name_folded
"""

_DERIVED = "'visitor:' || md5(concat_ws('|', s.email_norm, s.first_name_folded, s.last_name_folded))"

# A register of an event has no number for people: this one is derived, so it stays the same.
_ADD_VISITORS = f"""
    WITH added AS (
    INSERT INTO members_contact AS t (library_id, external_id, kind, relation, first_name, name_prefix, last_name,
                                 first_name_folded, last_name_folded, gender, postal_code, city, email, email_norm,
                                 recipient_hash, language, is_deceased, source, sourced_at, field_sources)
    SELECT DISTINCT ON (s.email_norm, s.first_name_folded, s.last_name_folded)
           %(library_id)s,
           {_DERIVED},
           'person', 'visitor', s.first_name, '', s.last_name,
           s.first_name_folded, s.last_name_folded, '', '', '', s.email, s.email_norm,
           s.email_hash, 'nl', false, %(source)s, %(at)s, '{{}}'
      FROM accepted AS s
     WHERE s.member = ''
       AND NOT EXISTS (SELECT FROM members_contact AS c WHERE {_SAME_PERSON})
       AND NOT EXISTS (SELECT FROM members_contact AS c WHERE c.external_id = {_DERIVED})
     ORDER BY s.email_norm, s.first_name_folded, s.last_name_folded, s.line
    RETURNING t.id, {staging.fingerprint("t")} AS after
    ), recording AS ({staging.recording("added", table="members_contact", action="i")})
    SELECT FROM added
"""

_REGISTRATION_ROWS = f"""
    SELECT coalesce(by_number.id, by_name.id), 'event_registration', s.registered_at, e.branch_id, e.code, e.name,
           s.attended, e.code || ':' || coalesce(by_number.id, by_name.id), s.line
      FROM accepted AS s
      JOIN campaigns_libraryevent AS e ON e.code = s.event_code
      LEFT JOIN members_contact AS by_number ON s.member <> '' AND by_number.external_id = s.member
      LEFT JOIN LATERAL (SELECT coalesce(
                                (SELECT min(c.id) FROM members_contact AS c WHERE {_SAME_PERSON}),
                                -- Who turned out to be somebody else, under another address or name.
                                (SELECT coalesce(c.merged_into_id, c.id) FROM members_contact AS c
                                  WHERE c.external_id = {_DERIVED})) AS id
                          WHERE s.member = '') AS by_name ON true
"""


# Columns of an event, the staging column each depends on, and the expression.
_EVENT = {
    "ends_at": ("ends_at", "s.ends_at"),
    "branch_id": ("branch_code", "b.id"),
    "min_age": ("min_age", "s.min_age"),
    "max_age": ("max_age", "s.max_age"),
    "kind": ("kind", "s.kind"),
    "url": ("url", "s.url"),
    "needs_registration": ("needs_registration", "coalesce(s.needs_registration, false)"),
    "status": ("status", "s.status"),
}


def merge_capabilities(run: Run) -> Outcome:
    """Which services the library has, by their code."""
    values, first = staging.spoken_of(run, {"url": ("url", "s.url")})
    return staging.upsert(
        "campaigns_capability",
        key={"service": "s.service"},
        values={"is_active": "s.is_active"} | values,
        first=first,
    )


def add_shared_titles(run: Run) -> Outcome:
    """Titles nobody brought before, in scope network."""
    return Outcome(new=staging.execute(_ADD_TITLES))


def merge_catalogue_items(run: Run) -> Outcome:
    """Which title stands at which branch, since when."""
    activities.refuse_unknown_branches()
    values, first = staging.spoken_of(run, {"added_on": ("added_on", "s.added_on")})
    return staging.upsert(
        "campaigns_catalogueitem",
        key={"title_id": "t.id", "branch_id": "b.id"},
        values=values,
        first=first,
        rows="""accepted AS s
                JOIN campaigns_cataloguetitle AS t ON t.record_id = s.record_id
                JOIN tenancy_branch AS b ON b.code = s.branch_code""",
        line="s.line",
    )


def merge_events(run: Run) -> Outcome:
    activities.refuse_unknown_branches()
    values, first = staging.spoken_of(run, _EVENT)
    return staging.upsert(
        "campaigns_libraryevent",
        key={"code": "s.code"},
        values={"name": "s.name", "starts_at": "s.starts_at"} | values,
        first=first,
        rows="accepted AS s LEFT JOIN tenancy_branch AS b ON b.code = s.branch_code",
        line="s.line",
    )


def merge_event_registrations(run: Run) -> Outcome:
    """Registrations as activities; who is new comes in as a visitor."""
    staging.refuse(
        "unknown_event",
        header="eventId",
        value="s.event_code",
        where="NOT EXISTS (SELECT FROM campaigns_libraryevent e WHERE e.code = s.event_code)",
    )
    activities.refuse_unknown_members()
    staging.refuse("missing", header="personEmail", value="''", where="s.member = '' AND s.email_norm = ''")
    activities.refuse_future(run, header="registeredAt", moment="s.registered_at")
    activities.refuse_too_old(
        run, header="registeredAt", kind="'event_registration'", moment="s.registered_at"
    )
    staging.execute(_ADD_VISITORS, {"library_id": run.library_id, "source": run.source, "at": run.at})
    outcome = activities.merge(
        run, _REGISTRATION_ROWS, stream="event", needs={"status": "attended"}, tells=True
    )
    total = staging.execute("SELECT FROM accepted")
    return Outcome(outcome.new, outcome.changed, total - outcome.new - outcome.changed)


def register() -> None:
    for order, code, label, columns, key, merge in (
        (30, "capabilities", _("Diensten"), CAPABILITIES, ("service",), merge_capabilities),
        (50, "events", _("Activiteiten van de bib"), EVENTS, ("code",), merge_events),
        (120, "event_registrations", _("Inschrijvingen"), REGISTRATIONS, (), merge_event_registrations),
    ):
        sinks.register(Sink(code=code, label=label, order=order, columns=columns, key=key, merge=merge))
    sinks.register(
        Sink(code="catalogue_items", label=_("Catalogus"), order=40, columns=CATALOGUE,
             key=("record_id", "branch_code"), merge=merge_catalogue_items, prepare_shared=add_shared_titles)
    )  # fmt: skip
