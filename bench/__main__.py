"""`python -m bench [NAME] [--set ci|demo|network] [--seed 1]`; ends with 0 when it could measure."""

import argparse
import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.figure import Figure, keep
from bench.stage import stage

# Names, and the module that measures them: one function `measure`.
MEASUREMENTS = {
    "P1": "walk",
    "P2": "crowded",
    "P3": "waiting",
    "P5": "segments",
    "P7": "reimport",
    "P8": "newsletter",
    "P11": "pages",
    "P12": "memory",
    "P12gen": "generator",
    "IMPORT": "library",
}

Measure = Callable[..., Iterator[Figure]]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("name", nargs="?", metavar="NAME", choices=MEASUREMENTS, help=", ".join(MEASUREMENTS))
    parser.add_argument("--set", dest="set_name", default="ci", choices=("ci", "demo", "network"))
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    figures = []
    with stage() as folder:
        for name in [options.name] if options.name else list(MEASUREMENTS):
            for figure in _measure(name, folder, set_name=options.set_name, seed=options.seed):
                print(figure.line(set_name=options.set_name, seed=options.seed), flush=True)
                figures.append(figure)
    print(f"Kept in {keep(figures, set_name=options.set_name, seed=options.seed)}", file=sys.stderr)
    return 0


def _measure(name: str, folder: Path, *, set_name: str, seed: int) -> Iterator[Figure]:
    # Models can be imported only now that Django is set up.
    measure: Measure = importlib.import_module(f"bench.{MEASUREMENTS[name]}").measure
    return measure(folder, set_name=set_name, seed=seed)


if __name__ == "__main__":
    sys.exit(main())
