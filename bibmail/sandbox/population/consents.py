"""What each person allowed: topics and data uses, given over the past year, some of them taken back."""

from __future__ import annotations

from random import Random
from typing import Final, NamedTuple

from bibmail.sandbox.population.dialects import Sheet
from bibmail.sandbox.population.noise import Faults
from bibmail.sandbox.population.people import Person
from bibmail.sandbox.population.registrations import Attendance
from bibmail.sandbox.population.stage import Stage

# Of the people of sixteen and older, who allow any mail at all.
_SHARE: Final = {"cautious": 0.30, "grown": 0.60}
_GROWN_USES: Final = 0.60
_WITHDRAWN: Final = 0.05
_BY_ADDRESS: Final = 0.12

# Topic: share of those who allow any. `family` and `study` are asked of those whom they concern.
_TOPICS: Final = (
    ("newsletter", 0.85),
    ("new_acquisitions", 0.55),
    ("events", 0.50),
    ("digital", 0.30),
    ("network_campaigns", 0.40),
    ("surveys", 0.25),
)
_FAMILY: Final = 0.35
_STUDY: Final = 0.30

_SOURCES: Final = (("balie", "formulier", "mijn-bibliotheek"), (0.35, 0.30, 0.35))
PROOF: Final = {
    "balie": "Aangevinkt op het inschrijvingsformulier aan de balie, versie 2025-1",
    "formulier": "Webformulier: «Ja, stuur mij deze berichten», versie 3",
    "mijn-bibliotheek": "Voorkeuren in Mijn Bibliotheek, scherm van 12 mei 2025",
}


class Uses(NamedTuple):
    """Whom a data use concerns, by member number."""

    ebooks: set[str]
    seats: set[str]
    attendance: Attendance
    films: set[str]


def write_consents(stage: Stage, uses: Uses) -> None:
    """Consents of members, of parents without a membership and of some newcomers."""
    rng, faults = stage.rng(f"consents {stage.consent}"), stage.faults("consents")
    share = _SHARE[stage.consent]
    people = 0
    with stage.sheet("consents") as sheet:
        for person in stage.readers:
            if person.age >= 16 and rng.random() < share:
                people += 1
                codes = [*topics_of(rng, person), *_data_uses(rng, stage, person, uses)]
                earliest = max(person.enrolled, stage.today - 364)
                who = (person.external_id, "")
                if address_suffices(stage, person.email) and rng.random() < _BY_ADDRESS:
                    who = ("", person.email)
                stage.allowed[person.external_id] = _write(rng, stage, sheet, faults, who, codes, earliest)
        others = [(parent.email, ["newsletter", "family"]) for parent in stage.parents]
        others += [(guest.email, ["events"]) for guest in uses.attendance.newcomers]
        for email, codes in others:
            if address_suffices(stage, email) and rng.random() < share:
                people += 1
                opened = _write(rng, stage, sheet, faults, ("", email), codes, stage.today - 200)
                stage.allowed[email] = opened
    stage.truth.sums["consented"] = people


def address_suffices(stage: Stage, email: str) -> bool:
    """An address alone names somebody only when nobody else of that age has it."""
    return bool(email) and stage.bearers[email] == 1


def topics_of(rng: Random, person: Person) -> list[str]:
    topics = [topic for topic, share in _TOPICS if rng.random() < share]
    if person.has_children and rng.random() < _FAMILY:
        topics.append("family")
    if 16 <= person.age <= 25 and rng.random() < _STUDY:
        topics.append("study")
    return topics or ["newsletter"]


def _data_uses(rng: Random, stage: Stage, person: Person, uses: Uses) -> list[str]:
    """The switches that concern this person. Grown: all or none; cautious: each by its own share."""
    number = person.external_id
    concerned = (
        ("use_loan_history", person.history, 0.35),
        ("use_linked_children", person.linked_children, 0.40),
        ("use_ebook_activity", number in uses.ebooks | uses.films, 0.50),
        ("use_seat_reservations", number in uses.seats, 0.30),
        ("use_event_history", number in uses.attendance.members, 0.30),
        ("measure_opens", True, 0.25),
    )
    if stage.consent == "grown":
        willing = rng.random() < _GROWN_USES
        return [code for code, concerns, _ in concerned if concerns and willing]
    return [code for code, concerns, share in concerned if concerns and rng.random() < share]


def _write(
    rng: Random,
    stage: Stage,
    sheet: Sheet,
    faults: Faults,
    who: tuple[str, str],
    codes: list[str],
    earliest: int,
) -> set[str]:
    """One day for all choices of a person; a withdrawal is a later row with `nee`. Returns what stays open."""
    still_open = set()
    last = stage.today - 3
    day = min(earliest + int(rng.random() * max(1, last - earliest)), last)
    second = rng.randrange(9 * 3600, 20 * 3600)
    source = rng.choices(*_SOURCES)[0]
    all_back = rng.random() < _WITHDRAWN / 2
    dialect = sheet.dialect
    for code in codes:
        moment = dialect.moment(day, second)
        sheet.write(*who, code, dialect.yes, source, moment, PROOF[source])
        match faults.due():
            case "unknown_member":
                sheet.refuse(
                    "unknown_member", faults.stranger(), "", code, dialect.yes, source, moment, PROOF[source]
                )
            case "missing":
                sheet.refuse("missing", *who, "", dialect.yes, source, moment, PROOF[source])
        if all_back or rng.random() < _WITHDRAWN / 2:
            later = day + 1 + int(rng.random() * (stage.today - 1 - day))
            moment = dialect.moment(min(later, stage.today - 1), second)
            sheet.write(*who, code, dialect.no, "mijn-bibliotheek", moment, "Afgevinkt in Mijn Bibliotheek")
        else:
            stage.truth.consents_open[code] += 1
            still_open.add(code)
    return still_open
