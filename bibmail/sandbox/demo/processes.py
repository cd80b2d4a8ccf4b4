"""The demo's own processes: they start together and end together, whatever ends first."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from bibmail.embedded.process import dies_with_parent
from bibmail.sandbox.demo.refusal import CannotShow

_SECONDS_TO_STOP = 15
_LINES_TO_SHOW = 8


class Processes:
    """Started in the given order, stopped in the reverse one; a kill -9 of ourselves ends them as well."""

    def __init__(self, *, environ: Mapping[str, str], cwd: Path, logs: Path) -> None:
        self._environ, self._cwd, self._logs = environ, cwd, logs
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, words: Sequence[str]) -> None:
        """Start `python WORDS` under this name; what it says goes to its log."""
        log = os.open(self._log(name), os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        with open(log, "wb") as stream:
            self._running[name] = subprocess.Popen(  # noqa: S603  # our own list of words
                [sys.executable, *words],
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                cwd=self._cwd,
                env=self._environ,
                start_new_session=True,  # Ctrl-C is for us; we stop them in order
                preexec_fn=dies_with_parent(signal.SIGTERM),
            )

    def kill(self, name: str) -> None:
        """kill -9 of this process and all it started; for who wants to see what is left."""
        process = self._running.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def restart(self, name: str, words: Sequence[str], *, environ: Mapping[str, str]) -> None:
        """Stop this process as usual and start it with other words or another environment."""
        process = self._running.pop(name)
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(_SECONDS_TO_STOP)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self._environ = environ
        self.start(name, words)

    def refuse_dead(self) -> None:
        """Raise a sentence when one of them has ended."""
        for name, process in self._running.items():
            if process.poll() is not None:
                said = self._log(name).read_text(errors="replace").strip().splitlines()[-_LINES_TO_SHOW:]
                ending = "".join(f"\n    {line}" for line in said) or " (none)"
                raise CannotShow(
                    f"The process {name!r} has ended (code {process.returncode}), so the demo stops. "
                    f"Its last words, from {self._log(name)}:{ending}"
                )

    def stop(self) -> None:
        """Ask all to end, wait, and kill those that do not."""
        for process in reversed(self._running.values()):
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + _SECONDS_TO_STOP
        for process in reversed(self._running.values()):
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0, deadline - time.monotonic()))
            # The whole session: what a process started goes with it.
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self._running.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _log(self, name: str) -> Path:
        return self._logs / f"{name}.log"
