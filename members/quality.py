"""What is wrong with the data of a library, and the mend: counted in one pass, shown person by person.

Each app adds what it knows of (decision D10): members the people, consent the addresses that bounce.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from members.models import Contact

# Slips of the finger in names of providers, as they come in library files.
TYPOS = (
    "gmial.com", "gmai.com", "gmail.be", "gmail.con", "gamil.com", "gnail.com",
    "hotmial.com", "hotmai.com", "hotmal.com", "homail.com", "hotmail.con", "hotmail.bz",
    "outlok.com", "outlook.con", "outloook.com", "live.bz", "icloud.con", "yaho.com", "yahoo.con",
    "telnet.be", "telenet.com", "telenet.bz", "skynet.com", "skinet.be", "proximus.com",
)  # fmt: skip

# So many people on one address is no family.
_MANY_ON_ONE = 7


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing that can be wrong. `sql` is a condition on the alias c, with m the membership and %(today)s."""

    code: str
    title: str | Promise
    why: str | Promise
    mend: str | Promise
    sql: str
    # How much it costs: "bad" keeps mails from people, "warn" makes them less apt.
    tone: str = "warn"


class Found(NamedTuple):
    """A check and of how many people it holds."""

    check: Check
    people_count: int


_checks: dict[str, Check] = {}
# Counts that are not about one person: (code, title, why, mend) with a count and the page that mends it.
_others: list[Callable[[datetime], "Other | None"]] = []


class Other(NamedTuple):
    """Something wrong that is no list of people; `page` is the name of the page that mends it."""

    title: str
    why: str
    found_count: int
    page: str
    mend: str
    tone: str = "warn"


def register(check: Check) -> None:
    """Called from AppConfig.ready() of the app that owns the columns."""
    _checks[check.code] = check


def register_other(counted: Callable[[datetime], Other | None]) -> None:
    """`counted(at)` says what is wrong, or None."""
    if counted not in _others:
        _others.append(counted)


def get(code: str) -> Check:
    """The check of this code; raises KeyError."""
    return _checks[code]


_FROM = """
      FROM members_contact AS c
      LEFT JOIN members_membership AS m ON m.contact_id = c.id
     WHERE c.kind = 'person' AND NOT c.is_deceased
"""


def report(*, at: datetime) -> list[Found]:
    """Every check with its count, the most people first; one pass over the library."""
    checks = list(_checks.values())
    counts = ", ".join(f"count(*) FILTER (WHERE {check.sql})" for check in checks)
    with connection.cursor() as cursor:
        cursor.execute(f"{_WITH} SELECT {counts} {_FROM}", _params(at))
        found = [Found(check, count) for check, count in zip(checks, cursor.fetchone(), strict=True)]
    return sorted(found, key=lambda one: (one.people_count == 0, one.check.tone != "bad", -one.people_count))


def others(*, at: datetime) -> list[Other]:
    """What else is wrong: doubles, sources that are silent."""
    return [found for counted in _others if (found := counted(at))]


def people(check: Check, *, at: datetime, offset: int, limit: int) -> list[Contact]:
    """The people of whom it holds, by name."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_WITH} SELECT c.id {_FROM} AND {check.sql} ORDER BY c.name_by_last, c.id"
            " OFFSET %(offset)s LIMIT %(limit)s",
            {**_params(at), "offset": offset, "limit": limit},
        )
        ids = [row[0] for row in cursor.fetchall()]
    found = Contact.objects.in_bulk(ids)
    return [found[pk] for pk in ids]


def count(check: Check, *, at: datetime) -> int:
    """Of how many people it holds."""
    with connection.cursor() as cursor:
        cursor.execute(f"{_WITH} SELECT count(*) {_FROM} AND {check.sql}", _params(at))
        return int(cursor.fetchone()[0])


# Looked up once a page, not once a person.
_WITH = """
    WITH shared AS MATERIALIZED (
        -- By the index of addresses alone; who is a person is looked up only of the few that remain.
        SELECT email_norm FROM members_contact
         WHERE email_norm <> ''
         GROUP BY email_norm HAVING count(*) >= %(many)s
    ),
    crowded AS MATERIALIZED (
        SELECT email_norm FROM shared JOIN members_contact USING (email_norm)
         WHERE kind = 'person'
         GROUP BY email_norm HAVING count(*) >= %(many)s
    ),
    parented AS MATERIALIZED (
        SELECT DISTINCT child.contact_id
          FROM members_householdmember AS child
          JOIN members_householdmember AS adult ON adult.household_id = child.household_id
                                               AND adult.role = 'adult' AND adult.unlinked_on IS NULL
         WHERE child.role = 'child' AND child.unlinked_on IS NULL
    )
