"""The command line of the generator."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

from bibmail.sandbox.population.sets import SETS
from bibmail.sandbox.population.stage import CONSENT_PROFILES
from bibmail.sandbox.population.writer import NoSuchLibrary, write_population


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bibmail.sandbox.population")
    parser.add_argument("set_name", metavar="SET", choices=SETS, help=", ".join(SETS))
    parser.add_argument("folder", metavar="FOLDER", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--consent", choices=CONSENT_PROFILES, default="cautious")
    parser.add_argument("--today", type=date.fromisoformat, help="the day on which the files were made")
    parser.add_argument("--only", metavar="SLUG", help="one library of the set")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    options = vars(parser.parse_args())
    try:
        truth = write_population(options.pop("set_name"), options.pop("folder"), **options)
    except NoSuchLibrary as refusal:
        parser.error(f"no library {refusal} in this set")
    sys.stdout.write("\n".join(truth.lines()) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
