"""How many came in, each day and branch: counts of a gate, which know nobody."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Final

from bibmail.sandbox.population.branches import closed_days
from bibmail.sandbox.population.days import loan_weight
from bibmail.sandbox.population.noise import UNKNOWN_BRANCH
from bibmail.sandbox.population.sets import TIERS
from bibmail.sandbox.population.stage import Stage

# A small branch has no gate that counts; somebody at the desk does.
_COUNTED_BRANCHES: Final = 2


@lru_cache(maxsize=2)
def _weights(today: int) -> dict[int, float]:
    """Month times weekday for each day of the past year on which a library may be open."""
    days = range(today - 365, today)
    shut = {day for year in {date.fromordinal(n).year for n in days} for day in closed_days(year)}
    return {n: loan_weight(date.fromordinal(n)) for n in days if date.fromordinal(n) not in shut}


def write_visits(stage: Stage) -> None:
    """The past year, branch by branch, as many as a library of this size has."""
    rng, faults, plan = stage.rng("visits a day"), stage.faults("visits_daily"), stage.plan
    tier = TIERS[plan.tier]
    a_year = tier.visits * plan.memberships / tier.mean
    total = 0
    with stage.sheet("visits_daily") as sheet:
        for number, branch in enumerate(stage.branch_ids):
            share = 1.0 if plan.branches == 1 else 0.5 if number == 0 else 0.5 / (plan.branches - 1)
            days = {
                day: weight
                for day, weight in _weights(stage.today).items()
                if (day - 1) % 7 in stage.open_weekdays[branch]
            }
            scale = a_year * share / sum(days.values())
            method = "geteld" if number < _COUNTED_BRANCHES else "geraamd"
            for day, weight in days.items():
                visits = max(1, round(scale * weight * rng.gauss(1, 0.15)))
                total += visits
                written = (sheet.dialect.day(day), "", str(visits), method)
                sheet.write(branch, *written)
                match faults.due():
                    case "unknown_branch":
                        sheet.refuse("unknown_branch", UNKNOWN_BRANCH, *written)
                    case "bad_date":
                        impossible = sheet.dialect.impossible_day(date.fromordinal(day).year)
                        sheet.refuse("bad_date", branch, impossible, *written[1:])
    stage.truth.sums["visits"] = total
