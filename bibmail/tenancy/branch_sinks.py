"""The files `branches` and `opening_hours`."""

from django.utils.translation import gettext_lazy as _

from bibmail.tenancy import sinks, staging
from bibmail.tenancy.sinks import Column, Outcome, Run, Sink

BRANCHES = (
    Column(name="branch_code", header="branchId", label=_("Vestigingscode"), required=True, max_length=20),
    Column(name="name", header="name", label=_("Naam"), required=True, max_length=100, aliases=("naam",)),
    Column(
        name="kind",
        header="kind",
        label=_("Soort"),
        type="choice",
        choices={
            "branch": "branch",
            "vestiging": "branch",
            "service_point": "service_point",
            "uitleenpost": "service_point",
            "": "branch",
        },
    ),
    Column(name="street", header="street", label=_("Straat"), max_length=100, aliases=("straat",)),
    Column(name="house_number", header="houseNumber", label=_("Huisnummer"), max_length=20),
    Column(name="postal_code", header="postalCode", label=_("Postcode"), max_length=4),
    Column(name="city", header="city", label=_("Gemeente"), max_length=100),
    Column(name="phone", header="phone", label=_("Telefoon"), max_length=30),
    Column(name="email", header="email", label=_("E-mail"), type="email"),
)

HOURS = (
    Column(name="branch_code", header="branchId", label=_("Vestigingscode"), required=True, max_length=20),
    Column(name="weekday", header="dayOfWeek", label=_("Dag"), type="weekday"),
    Column(name="starts_on", header="date", label=_("Datum"), type="date"),
    Column(name="ends_on", header="endDate", label=_("Laatste dag"), type="date"),
    Column(name="opens", header="opens", label=_("Van"), type="time"),
    Column(name="closes", header="closes", label=_("Tot"), type="time"),
    Column(name="is_self_service", header="selfService", label=_("Zonder personeel"), type="yes_no"),
    Column(name="note", header="note", label=_("Reden"), max_length=200),
)

UNKNOWN_BRANCH = "NOT EXISTS (SELECT FROM tenancy_branch b WHERE b.code = s.branch_code)"

# What a file says of a branch replaces what we knew of that branch, in the week and in its exceptions.
_DROP_OTHER_HOURS = f"""
    WITH gone AS (
        DELETE FROM tenancy_openinghours h
         USING tenancy_branch b
         WHERE b.id = h.branch_id
           AND b.code IN (SELECT branch_code FROM accepted WHERE weekday IS NOT NULL)
           AND NOT EXISTS (SELECT FROM accepted s
                            WHERE s.branch_code = b.code AND s.weekday = h.weekday AND s.opens = h.opens)
        RETURNING h.id, to_jsonb(h) AS before
    ), recording AS ({staging.recording("gone", table="tenancy_openinghours", action="d")})
    SELECT FROM gone
"""

_DROP_OTHER_EXCEPTIONS = f"""
    WITH gone AS (
        DELETE FROM tenancy_openingexception e
         USING tenancy_branch b
         WHERE b.id = e.branch_id
           AND b.code IN (SELECT branch_code FROM accepted WHERE starts_on IS NOT NULL)
           AND NOT EXISTS (SELECT FROM accepted s
                            WHERE s.branch_code = b.code
                              AND s.starts_on = e.starts_on
                              AND coalesce(s.ends_on, s.starts_on) = e.ends_on
                              AND s.opens IS NOT DISTINCT FROM e.opens)
        RETURNING e.id, to_jsonb(e) AS before
    ), recording AS ({staging.recording("gone", table="tenancy_openingexception", action="d")})
    SELECT FROM gone
"""

_WITH_BRANCH = "accepted AS s JOIN tenancy_branch AS b ON b.code = s.branch_code"


def merge_branches(run: Run) -> Outcome:
    """Branches by their code; none is ever removed by a file."""
    columns = ("kind", "street", "house_number", "postal_code", "city", "phone", "email")
    present, absent = staging.spoken_of(run, {column: (column, f"s.{column}") for column in columns})
    return staging.upsert(
        "tenancy_branch", key={"code": "s.branch_code"}, values={"name": "s.name"} | present, first=absent
    )


def merge_opening_hours(run: Run) -> Outcome:
    """The week and the exceptions of each branch that the file names; the rest stays."""
    staging.refuse("unknown_branch", header="branchId", value="s.branch_code", where=UNKNOWN_BRANCH)
    staging.refuse(
        "missing", header="dayOfWeek", value="''", where="s.weekday IS NULL AND s.starts_on IS NULL"
    )
    staging.refuse(
        "bad_hours",
        header="closes",
        value="concat_ws(' ', s.opens, s.closes)",
        where="(s.opens IS NULL) <> (s.closes IS NULL) OR s.closes <= s.opens OR s.ends_on < s.starts_on",
    )
    dropped = staging.execute(_DROP_OTHER_HOURS) + staging.execute(_DROP_OTHER_EXCEPTIONS)
    week = staging.upsert(
        "tenancy_openinghours",
        key={"branch_id": "b.id", "weekday": "s.weekday", "opens": "s.opens"},
        values={"closes": "s.closes", "is_self_service": "coalesce(s.is_self_service, false)"},
        # A closed weekday is a weekday without hours.
        rows=f"{_WITH_BRANCH} WHERE s.weekday IS NOT NULL AND s.opens IS NOT NULL",
    )
    exceptions = [
        staging.upsert(
            "tenancy_openingexception",
            key={
                "branch_id": "b.id",
                "starts_on": "s.starts_on",
                "ends_on": "coalesce(s.ends_on, s.starts_on)",
            }
            | ({"opens": "s.opens"} if is_open else {}),
            values={"is_self_service": "coalesce(s.is_self_service, false)", "note": "coalesce(s.note, '')"}
            | ({"closes": "s.closes"} if is_open else {}),
            rows=f"{_WITH_BRANCH} WHERE s.starts_on IS NOT NULL AND s.opens IS {'NOT' if is_open else ''} NULL",
        )
        for is_open in (True, False)
    ]
    closed_weekdays = staging.execute("SELECT FROM accepted WHERE weekday IS NOT NULL AND opens IS NULL")
    return sum(exceptions, week) + Outcome(unchanged=closed_weekdays, removed=dropped)


def register() -> None:
    sinks.register(
        Sink(
            code="branches",
            label=_("Vestigingen"),
            order=10,
            columns=BRANCHES,
            key=("branch_code",),
            merge=merge_branches,
        )
    )
    sinks.register(
        Sink(
            code="opening_hours",
            label=_("Openingsuren"),
            order=20,
            columns=HOURS,
            key=("branch_code", "weekday", "starts_on", "ends_on", "opens"),
            merge=merge_opening_hours,
        )
    )
