"""IMPORT: every file of one make-believe library, for the first time, against reading it at all."""

from collections.abc import Iterator
from pathlib import Path

from bench.figure import Figure
from bench.tools import AT, bring_in, floor_seconds, timed
from bibmail.sandbox import loading, own_matters
from bibmail.sandbox.population import write_population
from bibmail.sandbox.population.sets import plan
from bibmail.tenancy import acting_for, sinks

# The library that stands for a set.
_TIER = {"ci": "XL", "demo": "L", "network": "L"}


def measure(folder: Path, *, set_name: str, seed: int) -> Iterator[Figure]:
    """One figure a file: its rows per second as a share of the floor's."""
    slug = next(library.slug for library in plan(set_name, seed) if library.tier == _TIER[set_name])
    place = folder / "population"
    write_population(set_name, place, seed=seed, consent="grown", today=AT.date(), only=slug)
    (library,) = loading.found_libraries(place)
    with acting_for(library.pk):
        own_matters.prepare(at=AT)
    for sink in sinks.in_order():
        file = place / slug / f"{sink.code}.csv"
        floor = floor_seconds(file)
        with timed() as watch:
            done = bring_in(library, file, sink=sink.code)
        yield Figure(
            name=f"IMPORT.{sink.code}",
            ratio=floor / watch.seconds,
            floor=f"{done.rows_count / floor:.0f}rows/s",
            note=f"{done.rows_count} rows in {watch.seconds:.2f} s: {done.rows_count / watch.seconds:.0f} rows/s",
        )
