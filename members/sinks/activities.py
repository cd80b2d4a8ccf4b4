"""The files about what people did: `activity_summary`, `loans`, `holds`, `ebook_activity`, `seat_reservations`."""

from django.utils.translation import gettext_lazy as _

from bibmail.tenancy import sinks, staging
from bibmail.tenancy.sinks import Column, Outcome, Run, Sink
from members import activities

_MEMBER = Column(name="member", header="memberExternalId", label=_("Nummer van het lid"), required=True,
                 max_length=80, aliases=("externalId", "patronSystemId", "lenernummer"))  # fmt: skip
_BRANCH = Column(name="branch_code", header="branchId", label=_("Vestiging"), max_length=20)

SUMMARY = (
    _MEMBER,
    Column(name="last_active_on", header="lastActiveOn", label=_("Laatst actief"), type="date"),
    Column(name="loans_last", header="loansLast12m", label=_("Uitleningen laatste 12 maanden"), type="integer"),
    Column(name="loans_previous", header="loansPrevious12m", label=_("Uitleningen jaar ervoor"), type="integer"),
    Column(name="as_of", header="asOf", label=_("Stand op"), type="date"),
)  # fmt: skip

LOANS = (
    Column(name="loan_id", header="loanId", label=_("Nummer van de uitlening"), required=True, max_length=100),
    _MEMBER,
    Column(name="record_id", header="recordId", label=_("Nummer van de titel"), max_length=80),
    Column(name="title", header="title", label=_("Titel")),
    _BRANCH,
    Column(name="loan_date", header="loanDate", label=_("Uitgeleend op"), type="date", required=True),
    Column(name="due_date", header="dueDate", label=_("Terug tegen"), type="date"),
    Column(name="returned_date", header="returnedDate", label=_("Teruggebracht op"), type="date"),
    Column(name="renewals", header="renewals", label=_("Keren verlengd"), type="integer"),
)  # fmt: skip

EBOOKS = (
    _MEMBER,
    Column(name="event_type", header="eventType", label=_("Soort"), type="choice", required=True,
           choices={"login": "ebook_login", "checkout": "ebook_loan", "checkin": "ebook_return",
                    "hold": "ebook_hold", "stream": "film_stream"}),
    Column(name="occurred_at", header="occurredAt", label=_("Wanneer"), type="moment", required=True),
    Column(name="isbn", header="isbn", label=_("ISBN"), max_length=20),
    Column(name="title", header="title", label=_("Titel")),
    Column(name="event_id", header="eventId", label=_("Nummer van de gebeurtenis"), max_length=100),
)  # fmt: skip

SEATS = (
    Column(name="reservation_id", header="reservationId", label=_("Nummer van de reservatie"), max_length=100),
    Column(name="member", header="memberExternalId", label=_("Nummer van het lid"), max_length=80),
    Column(name="email", header="personEmail", label=_("E-mail"), type="email"),
    _BRANCH,
    Column(name="seat", header="type", label=_("Soort plek"), type="choice",
           choices={"studieplek": "studieplek", "pc": "pc", "vergaderruimte": "vergaderruimte", "": "studieplek"}),
    Column(name="starts_at", header="start", label=_("Begint"), type="moment", required=True),
    Column(name="ends_at", header="end", label=_("Eindigt"), type="moment"),
    Column(name="status", header="status", label=_("Stand"), type="choice",
           choices={"reserved": "reserved", "checked_in": "checked_in", "no_show": "no_show",
                    "cancelled": "cancelled", "": "reserved"}),
)  # fmt: skip

HOLDS = (
    Column(name="hold_id", header="holdId", label=_("Nummer van de reservering"), required=True, max_length=100,
           aliases=("holdNumber", "requestNumber")),
    _MEMBER,
    Column(name="record_id", header="recordId", label=_("Nummer van de titel"), max_length=80),
    Column(name="title", header="title", label=_("Titel")),
    _BRANCH,
    Column(name="status", header="status", label=_("Stand"), type="choice", aliases=("holdStatus",),
           choices={"available": "ready", "klaar": "ready", "message_sent": "ready", "received": "ready",
                    "queued": "", "active": "", "in_transport": "", "wacht": "",
                    "loaned": "collected", "afgehaald": "collected",
                    "closed": "closed", "returned_to_branch": "closed", "vervallen": "closed", "": "ready"}),
    Column(name="available_on", header="availableOn", label=_("Klaar sinds"), type="date", aliases=("holdDate",)),
    Column(name="pickup_before", header="pickupBefore", label=_("Af te halen voor"), type="date"),
)  # fmt: skip

