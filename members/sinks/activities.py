"""The files about what people did: `activity_summary`, `loans`, `ebook_activity`, `seat_reservations`."""

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
                    "hold": "ebook_hold"}),
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

_SEEN = """
    SELECT c.id, 'seen', s.last_active_on::timestamp AT TIME ZONE 'Europe/Brussels', NULL::bigint, '', '', '',
           c.external_id || ':' || s.last_active_on
      FROM accepted AS s
      JOIN members_contact AS c ON c.external_id = s.member
     WHERE s.last_active_on IS NOT NULL
"""

_SUPPLIED = """
    INSERT INTO members_activitysummary AS t
           (library_id, contact_id, source_loans_last_12m, source_loans_previous_12m, source_as_of_on,
            loans_count, ebook_logins_count, ebook_loans_count, film_streams_count, seat_reservations_count,
            event_registrations_count, recent_loans, recent_seat_reservations)
    SELECT %(library_id)s, c.id, s.loans_last, s.loans_previous, s.as_of, 0, 0, 0, 0, 0, 0, '{}', '{}'
      FROM accepted AS s
      JOIN members_contact AS c ON c.external_id = s.member
     ORDER BY c.id
        ON CONFLICT (library_id, contact_id) DO UPDATE
       SET source_loans_last_12m     = EXCLUDED.source_loans_last_12m,
           source_loans_previous_12m = EXCLUDED.source_loans_previous_12m,
           source_as_of_on           = EXCLUDED.source_as_of_on
     WHERE (t.source_loans_last_12m, t.source_loans_previous_12m, t.source_as_of_on)
           IS DISTINCT FROM
           (EXCLUDED.source_loans_last_12m, EXCLUDED.source_loans_previous_12m, EXCLUDED.source_as_of_on)
"""

# Loans of people who keep no history are not ours to have, whatever a file holds (domain finding 1).
_NO_HISTORY = """
    NOT EXISTS (SELECT FROM members_contact c
                  JOIN members_membership m ON m.contact_id = c.id
                 WHERE c.external_id = s.member AND m.keeps_loan_history)
"""

_LOAN_ROWS = """
    SELECT c.id, 'loan', s.loan_date::timestamp AT TIME ZONE 'Europe/Brussels', b.id, s.record_id, s.title,
           CASE WHEN s.returned_date IS NULL THEN 'out' ELSE 'returned' END, s.loan_id
      FROM accepted AS s
      JOIN members_contact AS c ON c.external_id = s.member
      LEFT JOIN tenancy_branch AS b ON b.code = s.branch_code
"""

_EBOOK_ROWS = """
    SELECT c.id, s.event_type, s.occurred_at, NULL::bigint, s.isbn, s.title, '',
           coalesce(nullif(s.event_id, ''),
                    md5(concat_ws('|', s.member, s.event_type, s.occurred_at AT TIME ZONE 'UTC', s.isbn)))
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
                                  s.starts_at AT TIME ZONE 'UTC')))
      FROM accepted AS s
      {_SEAT_PERSON}
      LEFT JOIN tenancy_branch AS b ON b.code = s.branch_code
"""


def merge_activity_summary(run: Run) -> Outcome:
    """Figures as the source counts them, and the last day somebody was seen."""
    activities.refuse_unknown_members()
    seen = activities.merge(run, _SEEN, source=f"{run.source}:seen")
    total = staging.execute("SELECT FROM accepted")
    supplied = staging.execute(_SUPPLIED, {"library_id": run.library_id})
    new = min(supplied, seen.new)
    return Outcome(new=new, changed=supplied - new, unchanged=total - supplied)


def merge_loans(run: Run) -> Outcome:
    """Loans of people who keep their history; others are refused, and so never stored."""
    activities.refuse_unknown_members()
    activities.refuse_unknown_branches()
    activities.refuse_too_old(run, header="loanDate", kind="'loan'", moment="s.loan_date")
    staging.refuse("no_history", header="memberExternalId", value="s.member", where=_NO_HISTORY)
    return activities.merge(run, _LOAN_ROWS, source=f"{run.source}:loan")


def merge_ebook_activity(run: Run) -> Outcome:
    """Looks, loans and holds on the e-book platform; an id is derived where the platform gives none."""
    activities.refuse_unknown_members()
    activities.refuse_too_old(run, header="occurredAt", kind="s.event_type", moment="s.occurred_at")
    return _with_repeats(activities.merge(run, _EBOOK_ROWS, source=f"{run.source}:ebook"))


def merge_seat_reservations(run: Run) -> Outcome:
    """Study places and computers, by member or by an address that belongs to one person."""
    activities.refuse_unknown_members()
    activities.refuse_unknown_branches()
    activities.refuse_unclear_addresses(on=run.at.date(), header="personEmail")
    activities.refuse_too_old(run, header="start", kind="'seat_reservation'", moment="s.starts_at")
    return _with_repeats(activities.merge(run, _SEAT_ROWS, source=f"{run.source}:seat"))


def _with_repeats(outcome: Outcome) -> Outcome:
    """Rows that say the same twice count as unchanged, so that the sum of the file closes."""
    total = staging.execute("SELECT FROM accepted")
    return Outcome(outcome.new, outcome.changed, total - outcome.new - outcome.changed)


def register() -> None:
    for order, code, label, columns, key, merge in (
        (80, "activity_summary", _("Laatst actief"), SUMMARY, ("member",), merge_activity_summary),
        (90, "loans", _("Uitleningen"), LOANS, ("loan_id",), merge_loans),
        (100, "ebook_activity", _("E-boeken"), EBOOKS, (), merge_ebook_activity),
        (110, "seat_reservations", _("Studieplekken en pc's"), SEATS, (), merge_seat_reservations),
    ):
        sinks.register(Sink(code=code, label=label, order=order, columns=columns, key=key, merge=merge))
