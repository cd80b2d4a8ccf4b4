"""P12: an import of ten times the rows takes hardly more memory, in the worker and in its reader."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bench.figure import Figure
from bench.stage import ROOT
from bench.tools import a_library, members_file, timed, workbook_of

_FEW, _MANY = 100_000, 1_000_000
# One row in twenty cannot go in.
_BAD = 20

# ru_maxrss of a child starts with what its parent had when it forked, so the reader is asked by VmHWM.
_WORKER = """
import json, resource, sys, threading, time
from pathlib import Path
import django
django.setup()
from bench.tools import bring_in
from bibmail.tenancy.models import Library

peaks = {}

def peak(pid):
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1])
    return 0

def watch():
    while True:
        for children in Path("/proc/self/task").glob("*/children"):
            try:
                for pid in children.read_text().split():
                    # Before exec it is still a copy of us.
                    if b"members.imports.child" in Path(f"/proc/{pid}/cmdline").read_bytes():
                        peaks[pid] = max(peaks.get(pid, 0), peak(pid))
            except OSError:
                pass
        time.sleep(0.02)

threading.Thread(target=watch, daemon=True).start()
done = bring_in(Library.objects.get(slug=sys.argv[1]), Path(sys.argv[2]))
print(json.dumps({"rows": done.rows_count, "refused": done.refused_count, "new": done.new_count,
                  "changed": done.changed_count, "worker": peak("self"), "reader": max(peaks.values())}))
"""


class Peak(NamedTuple):
    """Kilobytes at most."""

    worker: int
    reader: int
    seconds: float


def measure(folder: Path, *, set_name: str, seed: int) -> Iterator[Figure]:
    """One figure for the worker and one for its reader, of a CSV and of a workbook; the set does not matter here."""
    for kind, name in (("csv", "P12"), ("xlsx", "P12x")):
        few, many = (_import(folder, rows, kind=kind, seed=seed) for rows in (_FEW, _MANY))
        for who, small, large in (("worker", few.worker, many.worker), ("reader", few.reader, many.reader)):
            yield Figure(
                name=f"{name}.{who}",
                ratio=large / small,
                target=1.3,
                more_is_better=False,
                peer=f"{_FEW}rows:{small // 1024}MB",
                note=f"{_MANY} rows of {kind}, 1 in {_BAD} refused: {large // 1024} MB,"
                f" {_MANY / many.seconds:.0f} rows/s; {_FEW} rows: {_FEW / few.seconds:.0f} rows/s",
            )


def _import(folder: Path, rows: int, *, kind: str, seed: int) -> Peak:
    """The peak of a first load; the same file again must change nothing."""
    library = a_library(f"geheugen-{kind}-{rows}")
    file = members_file(folder / f"members-{rows}.csv", rows=rows, seed=seed, bad=_BAD)
    if kind == "xlsx":
        file = workbook_of(file)
    with timed() as watch:
        said = _worker(library.slug, file)
    assert (said["rows"], said["refused"], said["new"]) == (rows, rows // _BAD, rows - rows // _BAD), said
    if rows == _FEW:
        again = _worker(library.slug, file)
        assert (again["new"], again["changed"]) == (0, 0), again
    file.unlink()
    return Peak(said["worker"], said["reader"], watch.seconds)


def _worker(slug: str, file: Path) -> dict[str, int]:
    done = subprocess.run(
        [sys.executable, "-c", _WORKER, slug, str(file)],
        env=os.environ,
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
    )
    return dict(json.loads(done.stdout))
