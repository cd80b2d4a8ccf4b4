"""Where things lie: by rule everything in the folder; the exceptions are written here.

* Root hands the servers to an account that may not be able to pass the folder's parents. We never open those;
  data and programs then live in a private directory under /var/tmp, and `elsewhere` in the folder points there.
* A socket's path holds about a hundred bytes. A longer one moves to a private directory under the temporary
  one, for as long as the services run.
"""

import hashlib
import os
import shutil
import stat
import tempfile
from pathlib import Path
from typing import NamedTuple

from bibmail.embedded.account import Account
from bibmail.embedded.process import run
from bibmail.embedded.refusal import Refused

# sun_path is 108 bytes on Linux and 104 on macOS, with its closing zero.
_LONGEST_SOCKET_PATH = 103
_LONGEST_SOCKET_NAME = ".s.PGSQL.5432"


class NotWritable(Refused):
    """The folder cannot be written to."""


class OutOfReach(Refused):
    """The servers' account cannot get where it has to be."""


class NotPrivate(Refused):
    """A directory that must be ours alone is somebody else's."""


class Place(NamedTuple):
    """The paths of one set of services."""

    folder: Path  # lock, password and logs: ours
    home: Path  # data and programs: the account can get here
    sockets: Path
    account: Account

    @property
    def password_file(self) -> Path:
        return self.folder / "password"

    @property
    def is_elsewhere(self) -> bool:
        return self.home != self.folder


def make_folder(folder: Path, *, account: Account) -> Path:
    """The folder, made when it is missing; refused in a sentence when it cannot be written to."""
    try:
        folder = folder.resolve()
        if not folder.exists():
            folder.mkdir(parents=True)
            folder.chmod(0o711 if account.steps_down else 0o700)
        tempfile.TemporaryFile(dir=folder).close()
        for file in folder.glob("lock*"):
            file.open("r+b").close()
    except OSError as error:
        raise NotWritable(
            f"The folder {folder} cannot be used: {error.strerror} ({error.filename}). Choose a folder you may "
            "write in; one that another user or root has used stays theirs until they remove it."
        ) from error
    return folder


def choose(folder: Path, *, account: Account) -> Place:
    """Decide where data and sockets go, and make those directories."""
    home = _home(folder, account=account)
    return Place(folder, home, _sockets(home, account=account), account)


def leave(place: Place, *, keeps_data: bool) -> None:
    """Take away what was only for this run."""
    if place.sockets.parent != place.home:
        shutil.rmtree(place.sockets, ignore_errors=True)
    if place.is_elsewhere and not keeps_data:
        shutil.rmtree(place.home, ignore_errors=True)
        (place.folder / "elsewhere").unlink(missing_ok=True)


def private_directory(path: Path, *, account: Account) -> Path:
    """A directory for the account alone; refused when the name is taken by a link or by somebody else."""
    path.mkdir(mode=0o700, exist_ok=True) if not path.is_symlink() else None
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


def _home(folder: Path, *, account: Account) -> Path:
    link = folder / "elsewhere"
    if link.is_symlink() and link.exists():
        return private_directory(link.readlink(), account=account)
    if _reaches(folder, account=account):
        return folder
    if (folder / "postgres").exists():
        raise OutOfReach(
            f"{folder} holds a database that {account.name} can no longer reach, because a directory above it "
            f"was closed. Open it (`chmod o+x`, `namei -l {folder}` shows which), or remove {folder}."
        )
    return _new_home_elsewhere(link, account=account)


def _new_home_elsewhere(link: Path, *, account: Account) -> Path:
    base = _reachable_base((Path("/var/tmp"), Path("/tmp")), account=account)  # noqa: S108 - mkdtemp below
    if base is None:
        raise OutOfReach(
            f"{account.name}, as whom root runs the servers, can reach neither {link.parent} nor /var/tmp. "
            "Choose a folder below directories that everybody may pass, or run this as an ordinary user."
        )
    home = Path(tempfile.mkdtemp(prefix="bibmail-", dir=base))
    link.unlink(missing_ok=True)
    link.symlink_to(home)
    return private_directory(home, account=account)


def _sockets(home: Path, *, account: Account) -> Path:
    direct = home / "run"
    # A comma parts two hosts in libpq, whatever the quoting.
    if _holds_socket(direct) and "," not in str(direct):
        return private_directory(direct, account=account)
    base = _reachable_base((Path(tempfile.gettempdir()), Path("/tmp")), account=account)  # noqa: S108 - see below
    name = f"bibmail-{os.geteuid()}-{hashlib.sha256(os.fsencode(home)).hexdigest()[:12]}"
    if base is None or not _holds_socket(base / name):
        raise OutOfReach(
            f"{direct} is too long for a socket, and there is no temporary directory that {account.name} can "
            "use instead. Choose a folder with a shorter path, or set TMPDIR."
        )
    # The name can be guessed, so that URLs stay the same between runs; the owner is checked for that reason.
    return private_directory(base / name, account=account)


def _holds_socket(directory: Path) -> bool:
    return len(os.fsencode(directory / _LONGEST_SOCKET_NAME)) <= _LONGEST_SOCKET_PATH


def _reachable_base(candidates: tuple[Path, ...], *, account: Account) -> Path | None:
    for base in candidates:
        if os.access(base, os.W_OK | os.X_OK) and _holds_socket(base / "bibmail-0123456789-0123456789ab"):
            if _reaches(base, account=account):
                return base.resolve()
    return None


def _reaches(directory: Path, *, account: Account) -> bool:
    """Asked of the system as that account: access lists and mounts know more than mode bits."""
    if not account.steps_down:
        return True
    return run([shutil.which("test") or "/usr/bin/test", "-x", directory], account=account).returncode == 0
