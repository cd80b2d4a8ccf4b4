"""What can be asked of what people did: ever, how long ago, how often, and how often lately.

The summary answers where it can (performance P5). What it does not keep, a count over a kind that has no recent
days, is a range of the index `activity_by_kind`. The data use of each kind (`members.kinds`) stands before it.
"""

from datetime import timedelta
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy, ngettext

from members.kinds import RULES
from members.models import ActivityKind as Kind
from members.segments import ways, words
from members.segments.fields import Compile, Field, Group, Params, UnfitValue, number, register
from members.segments.standard import COMPARISONS

# Somebody who did not come, or called it off, did not do it: as in `members.summary`.
_DONE = "a.status NOT IN ('cancelled', 'no_show')"
_TWO_YEARS = 730


class _Doing(NamedTuple):
    """One kind as rules ask of it; the columns are those of the summary, empty where it has none."""

    kind: Kind
    # As the end of "wie …": "leende", "leende nooit".
    did: str | Promise
    never: str | Promise = ""
    last: str = ""
    recent: str = ""


_DOINGS = (
    _Doing(Kind.LOAN, gettext_lazy("leende"), gettext_lazy("leende nooit"), "s.last_loan_on", "s.recent_loans"),
    _Doing(Kind.LOAN_RENEWAL, gettext_lazy("verlengde een uitlening")),
    _Doing(Kind.LOAN_RETURN, gettext_lazy("bracht iets terug")),
    _Doing(Kind.HOLD_READY, gettext_lazy("had een reservering klaar")),
    _Doing(Kind.EBOOK_LOGIN, gettext_lazy("keek op het e-boekenplatform"),
           gettext_lazy("keek nooit op het e-boekenplatform"), "s.last_ebook_login_on"),
    _Doing(Kind.EBOOK_LOAN, gettext_lazy("leende een e-boek"), gettext_lazy("leende nooit een e-boek"),
           "s.last_ebook_loan_on"),
    _Doing(Kind.EBOOK_RETURN, gettext_lazy("gaf een e-boek terug")),
    _Doing(Kind.EBOOK_HOLD, gettext_lazy("reserveerde een e-boek")),
    _Doing(Kind.FILM_STREAM, gettext_lazy("keek een film"), gettext_lazy("keek nooit een film"),
           "s.last_film_stream_on"),
    _Doing(Kind.SEAT_RESERVATION, gettext_lazy("reserveerde een studieplek of pc"),
           gettext_lazy("reserveerde nooit een studieplek of pc"), "s.last_seat_reservation_on",
           "s.recent_seat_reservations"),
    _Doing(Kind.EVENT_REGISTRATION, gettext_lazy("schreef in voor een activiteit"),
           gettext_lazy("schreef nooit in voor een activiteit"), "s.last_event_registration_on"),
    _Doing(Kind.EVENT_ATTENDANCE, gettext_lazy("kwam naar een activiteit")),
    _Doing(Kind.PROFILE_LOGIN, gettext_lazy("meldde zich aan in Mijn Bibliotheek"),
           gettext_lazy("meldde zich nooit aan in Mijn Bibliotheek"), "s.last_profile_login_on"),
)  # fmt: skip

_KEPT_RECENT = 10


def _did(kind: Kind, since: str, params: Params, having: str = "") -> str:
    grouped = f" GROUP BY a.contact_id HAVING {having}" if having else ""
    return f"""c.id IN (
        SELECT a.contact_id FROM members_activity AS a
         WHERE a.kind = {params.add(str(kind))} AND a.occurred_at >= {since} AND {_DONE}{grouped})"""


def window_of(value: Any, *, most_days: int) -> tuple[int, int]:
    """Times and days of a window; raises UnfitValue."""
    match value:
        case {"times": int(times), "days": int(days)} if 1 <= times <= 1000 and 1 <= days <= most_days:
            return times, days
    raise UnfitValue(repr(value))


def _window(doing: _Doing, most_days: int) -> Compile:
    def compile_(op: str, value: Any, params: Params) -> str:
        times, days = window_of(value, most_days=most_days)
        if doing.recent and times <= _KEPT_RECENT:
            day = params.add(params.today - timedelta(days=days))
            asked = f"coalesce({doing.recent}[{times}] >= {day}, false)"
        elif times == 1 and doing.last:
            asked = f"coalesce({doing.last} >= {params.add(params.today - timedelta(days=days))}, false)"
        else:
            having = f"count(*) >= {params.add(times)}" if times > 1 else ""
            asked = _did(doing.kind, ways.midnight(params, days), params, having)
        return asked if op == "gte" else f"NOT ({asked})"

    return compile_


def _window_shown(doing: _Doing, most_days: int) -> Compile:
    def compile_(op: str, value: Any, params: Params) -> str:
        _times, days = window_of(value, most_days=most_days)
        return f"""(
            SELECT count(*) FROM members_activity AS a
             WHERE a.contact_id = c.id AND a.kind = {params.add(str(doing.kind))}
               AND a.occurred_at >= {ways.midnight(params, days)} AND {_DONE})"""

    return compile_


