"""Compiles the translations: `python -m bibmail.catalogues`; gettext need not be installed."""

import sys
from pathlib import Path

from babel.messages import mofile, pofile

ROOT = Path(__file__).resolve().parent.parent


def compile_all(root: Path = ROOT) -> list[Path]:
    """Write a .mo beside every .po that is newer; sentences marked as fuzzy stay in Dutch."""
    written = []
    for source in sorted(root.glob("locale/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as text:
            # Not `pybabel compile`: it leaves out a whole file whose heading is marked, as makemessages does.
            catalogue = pofile.read_po(text)
        with target.open("wb") as binary:
            mofile.write_mo(binary, catalogue)
        written.append(target)
    return written


if __name__ == "__main__":
    sys.stdout.write("".join(f"Compiled {path.relative_to(ROOT)}\n" for path in compile_all()))