# One row a person, that moves on: a row a day would be a diary of visits.
_SEEN = """
    SELECT c.id, 'seen', s.last_active_on::timestamp AT TIME ZONE 'Europe/Brussels', NULL::bigint, '', '', '',
           c.external_id
      FROM accepted AS s
      JOIN members_contact AS c ON c.external_id = s.member
      LEFT JOIN members_activity AS known ON known.source = 'seen' AND known.source_id = c.external_id
     WHERE s.last_active_on IS NOT NULL
       AND (known.id IS NULL OR known.occurred_at < s.last_active_on::timestamp AT TIME ZONE 'Europe/Brussels')
"""

_SUPPLIED_BY = {
    "source_loans_last_12m": ("loans_last", "s.loans_last"),
    "source_loans_previous_12m": ("loans_previous", "s.loans_previous"),
    "source_as_of_on": ("as_of", "s.as_of"),
}
_NOTHING_YET = {
    **dict.fromkeys(
        ("loans_count", "ebook_logins_count", "ebook_loans_count", "film_streams_count",
         "seat_reservations_count", "event_registrations_count"),
        "0",
    ),
    "recent_loans": "'{}'::date[]",
    "recent_seat_reservations": "'{}'::date[]",
}  # fmt: skip

# Figures of an older day do not replace those of a newer one.
_SUPPLIED_ROWS = """
    accepted AS s
    JOIN members_contact AS c ON c.external_id = s.member
    LEFT JOIN members_activitysummary AS known ON known.contact_id = c.id
   WHERE known.source_as_of_on IS NULL OR s.as_of IS NULL OR known.source_as_of_on <= s.as_of
"""

# Loans of people who keep no history are not ours to have, whatever a file holds (domain finding 1).
_NO_HISTORY = """
    NOT EXISTS (SELECT FROM members_contact c
                  JOIN members_membership m ON m.contact_id = c.id
                 WHERE c.external_id = s.member AND m.keeps_loan_history)
"""

_LOAN_ROWS = """
    SELECT c.id, 'loan', s.loan_date::timestamp AT TIME ZONE 'Europe/Brussels', b.id, s.record_id, s.title,
           CASE WHEN s.returned_date IS NULL THEN 'out' ELSE 'returned' END, s.loan_id, s.line
      FROM accepted AS s
      JOIN members_contact AS c ON c.external_id = s.member
      LEFT JOIN tenancy_branch AS b ON b.code = s.branch_code
"""

_HOLD_ROWS = """
    SELECT c.id, 'hold_ready', s.available_on::timestamp AT TIME ZONE 'Europe/Brussels', b.id, s.record_id, s.title,
           s.status, s.hold_id, s.line
      FROM accepted AS s
      JOIN members_contact AS c ON c.external_id = s.member
      LEFT JOIN tenancy_branch AS b ON b.code = s.branch_code
"""

_EBOOK_ROWS = """
    SELECT c.id, s.event_type, s.occurred_at, NULL::bigint, s.isbn, s.title, '',
           coalesce(nullif(s.event_id, ''),
                    md5(concat_ws('|', s.member, s.event_type, s.occurred_at AT TIME ZONE 'UTC', s.isbn))),
           s.line
      FROM accepted AS s
      JOIN members_contact AS c ON c.external_id = s.member
"""

# A reservation names a member, or an address that one person alone has.
_SEAT_PERSON = """
    LEFT JOIN members_contact AS by_number ON s.member <> '' AND by_number.external_id = s.member
    LEFT JOIN addressees AS by_address ON s.member = '' AND by_address.email_norm = s.email_norm
"""

_SEAT_ROWS = f"""
    SELECT coalesce(by_number.id, by_address.contact_id), 'seat_reservation', s.starts_at, b.id, s.seat, '', s.status,
           coalesce(nullif(s.reservation_id, ''),
                    md5(concat_ws('|', s.member, s.email_norm, s.branch_code, s.seat,
                                  s.starts_at AT TIME ZONE 'UTC'))),
           s.line
      FROM accepted AS s
      {_SEAT_PERSON}
      LEFT JOIN tenancy_branch AS b ON b.code = s.branch_code
"""