def _branches_used(op: str, value: Any, params: Params) -> str:
    if number(value) < 1:
        return "true"
    having = f"count(DISTINCT a.branch_id) >= {params.add(number(value))}"
    return _did(Kind.LOAN, ways.midnight(params, 365), params, having)


def _window_field(doing: _Doing) -> Field:
    rule = RULES[doing.kind]
    most_days = rule.keep_days or _TWO_YEARS
    return Field(
        code=f"window_{doing.kind}", label=format_lazy(gettext_lazy("Hoe vaak: {doing}"), doing=doing.did),
        kind="window", operators=("gte", "lt"), sql=_window(doing, most_days), shows=_window_shown(doing, most_days),
        data_use=rule.data_use, group=Group.DOING, most=most_days, words=words.window(doing.did),
    )  # fmt: skip


def _last_field(doing: _Doing) -> Field:
    long_ago = format_lazy(gettext_lazy("{doing}, maar niet meer in de laatste %(days)s"), doing=doing.did)
    lately = format_lazy(gettext_lazy("{doing} in de laatste %(days)s"), doing=doing.did)
    return Field(
        code=f"last_{doing.kind}", label=format_lazy(gettext_lazy("Hoelang geleden: {doing}"), doing=doing.did),
        kind="days_ago", operators=("gte", "lte"), sql=ways.days_ago(doing.last), shows=ways.plain(doing.last),
        data_use=RULES[doing.kind].data_use, group=Group.DOING, most=3650, words=words.days(long_ago, lately),
    )  # fmt: skip


def _ever_field(doing: _Doing) -> Field:
    ever = format_lazy(gettext_lazy("{doing}, hoelang geleden ook"), doing=doing.did)
    return Field(
        code=f"ever_{doing.kind}", label=format_lazy(gettext_lazy("Ooit of nooit: {doing}"), doing=doing.did),
        kind="yes_no", operators=("is",), sql=ways.yes_no(f"{doing.last} IS NOT NULL"), shows=ways.plain(doing.last),
        data_use=RULES[doing.kind].data_use, group=Group.DOING, words=words.whether(ever, doing.never),
    )  # fmt: skip


def _totals() -> tuple[Field, ...]:
    return tuple(
        Field(code=column, label=label, kind="number", operators=COMPARISONS, sql=ways.count(f"s.{column}"),
              shows=ways.plain(f"coalesce(s.{column}, 0)"), data_use=RULES[kind].data_use, group=Group.DOING,
              words=words.compared(said))
        for column, kind, label, said in (
            ("loans_count", Kind.LOAN, gettext_lazy("Aantal uitleningen"), gettext_lazy("aantal uitleningen")),
            ("ebook_loans_count", Kind.EBOOK_LOAN, gettext_lazy("Aantal e-boeken"),
             gettext_lazy("aantal geleende e-boeken")),
            ("ebook_logins_count", Kind.EBOOK_LOGIN, gettext_lazy("Keren op het e-boekenplatform"),
             gettext_lazy("aantal bezoeken aan het e-boekenplatform")),
            ("seat_reservations_count", Kind.SEAT_RESERVATION, gettext_lazy("Aantal studieplekken of pc’s"),
             gettext_lazy("aantal reservaties van een studieplek of pc")),
            ("film_streams_count", Kind.FILM_STREAM, gettext_lazy("Aantal films"),
             gettext_lazy("aantal bekeken films")),
            ("event_registrations_count", Kind.EVENT_REGISTRATION, gettext_lazy("Aantal activiteiten"),
             gettext_lazy("aantal inschrijvingen voor activiteiten")),
        )
    )  # fmt: skip


def register_fields() -> None:
    """Let rules ask what people did."""
    register(
        Field(code="last_active", label=gettext_lazy("Laatst actief"), kind="days_ago", operators=("gte", "lte"),
              sql=ways.days_ago("s.last_active_on"), shows=ways.plain("s.last_active_on"), group=Group.DOING,
              words=words.days(gettext_lazy("kwam %(days)s of langer niet meer"),
                               gettext_lazy("was actief in de laatste %(days)s")))
    )  # fmt: skip
    for field in _totals():
        register(field)
    for doing in _DOINGS:
        register(_window_field(doing))
        if doing.last:
            register(_last_field(doing))
            register(_ever_field(doing))
    register(
        Field(code="branches_used", label=gettext_lazy("Aantal vestigingen waar iemand leende"), kind="number",
              operators=("gte",), sql=_branches_used, data_use="use_loan_history", group=Group.DOING, most=50,
              words=lambda op, value: ngettext(
                  "leende het voorbije jaar in minstens %(count)s vestiging",
                  "leende het voorbije jaar in minstens %(count)s vestigingen", value) % {"count": value})
    )  # fmt: skip
