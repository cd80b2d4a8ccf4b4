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
from bench.tools import a_library, members_file, timed

_FEW, _MANY = 100_000, 1_000_000

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
print(json.dumps({"rows": done.rows_count, "worker": peak("self"), "reader": max(peaks.values())}))
"""


class Peak(NamedTuple):
    """Kilobytes at most."""

    worker: int
    reader: int
    seconds: float


def measure(folder: Path, *, set_name: str, seed: int) -> Iterator[Figure]:
    """One figure for the worker and one for its reader; the set does not matter here."""
    few, many = (_import(folder, rows, seed=seed) for rows in (_FEW, _MANY))
    for name, small, large in (
        ("P12.worker", few.worker, many.worker),
        ("P12.reader", few.reader, many.reader),
    ):
        yield Figure(
            name=name,
            ratio=large / small,
            target=1.3,
            more_is_better=False,
            peer=f"{_FEW}rows:{small // 1024}MB",
            note=f"{_MANY} rows: {large // 1024} MB, {_MANY / many.seconds:.0f} rows/s;"
            f" {_FEW} rows: {_FEW / few.seconds:.0f} rows/s",
        )


def _import(folder: Path, rows: int, *, seed: int) -> Peak:
    library = a_library(f"geheugen-{rows}")
    file = members_file(folder / f"members-{rows}.csv", rows=rows, seed=seed)
    with timed() as watch:
        done = subprocess.run(
            [sys.executable, "-c", _WORKER, library.slug, str(file)],
            env=os.environ,
            cwd=ROOT,
            check=True,
            stdout=subprocess.PIPE,
        )
    file.unlink()
    said = json.loads(done.stdout)
    assert said["rows"] == rows
    return Peak(said["worker"], said["reader"], watch.seconds)
