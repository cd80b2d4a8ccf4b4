"""A whole set: every library in its own folder, the list of libraries, and the ground truth."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import partial
from multiprocessing import Pool
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from bibmail.sandbox.population.library import write_library
from bibmail.sandbox.population.sets import LibraryPlan, plan
from bibmail.sandbox.population.stage import ConsentProfile
from bibmail.sandbox.population.truth import GroundTruth, LibraryTruth
from bibmail.sandbox.population.words import words

_COLUMNS: Final = words("slug name municipality postalCode province group inhabitants tier memberships")


class NoSuchLibrary(ValueError):
    """The set holds no library with this slug."""


def write_population(
    set_name: str,
    folder: Path,
    *,
    seed: int = 1,
    consent: ConsentProfile = "cautious",
    today: date | None = None,
    only: str | None = None,
    jobs: int = 1,
) -> GroundTruth:
    """Write a set (`demo`, `ci`, `network`) and return what an import of it must come to.

    The same set, seed, consent profile and day give the same bytes. `only` writes one library of the
    set, exactly as it would be among the others.
    """
    today = today or datetime.now(tz=ZoneInfo("Europe/Brussels")).date()
    plans = [library for library in plan(set_name, seed) if only in {None, library.slug}]
    if not plans:
        raise NoSuchLibrary(only)
    folder.mkdir(parents=True, exist_ok=True)
    _write_list(folder / "libraries.csv", plans)
    work = partial(write_library, folder=folder, seed=seed, consent=consent, today=today.toordinal())
    truth = GroundTruth(set_name, seed, consent, today.isoformat())
    with _each(plans, work, jobs) as found:
        for library, counts in zip(plans, found, strict=True):
            truth.libraries[library.slug] = counts
    text = json.dumps(truth.as_dict(), indent=1, ensure_ascii=False)
    (folder / "ground_truth.json").write_text(f"{text}\n", encoding="utf-8")
    return truth


@contextmanager
def _each(
    plans: list[LibraryPlan], work: partial[LibraryTruth], jobs: int
) -> Iterator[Iterator[LibraryTruth]]:
    """The libraries one by one, or in several processes; the largest stand first in the plan."""
    if jobs == 1:
        yield map(work, plans)
        return
    with Pool(jobs) as pool:
        yield pool.imap(work, plans)


def _write_list(path: Path, plans: list[LibraryPlan]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=";", lineterminator="\n")
        writer.writerow(_COLUMNS)
        for library in plans:
            place = library.place
            writer.writerow(
                [
                    library.slug,
                    library.name,
                    place.municipality,
                    place.postal_code,
                    place.province,
                    place.group,
                    library.inhabitants,
                    library.tier,
                    library.memberships,
                ]
            )
