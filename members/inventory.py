"""What is kept of people, from where, how fresh, and for what (AVG, article 30). Apps add their own (D10)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members import queries
from members.kinds import RULES, oldest_kept
from members.models import ActivityKind
from members.source_names import Names


@dataclass(frozen=True, kw_only=True)
class Item:
    """A kind of data. `sql` selects one row: rows, people, the newest moment, and a text[] of sources."""

    label: str | Promise
    purpose: str | Promise
    sql: str


class Held(NamedTuple):
    """One line of the inventory."""

    label: str | Promise
    purpose: str | Promise
    rows_count: int
    people_count: int
    newest_at: datetime | None
    sources: str


class KindHeld(NamedTuple):
    """One kind of what people did, with its retention and what the coming night will delete."""

    label: str | Promise
    data_use: str | None
    rows_count: int
    people_count: int
    oldest: date | None
    newest: date | None
    sources: str
    keep_days: int | None
    due_count: int


_items: list[Item] = []


def register(item: Item) -> None:
    """Called from AppConfig.ready() of the app that owns the table."""
    if item not in _items:
        _items.append(item)


def held() -> list[Held]:
    """Every kind of data in order of registration; one query."""
    parts = [f"SELECT {n}, rows, people, newest, sources FROM ({item.sql}) AS i (rows, people, newest, sources)"
             for n, item in enumerate(_items)]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts) + " ORDER BY 1")
        return [
            Held(_items[n].label, _items[n].purpose, rows, people, newest, _named(sources))
            for n, rows, people, newest, sources in cursor.fetchall()
        ]


def kinds(*, tonight: datetime) -> list[KindHeld]:
    """What people did, kind by kind."""
    limits = {kind: oldest_kept(kind, at=tonight) for kind in RULES}
    return [
        KindHeld(
            ActivityKind(row.kind).label, RULES[ActivityKind(row.kind)].data_use, row.rows, row.people, row.oldest,
            row.newest, _named(row.sources), RULES[ActivityKind(row.kind)].keep_days, row.due,
        )
        for row in queries.inventory(limits)
    ]  # fmt: skip


# What the streams of activities are called to colleagues; the rest is a source as on a person's page.
_STREAMS = {
    "bibmail": gettext_lazy("Bibmail zelf"),
    "loan": gettext_lazy("Wise, uitleningen"),
    "ebook": gettext_lazy("cloudLibrary"),
    "seat": gettext_lazy("reservaties"),
    "event": gettext_lazy("inschrijvingslijsten"),
    "seen": gettext_lazy("Wise, laatst actief"),
    "membership": gettext_lazy("Wise, leden"),
    "household": gettext_lazy("Mijn Bibliotheek"),
    "hold": gettext_lazy("Wise, reserveringen"),
}


def _named(sources: Sequence[str | None] | None) -> str:
    found = Names()
    named = [_one_name(code, found) for code in sources or () if code]
    names = list(dict.fromkeys(named))
    if len(names) > 3:
        return _("%(names)s en nog %(count)s") % {"names": ", ".join(names[:3]), "count": len(names) - 3}
    return ", ".join(names)


def _one_name(code: str, found: Names) -> str:
    # A library may have many forms: on this page they are one kind of source, at no query each.
    if code.startswith("formulier:"):
        return _("aanmeldformulieren")
    return str(_STREAMS[code]) if code in _STREAMS and code != "bibmail" else found.of(code)


def register_own() -> None:
    for item in (
        Item(label=gettext_lazy("Mensen en instellingen"),
             purpose=gettext_lazy("Weten wie we mailen, in welke taal en op welk adres."),
             sql="SELECT count(*), count(*), max(sourced_at), array_agg(DISTINCT source)"
                 " FROM members_contact WHERE kind <> 'merged'"),
        Item(label=gettext_lazy("Lidmaatschappen"),
             purpose=gettext_lazy("Berichten over het lidmaatschap: welkom, vervaldatum, verlenging."),
             sql="SELECT count(*), count(DISTINCT contact_id), max(sourced_at), array_agg(DISTINCT source)"
                 " FROM members_membership"),
        Item(label=gettext_lazy("Gezinnen"),
             purpose=gettext_lazy("Mails voor kinderen naar de ouder sturen; tips op leeftijd met toestemming."),
             sql="SELECT count(DISTINCT household_id), count(DISTINCT contact_id), max(linked_on)::timestamptz,"
                 " array['household'] FROM members_householdmember WHERE unlinked_on IS NULL"),
        Item(label=gettext_lazy("Eigen velden"),
             purpose=gettext_lazy("Bij elk veld staat het doel, bij Gegevens, Eigen velden."),
             sql="SELECT count(*), count(DISTINCT contact_id), max(sourced_at), array_agg(DISTINCT source)"
                 " FROM members_customvalue"),
    ):  # fmt: skip
        register(item)
