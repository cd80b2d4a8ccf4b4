"""What the servers' account can get at, and what it has for itself."""

import os
import shutil
import stat
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from bibmail.embedded.account import Account
from bibmail.embedded.process import run
from bibmail.embedded.refusal import Refused


class OutOfReach(Refused):
    """The servers' account cannot get where it has to be."""


class NotPrivate(Refused):
    """A directory that must be ours alone is somebody else's."""


def reachable_base(candidates: Sequence[Path], *, account: Account) -> Path | None:
    """The first directory where we can write and the account can pass."""
    for base in candidates:
        if base.is_dir() and os.access(base, os.W_OK | os.X_OK) and reaches(base, account=account):
            return base.resolve()
    return None


def reaches(directory: Path, *, account: Account) -> bool:
    """Asked of the system as that account: access lists and mounts know more than mode bits."""
    if not account.steps_down:
        return True
    return run([shutil.which("test") or "/usr/bin/test", "-x", directory], account=account).returncode == 0


def private_directory(path: Path, *, account: Account) -> Path:
    """A directory for the account alone; refused when the name is taken by a link or by somebody else."""
    with suppress(FileExistsError):
        path.mkdir(mode=0o700)
    found = path.lstat()
    is_ours = stat.S_ISDIR(found.st_mode) and found.st_uid in (os.geteuid(), account.uid)
    if not is_ours or found.st_mode & 0o077:
        raise NotPrivate(
            f"{path} should be a directory of {account.name} that nobody else can enter, and it is not. "
            "Look who made it, and remove it."
        )
    if found.st_uid != account.uid:
        os.chown(path, account.uid, account.gid, follow_symlinks=False)
    return path
