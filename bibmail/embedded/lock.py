"""One set of services a folder, also while a killed set is still on its way out."""

import fcntl
import os
import time
from pathlib import Path

from bibmail.embedded.refusal import Refused

_SECONDS_FOR_THE_PREVIOUS = 20


class AlreadyRunning(Refused):
    """The services of this folder are running, started by somebody else."""


class FolderLock:
    """Two locks: `lock` is ours alone; `lock.processes` is held by every server process too.

    A supervisor killed with -9 frees the first at once. The second stays held until its last server process
    has ended, so whoever holds both knows that nothing of an earlier run is alive.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._own = _open(folder / "lock")
        self._inherited = _open(folder / "lock.processes")

    @property
    def inherited(self) -> int:
        """The file descriptor that server processes keep open."""
        return self._inherited

    def take(self) -> None:
        """Take both locks; refused when another supervisor holds the first."""
        if not _locks(self._own):
            pid = os.pread(self._own, 20, 0).decode(errors="replace").strip()
            raise AlreadyRunning(
                f"The services in {self._folder} are already running (process {pid or 'unknown'}). "
                "Use those, stop them first, or choose another folder."
            )
        os.ftruncate(self._own, 0)
        os.pwrite(self._own, f"{os.getpid()}\n".encode(), 0)
        self._wait_for_the_previous()

    def release(self) -> None:
        for descriptor in (self._inherited, self._own):
            os.close(descriptor)

    def _wait_for_the_previous(self) -> None:
        deadline = time.monotonic() + _SECONDS_FOR_THE_PREVIOUS
        while not _locks(self._inherited):
            if time.monotonic() > deadline:
                raise AlreadyRunning(
                    f"Server processes of an earlier run in {self._folder} have not ended. "
                    f"Find them with `fuser {self._folder / 'lock.processes'}` and end them."
                )
            time.sleep(0.02)


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)


def _locks(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