"""


def _params(at: datetime) -> Mapping[str, Any]:
    return {"at": at, "today": timezone.localdate(at), "typos": list(TYPOS), "many": _MANY_ON_ONE}


_VALID = "(m.enrolled_on <= %(today)s AND m.expires_on >= %(today)s)"

OWN = (
    Check(
        code="no_address",
        title=_("Leden zonder e-mailadres"),
        why=_("Ze krijgen nooit een mail, ook geen bericht over hun lidmaatschap."),
        mend=_("Vraag het adres aan de balie en vul het in Wise in."),
        sql=f"c.email_norm = '' AND coalesce({_VALID}, false)"
        " AND (c.date_of_birth IS NULL OR c.date_of_birth <= %(today)s::date - interval '13 years')",
        tone="bad",
    ),
    Check(
        code="typo",
        title=_("Adressen met een tikfout"),
        why=_(
            "Het deel na de @ lijkt op een bekende provider, maar is het net niet. De mail komt nooit aan."
        ),
        mend=_("Verbeter het adres op de pagina van de persoon, en in Wise."),
        sql="split_part(c.email_norm, '@', 2) = ANY(%(typos)s)",
        tone="bad",
    ),
    Check(
        code="child_alone",
        title=_("Kinderen jonger dan 13 zonder gekoppelde ouder"),
        why=_("Kinderen mailen we niet. Zonder ouder in hetzelfde gezin bereiken we niemand."),
        mend=_("Vraag de ouder om het kind te koppelen in Mijn Bibliotheek."),
        sql="c.date_of_birth > %(today)s::date - interval '13 years'"
        " AND c.id NOT IN (SELECT contact_id FROM parented)",
    ),
    Check(
        code="no_birth",
        title=_("Leden zonder geboortedatum"),
        why=_("We weten dan niet of iemand 13 is, en welke tips passen."),
        mend=_("Vul de geboortedatum in Wise aan."),
        sql=f"c.date_of_birth IS NULL AND coalesce({_VALID}, false)",
    ),
    Check(
        code="odd_birth",
        title=_("Geboortedatums die niet kunnen kloppen"),
        why=_("Ouder dan 110 jaar, nog niet geboren, of 1 januari 1900."),
        mend=_("Verbeter de datum op de pagina van de persoon, en in Wise."),
        sql="(c.date_of_birth > %(today)s OR c.date_of_birth < %(today)s::date - interval '110 years')",
    ),
    Check(
        code="crowded_address",
        title=_("Mensen die met velen één adres delen"),
        why=_(
            "Zeven of meer mensen op één adres is geen gezin: vaak een school, of het adres van de bib zelf."
        ),
        mend=_("Kijk na of dit het eigen adres van deze mensen is."),
        sql="c.email_norm IN (SELECT email_norm FROM crowded)",
    ),
    Check(
        code="no_branch",
        title=_("Leden zonder vestiging"),
        why=_("Ze krijgen de openingsuren van alle vestigingen in plaats van hun eigen."),
        mend=_("Vul de vestiging in Wise aan."),
        sql=f"m.home_branch_id IS NULL AND coalesce({_VALID}, false)",
    ),
    Check(
        code="odd_name",
        title=_("Namen met cijfers of vreemde tekens"),
        why=_("‘Dag 4567,’ leest niet fijn. Zo’n naam komt meestal van een verschoven kolom."),
        mend=_("Verbeter de naam op de pagina van de persoon, en in Wise."),
        sql="(c.first_name || c.last_name) ~ '[0-9@#?;=]'",
    ),
    Check(
        code="ended_long_ago",
        title=_("Lidmaatschappen die al twee jaar voorbij zijn"),
        why=_(
            "Het bibliotheeksysteem verwijdert mensen na twee jaar. Wie hier nog staat, hoort weg te zijn."
        ),
        mend=_("Laad een volledig ledenbestand in: wie er niet meer in staat, verdwijnt dan ook hier."),
        sql="m.expires_on < %(today)s::date - interval '2 years'",
    ),
)


def register_own() -> None:
    for check in OWN:
        register(check)
