"""Who looks at the e-books, and whether anything is borrowed (J2)."""

from __future__ import annotations

from random import Random
from typing import Final

from bibmail.sandbox.life.town import Town
from bibmail.sandbox.life.truth import EBOOKS
from bibmail.sandbox.population.people import Person

_SUBJECT: Final = ("digital", "use_ebook_activity")
# Mail 1 goes two days after the login, mail 2 two weeks later.
_SECOND_MAIL: Final = 17
# In these libraries the contract pauses at the end of January: who looks after the middle gets no second mail.
_PAUSE: Final = 30


def look(town: Town) -> None:
    if "ebooks" not in town.plan.services:
        return
    rng = town.rng("ebooks")
    latest = town.last - _SECOND_MAIL - (0 if town.plan.tier == "L" else _PAUSE - _SECOND_MAIL)
    early = town.busy_days(town.first + 1, max(town.first + 7, latest))
    first_half = early[: max(1, len(early) // 2)]
    _outcomes(town, rng, early, first_half)
    _not_for(town, rng, early)
    _known_lookers(town, rng, early)


def _outcomes(town: Town, rng: Random, early: list[int], first_half: list[int]) -> None:
    """Those who enter: what they did after the login decides how far they come."""
    for person in _candidates(town, rng, 5):
        day = _login(town, rng, person, early)
        _borrow(town, rng, person, day + 1)
        town.note(EBOOKS, "loan_next_day", person)
    for person in _candidates(town, rng, 6):
        _borrow(town, rng, person, _login(town, rng, person, early) + 10)
        town.note(EBOOKS, "loan_day_10", person)
    for person in _candidates(town, rng, 5):
        day = _login(town, rng, person, early)
        _borrow(town, rng, person, town.busy_from(day + rng.randint(5, 9)))
        town.note(EBOOKS, "loan_before_second_mail", person)
    for person in _candidates(town, rng, 20):
        _login(town, rng, person, early)
        town.note(EBOOKS, "no_loan", person)
    for person in _candidates(town, rng, 5):
        day = _login(town, rng, person, first_half)
        _borrow(town, rng, person, town.busy_from(day + _SECOND_MAIL + rng.randint(3, 12)))
        town.note(EBOOKS, "loan_after_second_mail", person)
    for person in _candidates(town, rng, 4):
        day = _login(town, rng, person, early)
        for later in (1, 4, 9):
            _act(town, rng, person, town.busy_from(day + later), "LOGIN")
        town.note(EBOOKS, "several_logins", person)


def _not_for(town: Town, rng: Random, early: list[int]) -> None:
    """Those who log in as well, and may not enter."""
    for case, codes in (("without_data_use", ("digital",)), ("without_topic", ("use_ebook_activity",))):
        people = [p for p in _newcomers_to_ebooks(town) if not town.allowed(p) & {*_SUBJECT}]
        for person in town.pick(rng, people, town.dose(4)):
            day = rng.choice(early)
            town.allow(rng, person, day, *codes)
            _act(town, rng, person, day, "LOGIN")
            town.note(EBOOKS, case, person)
    young = [p for p in town.stage.readers if 13 <= p.age <= 14 and town.has_own_address(p)]
    for person in town.pick(rng, young, town.dose(2)):
        _act(town, rng, person, rng.choice(early), "LOGIN")
        town.note(EBOOKS, "too_young", person)
    expired = [
        p
        for p in town.stage.readers
        if p.age >= 18
        and p.expires < town.stage.today
        and p.last_active > town.stage.today - 250
        and town.has_own_address(p)
        and p.external_id not in town.uses.ebooks
    ]
    for person in town.pick(rng, expired, town.dose(3)):
        _login(town, rng, person, early)
        town.note(EBOOKS, "membership_expired", person)


def _known_lookers(town: Town, rng: Random, early: list[int]) -> None:
    """People who already had e-book traces: a borrower never enters, a looker was seen before."""
    users = town.regulars(lambda p: p.age >= 16 and p.external_id in town.uses.ebooks)
    borrowers = [p for p in users if p.external_id in town.stage.ebook_borrowers]
    lookers = [p for p in users if p.external_id not in town.stage.ebook_borrowers]
    for person in town.pick(rng, borrowers, town.dose(5)):
        _login(town, rng, person, early)
        town.note(EBOOKS, "borrower", person)
    for person in town.pick(rng, lookers, town.dose(4)):
        _login(town, rng, person, early)
        town.note(EBOOKS, "looked_before", person)


def _newcomers_to_ebooks(town: Town) -> list[Person]:
    return town.regulars(lambda p: p.age >= 16 and p.external_id not in town.uses.ebooks)


def _candidates(town: Town, rng: Random, number: int) -> list[Person]:
    return town.pick(rng, _newcomers_to_ebooks(town), town.dose(number))


def _login(town: Town, rng: Random, person: Person, days: list[int]) -> int:
    """A login on one of these days, with permission given on that day where it was lacking; returns the day."""
    day = rng.choice(days)
    town.allow(rng, person, day, *_SUBJECT)
    _act(town, rng, person, day, "LOGIN")
    return day


def _borrow(town: Town, rng: Random, person: Person, day: int) -> None:
    books = [title for title in town.stage.titles if title.isbn and not title.for_children]
    book = rng.choice(books)
    _act(town, rng, person, day, "LOGIN")
    _act(town, rng, person, day, "CHECKOUT", book.isbn, book.title)


def _act(
    town: Town, rng: Random, person: Person, day: int, kind: str, isbn: str = "", title: str = ""
) -> None:
    """One line of the platform; a loan comes after the login of the same evening."""
    start, end = (19, 22) if kind == "CHECKOUT" else (8, 19)
    moment = town.post.dialect("ebook_activity").moment(day, rng.randrange(start * 3600, end * 3600))
    number = f"cl-{town.next_serial()}"
    town.post.tell("ebook_activity", day, person.external_id, kind, moment, isbn, title, number)
