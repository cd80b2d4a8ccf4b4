"""Who is gone at the source: a few that left long ago, and are erased there."""

from __future__ import annotations

from datetime import date

from bibmail.sandbox.life.town import Town


def leave(town: Town) -> None:
    """Let the source erase some of those who left, allow nothing and stand in no household or second library."""
    rng = town.rng("leaving")
    gone = [
        p
        for p in town.stage.readers
        if p.status == "Uitgeschreven"
        and not (p.tied or p.shared)
        and not p.history
        and p.last_active < town.stage.today - 300
        and not town.allowed(p)
    ]
    # Such a clean-up comes once in a while, for all at the same time: on a Thursday, when little else does.
    days = town.open_days(town.first + 20, town.last)
    thursday = next(n for n in days if date.fromordinal(n).weekday() == 3)
    for person in town.pick(rng, gone, town.dose(6)):
        town.post.tell("deleted_members", thursday, person.external_id)
