"""The hashed locks: `python -m bibmail.locks write` makes them, `… check` tells whether they are of today.

A lock begins with a fingerprint of the dependency tables in pyproject.toml. So the check needs no network
and stays green when somebody publishes a newer release.
"""

import hashlib
import json
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Each lock with the extras it holds beside the plain dependencies.
LOCKS = {"requirements.txt": [], "requirements-dev.txt": ["dev"]}

_MARK = "# pyproject.toml "
_OPTIONS = "--universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet"


def fingerprint(root: Path = ROOT) -> str:
    """What the locks depend on, as a short hash."""
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [project["requires-python"], project["dependencies"], project["optional-dependencies"]]
    return hashlib.sha256(json.dumps(wanted, sort_keys=True).encode()).hexdigest()[:16]


def faults(root: Path = ROOT) -> list[str]:
    """A sentence for each lock that is not what it should be."""
    found = []
    for name in LOCKS:
        text = (root / name).read_text("utf-8")
        if not text.startswith(f"{_MARK}{fingerprint(root)}\n"):
            found.append(f"{name} was not made from this pyproject.toml. Run `make lock`.")
        if "://" in text:
            found.append(f"{name} names an address. Run `make lock`.")
    if '"resolved"' in (root / "package-lock.json").read_text("utf-8"):
        found.append("package-lock.json names addresses. Run npm with the .npmrc of this folder.")
    return found


def write(root: Path = ROOT) -> None:
    """Resolve anew; versions that still fit stay as they are."""
    for name, extras in LOCKS.items():
        words = [*_OPTIONS.split(), *(f"--extra={extra}" for extra in extras), "-o", name, "pyproject.toml"]
        subprocess.run(  # noqa: S603  # our own words
            [sys.executable, "-m", "uv", "pip", "compile", *words],
            cwd=root,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        lock = root / name
        lock.write_text(f"{_MARK}{fingerprint(root)}\n{lock.read_text('utf-8')}", "utf-8")


def main(words: list[str]) -> int:
    if words == ["write"]:
        write()
    found = faults()
    sys.stdout.write("".join(f"{fault}\n" for fault in found) or "The locks fit pyproject.toml.\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
