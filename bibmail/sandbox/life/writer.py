"""A play of many days: for each day and library the small files that came in that morning."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bibmail.sandbox.life.absent import miss
from bibmail.sandbox.life.arrivals import arrive
from bibmail.sandbox.life.ebooks import look
from bibmail.sandbox.life.families import FAMILIES
from bibmail.sandbox.life.leaving import leave
from bibmail.sandbox.life.linking import link
from bibmail.sandbox.life.offer import acquire, announce, change_services
from bibmail.sandbox.life.renewals import change_minds, move, renew, welcome_back
from bibmail.sandbox.life.studying import study
from bibmail.sandbox.life.town import Town
from bibmail.sandbox.life.truth import LifeTruth
from bibmail.sandbox.life.visits import ordinary_weeks, registrations
from bibmail.sandbox.population.library import Cast, stage_library
from bibmail.sandbox.population.sets import plan
from bibmail.sandbox.population.stage import ConsentProfile


class NotThisPopulation(ValueError):
    """The folder holds no population, or one that another version of the generator wrote."""


def write_life(folder: Path, *, population: Path, seed: int = 1, first: date, last: date) -> LifeTruth:
    """Write `folder/<day>/<library>/<file>.csv` for every day in first..last, and return what they intend.

    A file came in early that morning and tells what happened before. The same population, seed and days
    give the same bytes. Raises NotThisPopulation.
    """
    truth = LifeTruth(seed, first, last)
    with _staged(population) as casts:
        towns = [Town(cast, truth) for cast in casts]
    if not all(town.stage.today < first.toordinal() for town in towns):
        raise NotThisPopulation("the first day must come after the day of the population")
    folder.mkdir(parents=True, exist_ok=True)
    for town in towns:
        town.others = [other for other in towns if other is not town]
    for town in towns:
        _live(town)
        town.post.write(folder)
    text = json.dumps(truth.as_dict(), indent=1, ensure_ascii=False)
    (folder / "truth.json").write_text(f"{text}\n", encoding="utf-8")
    return truth


def _live(town: Town) -> None:
    """All that happens in one library. The rare parts are given out first, the crowd comes last."""
    announce(town)
    change_services(town)
    acquire(town)
    leave(town)
    miss(town)
    study(town)
    look(town)
    link(town)
    welcome_back(town)
    arrive(town, FAMILIES)
    change_minds(town)
    move(town)
    renew(town)
    registrations(town)
    ordinary_weeks(town)


def cautious_consents(population: Path, folder: Path) -> list[Path]:
    """Write `folder/<library>/consents.csv`: what the same people would allow under the cautious profile."""
    with _staged(population, consent="cautious") as casts:
        return [_copy(cast.stage.folder / "consents.csv", folder / cast.stage.plan.slug) for cast in casts]


def _copy(file: Path, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copyfile(file, folder / file.name))


@contextmanager
def _staged(population: Path, *, consent: ConsentProfile | None = None) -> Iterator[list[Cast]]:
    """The people of a written population once more, from its seed; their files lie there until the end."""
    told = _told(population)
    wanted = consent or told["consent"]
    with TemporaryDirectory() as scratch:
        casts = [
            stage_library(
                library,
                Path(scratch),
                seed=told["seed"],
                consent=wanted,
                today=date.fromisoformat(told["today"]).toordinal(),
            )
            for library in plan(told["set"], told["seed"])
            if library.slug in told["libraries"]
        ]
        if wanted == told["consent"]:
            for cast in casts:
                if cast.stage.truth.as_dict() != told["libraries"][cast.stage.plan.slug]:
                    raise NotThisPopulation(cast.stage.plan.slug)
        yield casts


def _told(population: Path) -> dict[str, Any]:
    try:
        told: dict[str, Any] = json.loads((population / "ground_truth.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NotThisPopulation(population.name) from None
    return told
