"""Which account the servers run as: PostgreSQL refuses root, so root steps down to one that exists."""

import os
import pwd
from typing import NamedTuple

from bibmail.embedded.refusal import Refused

_UNPRIVILEGED = ("postgres", "nobody")


class NoAccount(Refused):
    """Root found no unprivileged account to hand the servers to."""


class Account(NamedTuple):
    """Whom the servers run as; `steps_down` when that is somebody else than we are."""

    name: str
    uid: int
    gid: int
    steps_down: bool

    @property
    def user(self) -> int | None:
        """For subprocess: None leaves the account as it is."""
        return self.uid if self.steps_down else None

    @property
    def group(self) -> int | None:
        return self.gid if self.steps_down else None

    @property
    def extra_groups(self) -> list[int] | None:
        return [] if self.steps_down else None


def service_account() -> Account:
    """Ourselves, or the first unprivileged account of this machine when we are root; none is ever created."""
    if os.geteuid() != 0:
        return Account(_own_name(), os.geteuid(), os.getegid(), steps_down=False)
    for name in _UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid, steps_down=True)
    raise NoAccount(
        f"PostgreSQL does not run as root, and no account {' or '.join(_UNPRIVILEGED)} exists here. "
        "Run this as an ordinary user, or point DATABASE_URL and BROKER_URL to servers of your own."
    )


def _own_name() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:  # containers run as uids that /etc/passwd does not know
        return f"uid {os.geteuid()}"
