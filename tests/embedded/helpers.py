"""What several tests ask of running services."""

import contextlib
import functools
import os
import pwd
import socket
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import psycopg2
import pytest

CHECKOUT = Path(__file__).resolve().parents[2]

_LEAN = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
_SITE = sysconfig.get_path("purelib")


def ask(url: str, sql: str) -> str:
    """The single value of a query, as text."""
    with contextlib.closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute(sql)
        row = cursor.fetchone() if cursor.description else None
        return str(row[0]) if row else ""


def ping(path: Path) -> bytes:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(path))
        connection.sendall(b"PING\r\n")
        return connection.recv(16)


def servers_of(folder: Path) -> list[int]:
    """Processes that hold the folder's lock: the supervisor and every server process."""
    lock = (folder / "lock.processes").stat()
    return [pid for pid in _pids() if pid != os.getpid() and _holds(pid, lock)]


def eventually(claim: Callable[[], bool], *, seconds: float = 15) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if claim():
            return True
        time.sleep(0.02)
    return False


def command_line(
    *words: str | Path,
    user: str | None = None,
    flags: tuple[str, ...] = (),
    environ: Mapping[str, str] | None = None,
) -> subprocess.Popen[str]:
    """`python -m bibmail.embedded …`, as another account if asked."""
    return subprocess.Popen(
        [_interpreter(user) or sys.executable, *flags, "-m", "bibmail.embedded", *map(str, words)],
        cwd=CHECKOUT,
        env={**_LEAN, **({"PYTHONPATH": _SITE} if user else {}), **(environ or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        user=user,
        group=pwd.getpwnam(user).pw_gid if user else None,
        extra_groups=[] if user else None,
    )


def outcome(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Exit code, output and errors of a command that ends by itself."""
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def first_line(process: subprocess.Popen[str]) -> str:
    """Wait for the first line of output; the services are ready by then."""
    assert process.stdout is not None
    line: str = process.stdout.readline()
    assert line, process.communicate(timeout=60)[1]
    return line


def finish(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate(timeout=60)


def ordinary_user() -> str:
    """An account that is neither root nor ours; skips where we cannot become it."""
    if os.geteuid() != 0:
        pytest.skip("only root can become another user; as an ordinary user every other test shows this")
    if _interpreter("nobody") is None:
        pytest.skip("there is no Python 3.11 that the account nobody can execute")
    return "nobody"


@functools.cache
def _interpreter(user: str | None) -> str | None:
    """Our Python, or the system's when root's lies where this user cannot read it; the part needs no more."""
    if user is None:
        return sys.executable
    for python in (sys.executable, "/usr/bin/python3"):
        with contextlib.suppress(OSError):
            words = [python, "-c", "import sys, bibmail.embedded; sys.exit(sys.version_info < (3, 11))"]
            tried = subprocess.run(words, user=user, extra_groups=[], cwd=CHECKOUT, env=_LEAN, check=False)
            if tried.returncode == 0:
                return python
    return None


def _pids() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdecimal()]


def _holds(pid: int, lock: os.stat_result) -> bool:
    with contextlib.suppress(OSError):
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                found = descriptor.stat()
                if (found.st_dev, found.st_ino) == (lock.st_dev, lock.st_ino):
                    return True
    return False
