"""P12gen: writing a whole set takes hardly more memory than writing its largest library alone."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree
from typing import NamedTuple

from bench.figure import Figure
from bench.stage import ROOT
from bench.tools import AT, timed
from bibmail.sandbox.population.sets import plan

_WRITER = """
import json, sys
from datetime import date
from pathlib import Path
from bibmail.sandbox.population import write_population
from bibmail.sandbox.population.sets import plan

truth = write_population(sys.argv[1], Path(sys.argv[2]), seed=int(sys.argv[3]), consent="grown",
                         today=date.fromisoformat(sys.argv[4]), only=sys.argv[5] or None)
# As many people as planned, library by library, and so tier by tier.
planned = {library.slug: library.memberships for library in plan(sys.argv[1], int(sys.argv[3]))}
assert all(planned[slug] == counts.rows["members"] for slug, counts in truth.libraries.items())
peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(json.dumps({"libraries": len(truth.libraries), "members": truth.total.rows["members"],
                  "rows": truth.total.rows.total(),
                  "kilobytes": int(peak.split()[1])}))
"""


class Writing(NamedTuple):
    libraries: int
    members: int
    rows: int
    kilobytes: int
    seconds: float
    bytes: int


def measure(folder: Path, *, set_name: str, seed: int) -> Iterator[Figure]:
    """The peaks of both, each in a process of its own."""
    largest = max(plan(set_name, seed), key=lambda library: library.memberships)
    one = _written(folder, set_name, seed, only=largest.slug)
    whole = _written(folder, set_name, seed)
    yield Figure(
        name="P12gen",
        ratio=whole.kilobytes / one.kilobytes,
        target=1.2,
        more_is_better=False,
        peer=f"{one.members}members:{one.kilobytes // 1024}MB",
        note=f"{whole.libraries} libraries, {whole.members} memberships, {whole.rows} rows,"
        f" {whole.bytes // 1_000_000} MB in {whole.seconds:.0f} s; at most {whole.kilobytes // 1024} MB of memory",
    )


def _written(folder: Path, set_name: str, seed: int, *, only: str = "") -> Writing:
    """What one set came to; its files are gone afterwards."""
    place = folder / set_name
    command = [sys.executable, "-c", _WRITER, set_name, str(place), str(seed), AT.date().isoformat(), only]
    with timed() as watch:
        done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    size = sum(file.stat().st_size for file in place.rglob("*") if file.is_file())
    rmtree(place)
    return Writing(**json.loads(done.stdout), seconds=watch.seconds, bytes=size)
