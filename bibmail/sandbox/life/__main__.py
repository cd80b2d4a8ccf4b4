"""The command line of the daily life: `python -m bibmail.sandbox.life POPULATION FOLDER FIRST LAST`."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

from bibmail.sandbox.life.writer import write_life


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bibmail.sandbox.life")
    parser.add_argument("population", metavar="POPULATION", type=Path)
    parser.add_argument("folder", metavar="FOLDER", type=Path)
    parser.add_argument("first", metavar="FIRST", type=date.fromisoformat)
    parser.add_argument("last", metavar="LAST", type=date.fromisoformat)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    truth = write_life(
        options.folder,
        population=options.population,
        seed=options.seed,
        first=options.first,
        last=options.last,
    )
    sys.stdout.write(f"{truth.files} files, {sum(truth.rows.values())} rows\n")
    for journey, cases in sorted(truth.cases.items()):
        for case in sorted(cases):
            sys.stdout.write(f"  {journey:<28}{case:<32}{truth.count(journey, case):>6}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
