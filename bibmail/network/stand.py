"""How a library stands, as Cultuurconnect reads it: a word, a shape and the reason; by province and in a table."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bibmail.network.queries import LibraryStand
from bibmail.tenancy.models import Library

# Libraries load once a week at the least; two missed weeks is a problem.
LATE_DAYS, STUCK_DAYS = 7, 14
# Rows left behind for every 100 people, from which somebody should look.
MANY_REFUSED = 5
# Counts of 1 to 4 tell of single persons: they are not shown, and judge nobody.
SMALL = 5
# Spam complaints for every 1,000 mails: Gmail asks for less than 1, and refuses mail from 3 on (law D-02).
COMPLAINTS_WATCHED, COMPLAINTS_TOO_MANY = 1, 3
# Hard bounces for every 100 mails, from which the addresses need a look.
MANY_DEAD = 5


class Stand(StrEnum):
    PROBLEM = "problem"
    ATTENTION = "attention"
    LIVE = "live"
    TRIAL = "trial"
    NOT_STARTED = "not_started"


class Look(NamedTuple):
    """A state as it is drawn: never by colour alone."""

    label: str | Promise
    shape: str
    colour: str
    chip: str


LOOKS: dict[Stand, Look] = {
    Stand.PROBLEM: Look(gettext_lazy("Heeft een probleem"), "x", "p4", "bad"),
    Stand.ATTENTION: Look(gettext_lazy("Vraagt aandacht"), "w", "p2", "warn"),
    Stand.LIVE: Look(gettext_lazy("Draait goed"), "", "p1", "good"),
    Stand.TRIAL: Look(gettext_lazy("In proef"), "", "p0", ""),
    Stand.NOT_STARTED: Look(gettext_lazy("Nog niet begonnen"), "o", "edge", ""),
}


class Row(NamedTuple):
    """A library with its stand and the reason for it."""

    library: LibraryStand
    stand: Stand
    reason: str

    @property
    def look(self) -> Look:
        return LOOKS[self.stand]

    @property
    def share(self) -> int | None:
        """How many of every 100 with an address want mail; None where that would tell of single persons."""
        part, whole = self.library.consenting_count, self.library.with_address_count
        return None if part is None or whole is None else share_of(part, whole)

    @property
    def reach_per_thousand(self) -> int | None:
        """How many of every 1,000 inhabitants want mail; None where that would tell of single persons."""
        part, whole = self.library.consenting_count, self.library.inhabitants_count
        return None if not whole or part is None or part < SMALL else round(part * 1000 / whole)

    @property
    def arrived_share(self) -> int | None:
        """How many of every 100 mails arrived; None where that would tell of single persons."""
        return share_of(self.library.delivered_count, self.library.sent_count)


def share_of(part: int, whole: int) -> int | None:
    """Out of every 100, or None where one of both is small."""
    if whole < SMALL or 0 < part < SMALL:
        return None
    return round(part * 100 / whole)


class Share(NamedTuple):
    """How many libraries stand so, and how wide that is out of 100."""

    look: Look
    libraries_count: int
    width: int


class Province(NamedTuple):
    name: str
    rows: list[Row]
    shares: list[Share]

    @property
    def message(self) -> str:
        return ", ".join(f"{share.look.label}: {share.libraries_count}" for share in self.shares)


def judge(stands: Iterable[LibraryStand], *, at: datetime) -> list[Row]:
    return [Row(library, *_judge(library, at=at)) for library in stands]


def _judge(library: LibraryStand, *, at: datetime) -> tuple[Stand, str]:
    if library.state == Library.State.NOT_STARTED:
        return Stand.NOT_STARTED, ""
    silent = (
        (timezone.localdate(at) - timezone.localdate(library.last_import_at)).days
        if library.last_import_at
        else None
    )
    is_live = library.state == Library.State.LIVE
    if is_live and (silent is None or silent > STUCK_DAYS):
        return Stand.PROBLEM, _silence(silent)
    if reason := _spam(library, from_=COMPLAINTS_TOO_MANY):
        return Stand.PROBLEM, reason
    if silent is None:
        return Stand.TRIAL, _("Laadde nog geen gegevens in.")
    if silent > LATE_DAYS:
        return Stand.ATTENTION, _silence(silent)
    if reason := _spam(library, from_=COMPLAINTS_WATCHED):
        return Stand.ATTENTION, reason
    if (
        library.hard_bounced_count >= SMALL
        and library.hard_bounced_count * 100 > MANY_DEAD * library.sent_count
    ):
        return Stand.ATTENTION, _("Meer dan %(count)s van elke 100 mails zijn onbestelbaar.") % {
            "count": MANY_DEAD
        }
    if library.unknown_count >= SMALL:
        return Stand.ATTENTION, _("Van %(count)s mails is niet zeker of ze vertrokken.") % {
            "count": library.unknown_count
        }
    if (library.refused_rows_count or 0) * 100 > MANY_REFUSED * (library.people_count or 0):
        return Stand.ATTENTION, _("Veel rijen bleven achter bij het inladen.")
    return (Stand.LIVE if is_live else Stand.TRIAL), ""


def complaints_per_thousand(complaints: int, delivered: int) -> float | None:
    """For every 1,000 mails that arrived; None for fewer than five complaints."""
    if complaints < SMALL or not delivered:
        return None
    return complaints * 1000 / delivered


def _spam(library: LibraryStand, *, from_: int) -> str:
    """The sentence when so many of every 1,000 mails were called spam, else nothing."""
    rate = complaints_per_thousand(library.complaints_count, library.delivered_count)
    if rate is None or rate < from_:
        return ""
    return _("%(rate)s van elke 1.000 mails worden als spam gemeld.") % {"rate": number_format(rate, 1)}


def _silence(days: int | None) -> str:
    if days is None:
        return _("Draait, maar laadde nog geen gegevens in.")
    return _("Kreeg al %(days)s dagen geen gegevens.") % {"days": days}


def shares(rows: list[Row]) -> list[Share]:
    """How many rows stand so, worst first; states that nobody is in are left out."""
    counts = {stand: sum(row.stand is stand for row in rows) for stand in Stand}
    return [
        Share(LOOKS[stand], count, round(count * 100 / len(rows))) for stand, count in counts.items() if count
    ]


def provinces(rows: list[Row]) -> list[Province]:
    """By name; inside a province the ones with a problem come first."""
    names = sorted({row.library.province for row in rows}, key=lambda name: (not name, name))
    order = list(Stand)
    grouped = ((name, [row for row in rows if row.library.province == name]) for name in names)
    return [
        Province(
            name or _("Zonder provincie"),
            sorted(found, key=lambda row: order.index(row.stand)),
            shares(found),
        )
        for name, found in grouped
    ]


class Totals(NamedTuple):
    """Sums over libraries whose own figure is shown, so that no sum gives a small one away."""

    people: int
    members: int
    with_address: int
    consenting: int
    reach: int


def totals(rows: list[Row]) -> Totals:
    def add(read: Callable[[LibraryStand], int | None]) -> int:
        return sum(value for row in rows if (value := read(row.library)) and value >= SMALL)

    return Totals(
        add(lambda library: library.people_count),
        add(lambda library: library.members_count),
        add(lambda library: library.with_address_count),
        add(lambda library: library.consenting_count),
        add(lambda library: library.reach_count),
    )


class Column(NamedTuple):
    """A head of the table: sorts by its key, the largest first unless it is a name."""

    code: str
    label: str | Promise
    key: Callable[[Row], Any]
    is_number: bool = True


DATA_COLUMNS = (
    Column("naam", gettext_lazy("Bibliotheek"), lambda row: row.library.name, is_number=False),
    Column("mensen", gettext_lazy("Mensen"), lambda row: row.library.people_count or 0),
    Column("leden", gettext_lazy("Leden"), lambda row: row.library.members_count or 0),
    Column("adres", gettext_lazy("Met adres"), lambda row: row.library.with_address_count or 0),
    Column("willen", gettext_lazy("Willen mails"), lambda row: row.library.consenting_count or 0),
    Column("op-100", gettext_lazy("Op 100"), lambda row: row.share if row.share is not None else -1),
    Column("op-1000", gettext_lazy("Op 1.000 inwoners"), lambda row: _or_last(row.reach_per_thousand)),
    Column("ingeladen", gettext_lazy("Ingeladen"), lambda row: _age(row.library.last_import_at)),
    Column("achter", gettext_lazy("Rijen achter"), lambda row: row.library.refused_rows_count or 0),
)


MAIL_COLUMNS = (
    DATA_COLUMNS[0],
    Column("bereik", gettext_lazy("Bereik"), lambda row: row.library.reach_count or 0),
    Column("klantreizen", gettext_lazy("Klantreizen"), lambda row: row.library.live_journeys_count or 0),
    Column("service", gettext_lazy("Service"), lambda row: row.library.service_sent_count),
    Column("andere", gettext_lazy("Andere"), lambda row: row.library.marketing_sent_count),
    Column("aangekomen", gettext_lazy("Op 100 aan"), lambda row: _or_last(row.arrived_share)),
    Column("terug", gettext_lazy("Onbestelbaar"), lambda row: row.library.hard_bounced_count),
    Column("spam", gettext_lazy("Spam"), lambda row: row.library.complaints_count),
    Column("uit", gettext_lazy("Uitgeschreven"), lambda row: row.library.unsubscribes_count),
)


def _or_last(value: int | None) -> int:
    return -1 if value is None else value


def _age(moment: datetime | None) -> float:
    return moment.timestamp() if moment else 0.0


def sort(rows: list[Row], code: str, columns: Sequence[Column] = DATA_COLUMNS) -> tuple[Column, list[Row]]:
    """The rows in the order of this column; an unknown one sorts by name."""
    column = next((column for column in columns if column.code == code), columns[0])
    return column, sorted(rows, key=column.key, reverse=column.is_number)
