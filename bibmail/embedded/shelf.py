"""Copies of programs for an account that cannot read them where they are.

Root with a virtual environment below /root, or installed with a strict umask, is the usual case.
"""

import hashlib
import os
import shutil
from pathlib import Path

from bibmail.embedded.account import Account
from bibmail.embedded.binaries import Binary
from bibmail.embedded.process import CannotExecute, run

_NOT_NEEDED = shutil.ignore_patterns("include", "*.a", "pkgconfig")


def within_reach(binary: Binary, *, home: Path, account: Account) -> Path:
    """The program itself, or its copy in `home/programs`; one copy for each state of the program."""
    if not account.steps_down or binary.base is None or _runs(binary.program, account=account):
        return binary.program
    copy = home / "programs" / f"{binary.program.name}-{_state(binary.program)}"
    if not copy.exists():
        _copy(binary, copy)
    return copy / binary.program.relative_to(binary.base)


def _state(program: Path) -> str:
    found = program.stat()
    return hashlib.sha256(f"{program} {found.st_mtime_ns} {found.st_size}".encode()).hexdigest()[:12]


def _runs(program: Path, *, account: Account) -> bool:
    try:
        return run([program, "--version"], account=account).returncode == 0
    except CannotExecute:
        return False


def _copy(binary: Binary, target: Path) -> None:
    """Copy complete, or not under the final name; copies of an older state go."""
    for old in target.parent.glob(f"{binary.program.name}-*"):
        shutil.rmtree(old)
    unfinished = target.with_name(f"{target.name}.unfinished")
    for part in binary.parts:
        _copy_part(Path(binary.base or "/", part), unfinished / part)
    _open_to_all(target.parent)
    unfinished.rename(target)


def _copy_part(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=_NOT_NEEDED, copy_function=shutil.copyfile)
    elif source.exists():
        shutil.copyfile(source, target)


def _open_to_all(directory: Path) -> None:
    # Public programs, copied with modes that may have been the reason for copying.
    for parent, _, files in os.walk(directory):
        for path in (Path(parent), *(Path(parent, file) for file in files)):
            path.chmod(0o755)
