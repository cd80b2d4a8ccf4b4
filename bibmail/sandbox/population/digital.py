"""E-books and study places: the traces of services that only some libraries have."""

from __future__ import annotations

from random import Random
from typing import Final, NamedTuple

from bibmail.sandbox.population.days import calendar, exam_weight
from bibmail.sandbox.population.dialects import Sheet
from bibmail.sandbox.population.draws import rounded
from bibmail.sandbox.population.films import write_films
from bibmail.sandbox.population.noise import UNKNOWN_BRANCH, Faults
from bibmail.sandbox.population.people import Person
from bibmail.sandbox.population.stage import Stage
from bibmail.sandbox.population.titles import Title

_LOGGED_IN: Final = 0.05
_EVER_BORROWED: Final = 0.55
_BORROWS_THIS_YEAR: Final = 0.018 / 0.027
_LOAN_DAYS: Final = 42


class Digital(NamedTuple):
    """The members of whom something was told: e-books, films."""

    ebooks: set[str]
    films: set[str]


def write_ebook_activity(stage: Stage) -> Digital:
    """Logins and e-book loans of the past two years, and films."""
    rng, faults = stage.rng("ebooks"), stage.faults("ebook_activity")
    with_ids = rng.random() < 0.6
    books = [t for t in stage.titles if t.isbn and not t.for_children]
    lookers, borrowers = 0, 0
    users = _ebook_users(rng, stage) if "ebooks" in stage.plan.services else []
    with stage.sheet("ebook_activity") as sheet:
        serial = 0
        for person in users:
            borrows = rng.random() < _EVER_BORROWED
            borrowers += borrows
            if borrows:
                stage.ebook_borrowers.add(person.external_id)
            lookers += not borrows
            trail = _trail(rng, stage.today, books, borrows=borrows)
            for (day, second), kind, isbn, title in trail:
                serial += 1
                event_id = f"cl-{serial}" if with_ids else ""
                moment = sheet.dialect.moment(day, second)
                sheet.write(person.external_id, kind, moment, isbn, title, event_id)
                _ebook_fault(sheet, faults, person, moment, f"cl-x{serial}" if with_ids else "")
        viewers = write_films(stage, sheet, with_ids=with_ids)
    stage.truth.sums["ebook_borrowers"] = borrowers
    stage.truth.sums["ebook_lookers"] = lookers
    return Digital({person.external_id for person in users}, viewers)


def _ebook_users(rng: Random, stage: Stage) -> list[Person]:
    """5 % of those of sixteen and older; those between 40 and 69 come first."""
    grown = [p for p in stage.readers if p.age >= 16]
    # The standard way to draw without replacement by weight: the smallest u ** (1/w) leave.
    luck = {p.serial: rng.random() ** (1 / 3 if 40 <= p.age <= 69 else 1) for p in grown}
    by_luck = sorted(grown, key=lambda p: luck[p.serial], reverse=True)
    return by_luck[: rounded(rng, len(grown) * _LOGGED_IN)]


Trace = tuple[tuple[int, int], str, str, str]


def _trail(rng: Random, today: int, books: list[Title], *, borrows: bool) -> list[Trace]:
    """What one person did, in order; a looker logs in a few times and takes nothing."""
    taken: dict[tuple[int, int], tuple[str, str, str]] = {}

    def note(day: int, kind: str, isbn: str = "", title: str = "") -> None:
        if day < today:
            # Two traces at the same second would be one row twice.
            second = rng.randrange(8 * 3600, 22 * 3600)
            while (day, second) in taken:
                second += 1
            taken[day, second] = (kind, isbn, title)

    span = 360 if rng.random() < _BORROWS_THIS_YEAR else 720
    start = span - 360
    for _ in range(1 + int(rng.expovariate(0.5))):
        note(today - 1 - start - int(rng.random() * 350), "LOGIN")
    if borrows:
        for _ in range(1 + int(rng.expovariate(1 / 7.5))):
            book = rng.choice(books)
            day = today - 1 - start - int(rng.random() * 350)
            note(day - 1, "LOGIN")
            note(day, "CHECKOUT", book.isbn, book.title)
            note(day + int(rng.random() * _LOAN_DAYS) + 1, "CHECKIN", book.isbn, book.title)
            if rng.random() < 0.2:
                other = rng.choice(books)
                note(day, "HOLD", other.isbn, other.title)
    return [(when, *what) for when, what in sorted(taken.items())]


def _ebook_fault(sheet: Sheet, faults: Faults, person: Person, moment: str, event_id: str) -> None:
    match faults.due():
        case "unknown_member":
            sheet.refuse("unknown_member", faults.stranger(), "LOGIN", moment, "", "", event_id)
        case "missing":
            sheet.refuse("missing", person.external_id, "", moment, "", "", event_id)


def write_seat_reservations(stage: Stage) -> set[str]:
    """Study places in the weeks of exams. Returns the members with an accepted row."""
    rng, faults = stage.rng("seats"), stage.faults("seat_reservations")
    students: list[Person] = []
    seated: set[str] = set()
    if "seat_reservations" in stage.plan.services:
        young = [p for p in stage.readers if 16 <= p.age <= 25]
        students = rng.sample(young, rounded(rng, len(young) * 0.03))
        others = [p for p in stage.readers if p.age > 40]
        students += rng.sample(others, rounded(rng, len(others) * 0.002))
    with_ids = rng.random() < 0.7
    exam_days = calendar(exam_weight, stage.today - 364, stage.today + 7)
    serial = 0
    with stage.sheet("seat_reservations") as sheet:
        for person in students:
            by_address = stage.bearers[person.email] == 1 and rng.random() < 0.1
            who = ("", person.email) if by_address else (person.external_id, "")
            days = {exam_days.draw(rng, 0, stage.today + 7) for _ in range(max(1, round(rng.gauss(9, 4))))}
            for day in sorted(days):
                serial += 1
                row = _seat(rng, stage, sheet, person, day, f"R-{serial}" if with_ids else "")
                sheet.write(row[0], *who, *row[1:])
                # Who cancelled or stayed away every time, did not come.
                if row[-1] not in {"cancelled", "no_show"}:
                    seated.add(person.external_id)
                match faults.due():
                    case "unknown_member":
                        mark = f"{row[0]}x" if with_ids else ""
                        sheet.refuse("unknown_member", mark, faults.stranger(), "", *row[1:])
                    case "unknown_branch":
                        mark = f"{row[0]}y" if with_ids else ""
                        sheet.refuse("unknown_branch", mark, *who, UNKNOWN_BRANCH, *row[2:])
    stage.truth.sums["seat_members"] = len(seated)
    return {person.external_id for person in students}


def _seat(rng: Random, stage: Stage, sheet: Sheet, person: Person, day: int, mark: str) -> list[str]:
    kind = "pc" if person.age > 25 else "vergaderruimte" if rng.random() < 0.05 else "studieplek"
    start = rng.choice((9, 10, 13, 14)) * 3600
    if day >= stage.today:
        status = "reserved"
    else:
        status = rng.choices(("checked_in", "no_show", "cancelled"), (0.83, 0.1, 0.07))[0]
    moment = sheet.dialect.moment
    return [mark, stage.branch_ids[0], kind, moment(day, start), moment(day, start + 4 * 3600), status]
