"""Ten weeks of three libraries in a few minutes, day by day, through everything that is real."""

import time
from datetime import date, timedelta

from django.core.management.base import OutputWrapper

from bibmail.network.tasks import count_libraries
from bibmail.sandbox.demo.address import HOST
from bibmail.sandbox.demo.crew import Crew
from bibmail.sandbox.demo.refusal import CannotShow
from bibmail.sandbox.play import audit, calendar, cautious, colleague, mornings, report
from bibmail.sandbox.play.lapse import Lapse, Stuck, set_clock
from bibmail.sandbox.play.watchdog import WORKER, Kill, Watchdog
from bibmail.tenancy import clock
from campaigns.tasks import settle_clicks

# Days on which somebody is busy sending.
_KILLS = [calendar.FIRST + timedelta(days=days) for days in (2, 9, 20, 35, 62)]
_NEWSLETTER = date(2027, 1, 7)
_BAR = 40
# In ten weeks of three libraries too few would unsubscribe halfway a welcome, or say that they come to study,
# for anybody to see what then happens.
_HABITS = {
    "by_tag": {
        **{
            mail: {"unsubscribe": 0.04} for mail in ("welcome_new", "welcome_new_youth", "welcome_new_parent")
        },
        "welcome_hours": {"click": 0.12, "preferences": 0.05},
    },
    "rates": {"interest_studying": 4.0},
}


def play(crew: Crew, *, out: OutputWrapper) -> None:
    """Play every day, report, check, and keep the report; raises CannotShow where a check fails."""
    begun = time.monotonic()
    played = _played(crew)
    watchdog = Watchdog(
        crew.folder.faults,
        crew.processes,
        lambda: crew.start_worker(WORKER),
        days=[day for day in _KILLS if played is None or day > played],
    )

    def look() -> None:
        watchdog.look()
        crew.processes.refuse_dead()

    lapse = Lapse(f"http://{HOST}:{crew.esp_port}", each_look=look)
    try:
        pages = f"http://{HOST}:{crew.port}"
        if played is None:
            set_clock(calendar.moment(calendar.FIRST, 4))
            sofie = colleague.begin(pages)
            lapse.let_readers_differ(_HABITS)
        else:
            sofie = colleague.again(pages)
        for day in calendar.days():
            if played and day <= played:
                continue
            watchdog.begin(day)
            _day(crew, lapse, day)
            if day == _NEWSLETTER:
                set_clock(calendar.moment(day, 17, 30))
                colleague.send_newsletter(sofie)
                lapse.until_quiet()
            crew.folder.playing.write_text(day.isoformat())
            _show_progress(out, day)
        watchdog.disarm()
    except colleague.Refused as refusal:
        raise CannotShow(f"A page did not do what a colleague asked of it: {refusal}") from None
    except Stuck as stuck:
        raise CannotShow(f"The play does not go on: {stuck} See {crew.folder.logs}.") from None
    _end(crew, watchdog, seconds=time.monotonic() - begun, out=out)


def _played(crew: Crew) -> date | None:
    """The last day that an interrupted play ended; it goes on from there."""
    return date.fromisoformat(crew.folder.playing.read_text()) if crew.folder.playing.exists() else None


def _day(crew: Crew, lapse: Lapse, day: date) -> None:
    """Before dawn the files come in; in the morning the journeys move and the mails leave; people react."""
    set_clock(calendar.moment(day, 5))
    if mornings.deliver(crew.folder.life, day, at=clock.now()):
        lapse.until_loaded()
    set_clock(calendar.moment(day, 9, 5))
    lapse.until_quiet()
    settle_clicks.delay()
    set_clock(calendar.moment(day, 17))
    lapse.until_quiet()
    count_libraries.delay()


def _show_progress(out: OutputWrapper, day: date) -> None:
    done = (day - calendar.FIRST).days + 1
    total = (calendar.LAST - calendar.FIRST).days + 1
    bar = "█" * (done * _BAR // total)
    is_last = done == total
    if out.isatty() or done % 7 == 0 or is_last:
        start, end = ("\r", "\n" if is_last else "") if out.isatty() else ("", "\n")
        out.write(f"{start}  {day:%d/%m/%Y} {bar:<{_BAR}} {done:>2} of {total} days", ending=end)
        out.flush()


def _end(crew: Crew, watchdog: Watchdog, *, seconds: float, out: OutputWrapper) -> None:
    kills = watchdog.kills
    since, until = calendar.moment(calendar.FIRST, 0), clock.now()
    told = report.tell(cautious.bridges(crew.folder.cautious, since=since, until=until))
    audited = audit.audit(crew.folder.esp)
    lines = [*told.lines, "", *_kills(kills, audited), "", *_checks(audited, told, watchdog.missed)]
    lines.append(f"Played {calendar.FIRST:%d/%m/%Y} to {calendar.LAST:%d/%m/%Y} in {seconds:.0f} seconds.")
    text = "\n".join(lines)
    out.write(text)
    out.flush()
    if not audited.is_clean or told.shortages or watchdog.missed:
        raise CannotShow("The play did not come out as it must; see the lines with NOT above.")
    crew.folder.played.write_text(text + "\n", encoding="utf-8")


def _kills(kills: list[Kill], audited: audit.Audited) -> list[str]:
    doubted = [public_id for kill in kills for public_id in kill.in_doubt]
    return [
        f"A sending worker was killed {len(kills)} times with -9, right after it wrote `submitting`"
        f" ({', '.join(f'{kill.day:%d/%m}' for kill in kills)}).",
        f"  in doubt at that moment: {', '.join(doubted) or 'none'}",
        f"  still unknown: {', '.join(audited.unknown) or 'none'};"
        f" of these the provider has: {', '.join(audited.unknown_in_ledger) or 'none'}",
    ]


def _checks(audited: audit.Audited, told: report.Told, missed: list[date]) -> list[str]:
    lines = [f"The provider's ledger holds {audited.mails_in_ledger} mails. Beside our own rows:"]
    for finding in audited.findings:
        mark = "NOT 0" if finding.found else "0"
        more = f"   {', '.join(finding.found[:5])}" if finding.found else ""
        lines.append(f"  {mark:>5}  {finding.what}{more}")
    lines += [f"  NOT enough  {short.what}: {short.people}, least {short.least}" for short in told.shortages]
    lines += [f"  NOT killed  on {day:%d/%m}: nobody came by" for day in missed]
    return lines
