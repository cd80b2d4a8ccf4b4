"""What each library owns of the shared titles, and since when, per branch."""

from __future__ import annotations

from bibmail.sandbox.population.noise import UNKNOWN_BRANCH
from bibmail.sandbox.population.stage import Stage
from bibmail.sandbox.population.titles import pool_size, title_pool


def write_catalogue(stage: Stage) -> None:
    """The titles this library owns, per branch; the best known stand first and everywhere."""
    rng, faults = stage.rng("catalogue"), stage.faults("catalogue_items")
    count = stage.plan.titles
    pool = title_pool(stage.seed, pool_size(count))
    known = count * 2 // 5
    stage.titles = [
        *pool[:known],
        *(pool[i] for i in sorted(rng.sample(range(known, len(pool)), count - known))),
    ]
    uses_zizo = rng.random() < 0.7
    with stage.sheet("catalogue_items") as sheet:
        day = sheet.dialect.day
        for title in stage.titles:
            card = (*title[:8], title.zizo if uses_zizo else "")
            # 8 % is new this year; the rest came over the last twenty.
            fresh = rng.random() < 0.08
            for i, branch in enumerate(stage.branch_ids):
                if i and rng.random() < 0.7:
                    continue
                added = day(stage.today - 1 - int(rng.random() * (365 if fresh else 7300)))
                sheet.write(*card, branch, added)
                match faults.due():
                    case "missing":
                        sheet.refuse("missing", "", *card[1:], branch, added)
                    case "unknown_branch":
                        sheet.refuse("unknown_branch", *card, UNKNOWN_BRANCH, added)
                    case "duplicate":
                        sheet.refuse("duplicate", *card, branch, day(stage.today - 2))
