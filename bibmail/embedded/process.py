"""Child processes that never outlive the process that started them."""

import ctypes
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from signal import Signals
from typing import IO

from bibmail.embedded.account import Account
from bibmail.embedded.refusal import Refused

_PR_SET_PDEATHSIG = 1
_SECONDS_TO_STOP = 20

_libc = ctypes.CDLL(None, use_errno=True)


class CannotExecute(Refused):
    """The system refused to execute one of the programs."""


def dies_with_parent(how: Signals) -> Callable[[], None]:
    """A preexec function: the kernel sends the child this signal when the parent is gone, even by kill -9.

    The kernel watches the *thread* that forked, so start services from the main thread. It must run after
    the change of account, which clears the setting; subprocess keeps that order. Linux only: elsewhere
    a kill -9 leaves the services behind, and the next start says so.
    """
    parent = os.getpid()

    def ask_kernel() -> None:
        if sys.platform == "linux":
            _libc.prctl(_PR_SET_PDEATHSIG, how)
            if os.getppid() != parent:  # gone before we could ask
                os._exit(1)

    return ask_kernel


def spawn(
    command: Sequence[str | Path],
    *,
    account: Account,
    log: IO[bytes],
    dies_by: Signals,
    keeping: Sequence[int],
) -> subprocess.Popen[bytes]:
    """Start a server as this account; it holds the file descriptors in `keeping` open as long as it lives."""
    try:
        return subprocess.Popen(  # noqa: S603 - our own list of words, no shell
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env=_environment(),
            pass_fds=keeping,
            start_new_session=True,  # Ctrl-C in the terminal is for us; we stop the servers in order
            preexec_fn=dies_with_parent(dies_by),
            user=account.user,
            group=account.group,
            extra_groups=account.extra_groups,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise CannotExecute(_cannot_execute(command[0], account, error)) from error


def run(command: Sequence[str | Path], *, account: Account) -> subprocess.CompletedProcess[str]:
    """Run a program to its end as this account and return what it said."""
    try:
        return subprocess.run(  # noqa: S603 - our own list of words, no shell
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            cwd="/",
            env=_environment(),
            preexec_fn=dies_with_parent(Signals.SIGTERM),
            user=account.user,
            group=account.group,
            extra_groups=account.extra_groups,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise CannotExecute(_cannot_execute(command[0], account, error)) from error


def end(process: subprocess.Popen[bytes], *, by: Signals) -> None:
    """Stop a server and wait; one that does not listen is killed."""
    if process.poll() is None:
        process.send_signal(by)
    try:
        process.wait(_SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _environment() -> Mapping[str, str]:
    # PGPORT, PGDATA, LC_* and TZ of the person at the keyboard would change the server.
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
    return {"PATH": os.defpath, "LC_ALL": "C", **kept}


def _cannot_execute(program: str | Path, account: Account, error: Exception) -> str:
    return (
        f"{program} could not be executed as {account.name}: {error}. "
        "Is its file system mounted noexec, or may this container not change accounts?"
    )
