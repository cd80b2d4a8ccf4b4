"""Where things lie: by rule everything in the folder; the exceptions are written here.

* Root hands the servers to an account that may be unable to pass the folder's parents. We never open those.
  Data and programs then live in a private directory under /var/tmp; `elsewhere` in the folder points there.
* A socket's path holds about a hundred bytes. A longer one moves to a private directory under the temporary
  one, for as long as the services run.
"""

import os
import shutil
import stat
import tempfile
from pathlib import Path
from typing import NamedTuple

from bibmail.embedded import sockets
from bibmail.embedded.account import Account
from bibmail.embedded.reach import NotPrivate, OutOfReach, reachable_base, reaches
from bibmail.embedded.refusal import Refused


class NotWritable(Refused):
    """The folder cannot be written to."""


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

    @property
    def throwaway_mark(self) -> Path:
        """Stands in a home elsewhere that goes when the services stop."""
        return self.home / "throwaway"


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
        writer = "root" if account.steps_down else account.name
        raise NotWritable(
            f"The folder {folder} cannot be written to as {writer}: {error.strerror}. "
            "Choose another; one that another user or root has used stays theirs until they remove it."
        ) from error
    return folder


def choose(folder: Path, *, account: Account, durable: bool) -> Place:
    """Decide where data and sockets go, and make those directories."""
    home = _home(folder, account=account)
    place = Place(folder, home, sockets.directory(home, account=account), account)
    if durable:
        place.throwaway_mark.unlink(missing_ok=True)
    elif place.is_elsewhere and not (home / "postgres").exists():
        place.throwaway_mark.touch()
    return place


def leave(place: Place) -> None:
    """Take away what was only for this run."""
    if place.sockets.parent != place.home:
        shutil.rmtree(place.sockets, ignore_errors=True)
    if place.is_elsewhere and place.throwaway_mark.exists():
        shutil.rmtree(place.home, ignore_errors=True)
        (place.folder / "elsewhere").unlink(missing_ok=True)


def _home(folder: Path, *, account: Account) -> Path:
    link = folder / "elsewhere"
    if link.is_symlink() and link.exists():
        return _own_home(link.readlink())
    if reaches(folder, account=account):
        return folder
    if (folder / "postgres").exists():
        raise OutOfReach(
            f"{folder} holds a database that {account.name} can no longer reach: a directory above it was "
            f"closed. Open that one again (`namei -l {folder}` shows which), or remove {folder}."
        )
    return _new_home_elsewhere(link, account=account)


def _new_home_elsewhere(link: Path, *, account: Account) -> Path:
    base = reachable_base((Path("/var/tmp"), Path("/tmp")), account=account)  # noqa: S108 - mkdtemp below
    if base is None:
        raise OutOfReach(
            f"{account.name}, as whom root runs the servers, can reach neither {link.parent} nor /var/tmp. "
            "Choose a folder below directories that everybody may pass, or run this as an ordinary user."
        )
    home = Path(tempfile.mkdtemp(prefix="bibmail-", dir=base))
    link.unlink(missing_ok=True)
    home.chmod(0o711)  # ours, and to pass through only; the account owns what is inside
    link.symlink_to(home)
    return home


def _own_home(home: Path) -> Path:
    found = home.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise NotPrivate(f"{home}, where the data is kept, is not a directory of our own. Look who made it.")
    return home
