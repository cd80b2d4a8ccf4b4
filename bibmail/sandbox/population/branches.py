"""Buildings, opening hours and services."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Final

from bibmail.sandbox.population.days import easter
from bibmail.sandbox.population.dialects import Sheet
from bibmail.sandbox.population.stage import Stage

_DAYS: Final = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
_STREETS: Final = (
    "Kerkstraat",
    "Stationsstraat",
    "Schoolstraat",
    "Molenstraat",
    "Dorpsplein",
    "Kasteeldreef",
    "Veldlaan",
)
_QUARTERS: Final = ("Hoofdbib", "Noord", "Centrum", "Station", "Ten Bos", "Oude Markt", "Zuid", "De Wijk")
_SERVICES: Final = (
    "ebooks",
    "fundels",
    "cinebib",
    "bieblo",
    "digipunt",
    "seat_reservations",
    "home_delivery",
    "open_plus",
)
_FIXED_CLOSED: Final = ((1, 1), (5, 1), (7, 11), (7, 21), (8, 15), (11, 1), (11, 11), (12, 25))


def write_branches(stage: Stage) -> None:
    """The main library, its branches, and sometimes a service point."""
    rng, plan = stage.rng("branches"), stage.plan
    first = 3000 + plan.number * 21
    stage.branch_ids = [str(first + i) for i in range(plan.branches)]
    with stage.sheet("branches") as sheet:
        for i, branch_id in enumerate(stage.branch_ids):
            part = _QUARTERS[i % len(_QUARTERS)] + (
                f" {i // len(_QUARTERS) + 1}" if i >= len(_QUARTERS) else ""
            )
            sheet.write(
                branch_id,
                plan.name if i == 0 else f"{plan.name} {part}",
                "service_point" if i >= 2 and rng.random() < 0.4 else "branch",
                rng.choice(_STREETS),
                str(rng.randint(1, 180)),
                plan.place.postal_code,
                plan.place.municipality,
                f"+32 9 000 {plan.number % 100:02} {i:02}",
                f"bib.{plan.slug}{i or ''}@example.be",
            )


def write_opening_hours(stage: Stage) -> None:
    """The week of every branch, then the days in the coming year that are different."""
    rng, today = stage.rng("opening hours"), date.fromordinal(stage.today)
    open_plus = "open_plus" in stage.plan.services
    with stage.sheet("opening_hours") as sheet:
        yes, no = sheet.dialect.yes, sheet.dialect.no
        for i, branch in enumerate(stage.branch_ids):
            stage.open_weekdays[branch] = set()
            for weekday, name in enumerate(_DAYS):
                if weekday == 6 and i == 0 and open_plus:
                    stage.open_weekdays[branch].add(weekday)
                    sheet.write(branch, name, "", "", "13:00", "18:00", yes, "Open met je lidkaart")
                    continue
                for opens, closes in _hours(rng, weekday, main=i == 0):
                    if opens:
                        stage.open_weekdays[branch].add(weekday)
                    sheet.write(branch, name, "", "", opens, closes, no, "")
            _exceptions(sheet, branch, today, no)


def _hours(rng: Random, weekday: int, *, main: bool) -> list[tuple[str, str]]:
    """Wednesday and Saturday always; a small branch is shut half of the other days."""
    if weekday == 6:
        return [("10:00", "12:30")] if main and rng.random() < 0.3 else [("", "")]
    if weekday == 5:
        return [("09:30", "12:30" if not main else "16:00")]
    if weekday == 2:
        return [("13:00", "19:00")] if not main else [("09:00", "12:00"), ("13:00", "19:00")]
    if rng.random() < (0.15 if main else 0.5):
        return [("", "")]
    return [("13:30", rng.choice(("18:00", "18:30", "20:00")))]


def _exceptions(sheet: Sheet, branch: str, today: date, no: str) -> None:
    """Holidays, the days around Christmas, and the short hours of July and August."""
    until = today + timedelta(days=365)

    def closed(first: date, last: date, note: str, opens: str = "", closes: str = "") -> None:
        if today < first <= until:
            day = sheet.dialect.day
            sheet.write(branch, "", day(first.toordinal()), day(last.toordinal()), opens, closes, no, note)

    for year in (today.year, today.year + 1):
        for month, number in _FIXED_CLOSED:
            feast = date(year, month, number)
            closed(feast, feast, "Feestdag")
        for days, note in ((1, "Paasmaandag"), (39, "O.L.H. Hemelvaart"), (50, "Pinkstermaandag")):
            feast = easter(year) + timedelta(days=days)
            closed(feast, feast, note)
        closed(date(year, 12, 24), date(year, 12, 24), "Kerstavond: we sluiten vroeger", "10:00", "15:00")
        closed(date(year, 12, 26), date(year, 12, 31), "Gesloten tussen kerst en nieuwjaar")
        closed(date(year, 7, 1), date(year, 8, 31), "Zomeruren", "09:00", "13:00")


def closed_days(year: int) -> set[date]:
    """Holidays and the days after Christmas: no library is open then."""
    moving = {easter(year) + timedelta(days=days) for days in (1, 39, 50)}
    fixed = {date(year, month, number) for month, number in _FIXED_CLOSED}
    return moving | fixed | {date(year, 12, number) for number in range(26, 32)}


def write_capabilities(stage: Stage) -> None:
    """Which services this library offers, and where."""
    with stage.sheet("capabilities") as sheet:
        for service in _SERVICES:
            active = service in stage.plan.services
            url = f"https://{stage.plan.slug}.example.be/{service.replace('_', '-')}" if active else ""
            sheet.write(service, sheet.dialect.flag(active), url)
