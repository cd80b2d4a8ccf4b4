"""The members file: faults are laid only on people who appear in no other file."""

from __future__ import annotations

from collections import Counter
from random import Random

from bibmail.sandbox.population.dialects import Dialect, Sheet
from bibmail.sandbox.population.draws import rounded
from bibmail.sandbox.population.names import address, shouted, split_prefix
from bibmail.sandbox.population.noise import MEMBER_FAULTS, UNKNOWN_BRANCH, bad_email
from bibmail.sandbox.population.people import Person, serial_text
from bibmail.sandbox.population.sets import LibraryPlan
from bibmail.sandbox.population.stage import Stage


def lay_faults(stage: Stage) -> None:
    """Choose whose rows will be refused. Whoever has family, profile or a second library is spared."""
    rng = stage.rng("member faults")
    free = [p for p in stage.everybody if p.age >= 18 and not p.tied and not p.shared and p.serial > 3]
    rng.shuffle(free)
    for reason, rate in MEMBER_FAULTS:
        for _ in range(rounded(rng, len(stage.everybody) * rate)):
            if not free:
                return
            person = free.pop()
            person.fault = reason
            if reason == "bad_email" and not person.email:
                person.email = address(rng, person.first, person.last, serial_text(stage.plan, person.serial))


def count_bearers(stage: Stage) -> None:
    bearers: Counter[str] = Counter()
    bearers.update(p.email for p in stage.accepted if p.email and (p.age < 0 or p.age >= 12))
    bearers.update(parent.email for parent in stage.parents)
    stage.bearers = bearers


def write_members(stage: Stage) -> None:
    rng = stage.rng("members")
    splits = splits_names(rng)
    seen: list[str] = []
    with stage.sheet("members") as sheet:
        for person in stage.everybody:
            email = person.email
            if email and rng.random() < 0.03:
                email = shouted(rng, email)
            row = member_row(sheet.dialect, stage.plan, person, email=email, splits=splits)
            if person.fault:
                sheet.refuse(person.fault, *_spoiled(rng, sheet, person, row, seen))
            else:
                seen.append(person.external_id)
                sheet.write(*row)
    accepted = stage.accepted
    stage.truth.sums.update(
        members=len(accepted),
        institutions=sum(p.kind != "person" for p in accepted),
        deceased=sum(p.deceased for p in accepted),
        history_opt_in=sum(p.history for p in accepted),
        shared_members=sum(p.shared for p in accepted),
        inactive_valid=sum(p.last_active <= stage.today - 365 and p.expires >= stage.today for p in accepted),
    )


def splits_names(rng: Random) -> bool:
    """Whether this library keeps a prefix (van, de) in a column of its own; its first draw of chance."""
    return rng.random() < 0.15


def member_row(dialect: Dialect, plan: LibraryPlan, person: Person, *, email: str, splits: bool) -> list[str]:
    prefix, last = split_prefix(person.last) if splits else ("", person.last)
    return [
        person.external_id,
        f"2{plan.number:04}{person.serial:09}",
        person.first,
        prefix,
        last,
        person.gender,
        dialect.day(person.birth),
        person.postal_code,
        person.city,
        email,
        person.language,
        person.branch,
        person.subscription,
        dialect.day(person.enrolled),
        dialect.day(person.renewed),
        dialect.day(person.expires),
        person.status,
        dialect.flag(person.blocked),
        person.leave_reason,
        dialect.flag(person.history),
    ]


def _spoiled(rng: Random, sheet: Sheet, person: Person, row: list[str], seen: list[str]) -> list[str]:
    """The same row with its one fault. Columns by place: number, birthday, address, branch."""
    match person.fault:
        case "bad_email":
            row[9] = bad_email(rng, person.email, f"{person.first} {person.last}")
        case "bad_date":
            row[6] = sheet.dialect.impossible_day(1940 + person.serial % 60)
        case "missing":
            row[0] = ""
        case "duplicate":
            row[0] = rng.choice(seen)
        case "unknown_branch":
            row[11] = UNKNOWN_BRANCH
    return row