# What each column of an activity is made of.
_LOAN_NEEDS = {
    "branch_id": "branch_code", "subject_code": "record_id", "subject_name": "title", "status": "returned_date",
}  # fmt: skip
_HOLD_NEEDS = {
    "branch_id": "branch_code", "subject_code": "record_id", "subject_name": "title", "status": "status",
}  # fmt: skip
_EBOOK_NEEDS = {"subject_code": "isbn", "subject_name": "title"}
_SEAT_NEEDS = {"branch_id": "branch_code", "subject_code": "seat", "status": "status"}


def merge_activity_summary(run: Run) -> Outcome:
    """Figures as the source counts them, and the last day somebody was seen."""
    activities.refuse_unknown_members()
    activities.refuse_future(run, header="lastActiveOn", moment="s.last_active_on")
    seen = activities.merge(run, _SEEN, stream="seen")
    values, first = staging.spoken_of(run, _SUPPLIED_BY)
    supplied = staging.upsert(
        "members_activitysummary",
        key={"contact_id": "c.id"},
        values=values,
        first=first | _NOTHING_YET,
        rows=_SUPPLIED_ROWS,
        note="contact_id",
    )
    # A row is new when the person was never seen before, changed when the day or a figure differs.
    total = staging.execute("SELECT FROM accepted")
    new = min(total, max(supplied.new, seen.new))
    changed = min(total - new, max(supplied.changed - seen.new, seen.changed, 0))
    return Outcome(new, changed, total - new - changed)


def merge_loans(run: Run) -> Outcome:
    """Loans of people who keep their history; others are refused, and so never stored."""
    activities.refuse_unknown_members()
    activities.refuse_unknown_branches()
    activities.refuse_too_old(run, header="loanDate", kind="'loan'", moment="s.loan_date")
    activities.refuse_future(run, header="loanDate", moment="s.loan_date")
    staging.refuse("no_history", header="memberExternalId", value="s.member", where=_NO_HISTORY)
    return activities.merge(run, _LOAN_ROWS, stream="loan", needs=_LOAN_NEEDS, tells=True)


def merge_holds(run: Run) -> Outcome:
    """What lies ready to be collected; what still waits is not kept, so it is refused."""
    activities.refuse_unknown_members()
    activities.refuse_unknown_branches()
    staging.refuse(
        "not_ready", header="status", value="s.status", where="s.status = '' OR s.available_on IS NULL"
    )
    activities.refuse_too_old(run, header="availableOn", kind="'hold_ready'", moment="s.available_on")
    activities.refuse_future(run, header="availableOn", moment="s.available_on")
    return activities.merge(run, _HOLD_ROWS, stream="hold", needs=_HOLD_NEEDS, tells=True)


def merge_ebook_activity(run: Run) -> Outcome:
    """Looks, loans and holds on the e-book platform; an id is derived where the platform gives none."""
    activities.refuse_unknown_members()
    activities.refuse_too_old(run, header="occurredAt", kind="s.event_type", moment="s.occurred_at")
    activities.refuse_future(run, header="occurredAt", moment="s.occurred_at")
    return _with_repeats(activities.merge(run, _EBOOK_ROWS, stream="ebook", needs=_EBOOK_NEEDS, tells=True))


def merge_seat_reservations(run: Run) -> Outcome:
    """Study places and computers, by member or by an address that belongs to one person."""
    activities.refuse_unknown_members()
    activities.refuse_unknown_branches()
    activities.refuse_unclear_addresses(on=run.at.date(), header="personEmail")
    activities.refuse_too_old(run, header="start", kind="'seat_reservation'", moment="s.starts_at")
    return _with_repeats(activities.merge(run, _SEAT_ROWS, stream="seat", needs=_SEAT_NEEDS, tells=True))


def _with_repeats(outcome: Outcome) -> Outcome:
    """Rows that say the same twice count as unchanged, so that the sum of the file closes."""
    total = staging.execute("SELECT FROM accepted")
    return Outcome(outcome.new, outcome.changed, total - outcome.new - outcome.changed)


def register() -> None:
    for order, code, label, columns, key, merge in (
        (80, "activity_summary", _("Laatst actief"), SUMMARY, ("member",), merge_activity_summary),
        (90, "loans", _("Uitleningen"), LOANS, ("loan_id",), merge_loans),
        (95, "holds", _("Reserveringen"), HOLDS, ("hold_id",), merge_holds),
        (100, "ebook_activity", _("E-boeken"), EBOOKS, (), merge_ebook_activity),
        (110, "seat_reservations", _("Studieplekken en pc's"), SEATS, (), merge_seat_reservations),
    ):
        sinks.register(Sink(code=code, label=label, order=order, columns=columns, key=key, merge=merge))
