"""Where the sockets are: in `run`, unless the path is too long for one."""

import hashlib
import os
import tempfile
from pathlib import Path

from bibmail.embedded.account import Account
from bibmail.embedded.reach import OutOfReach, private_directory, reachable_base

# sun_path is 108 bytes on Linux and 104 on macOS, with its closing zero.
_LONGEST_PATH = 103
_LONGEST_NAME = ".s.PGSQL.5432"


def directory(home: Path, *, account: Account) -> Path:
    """A directory of the account alone; outside `home` it is for this run only."""
    direct = home / "run"
    # A comma parts two hosts in libpq, whatever the quoting.
    if _holds_socket(direct) and "," not in str(direct):
        return private_directory(direct, account=account)
    name = f"bibmail-{os.geteuid()}-{hashlib.sha256(os.fsencode(home)).hexdigest()[:12]}"
    candidates = (Path(tempfile.gettempdir()), Path("/tmp"))  # noqa: S108 - the owner is checked below
    base = reachable_base([path for path in candidates if _holds_socket(path / name)], account=account)
    if base is None:
        raise OutOfReach(
            f"{direct} is too long for a socket, and there is no temporary directory that {account.name} can "
            "use instead. Choose a folder with a shorter path, or set TMPDIR."
        )
    # The name can be guessed, so that URLs stay the same between runs; the owner is checked for that reason.
    return private_directory(base / name, account=account)


def _holds_socket(place: Path) -> bool:
    return len(os.fsencode(place / _LONGEST_NAME)) <= _LONGEST_PATH
