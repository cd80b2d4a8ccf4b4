"""The lab's processes, each in a group of its own, so that a kill takes what it started with it."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from bibmail.embedded.process import dies_with_parent

_CELERY = ["-m", "celery", "--app=tests.faults.lab.app", "--quiet", "worker", "--loglevel=INFO"]
# Nobody here needs them, and each costs a start of its own or a minute of talk.
_ALONE = ["--without-gossip", "--without-mingle", "--without-heartbeat"]


class Crew:
    """Who runs; what they say goes to a log each."""

    def __init__(self, environ: Mapping[str, str], logs: Path) -> None:
        self.environ, self.logs = dict(environ), logs
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def worker(self, name: str, *, queues: str = "send", children: int = 2, **environ: str) -> None:
        """Start a worker of Celery with so many children."""
        words = [*_CELERY, *_ALONE, f"--queues={queues}", f"--concurrency={children}"]
        self._start(name, [*words, f"--hostname={name}@lab"], environ)

    def web(self, port: int) -> None:
        """Start the pages, where the ESP posts its news."""
        self._start(
            "web",
            ["-m", "gunicorn", "bibmail.wsgi:application", "--workers=1", "--threads=4", "--no-control-socket",
             f"--bind=127.0.0.1:{port}"],
            {},
        )  # fmt: skip

    def kill(self, name: str) -> None:
        """-9 for all of its group."""
        process = self._running.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def kill_child(self, name: str) -> bool:
        """-9 for one child of a worker, as the machine does when memory is short; False when it has none."""
        children = self.children(name)
        if children:
            with suppress(ProcessLookupError):
                os.kill(children[0], signal.SIGKILL)
        return bool(children)

    def freeze(self, name: str) -> None:
        """Its whole group stands still."""
        os.killpg(self._running[name].pid, signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        """It goes on where it stood."""
        os.killpg(self._running[name].pid, signal.SIGCONT)

    def children(self, name: str) -> list[int]:
        """The pool of a worker."""
        pid = self._running[name].pid
        with suppress(FileNotFoundError):
            return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        return []

    def names(self) -> list[str]:
        """Who should be running."""
        return list(self._running)

    def dead(self) -> list[str]:
        """Who ended without being told."""
        return [name for name, process in self._running.items() if process.poll() is not None]

    def said(self, name: str) -> str:
        """The end of a log, for a failed test."""
        return "\n".join((self.logs / f"{name}.log").read_text(errors="replace").splitlines()[-20:])

    def stop(self) -> None:
        """End all."""
        for name in list(self._running):
            self.kill(name)

    def _start(self, name: str, words: list[str], more: Mapping[str, str]) -> None:
        with (self.logs / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                [sys.executable, *words],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=settings.ROOT,
                env=self.environ | dict(more),
                start_new_session=True,
                preexec_fn=dies_with_parent(signal.SIGKILL),
            )


def wait_for(url: str, *, seconds: float = 60) -> None:
    """Until somebody answers there, whatever they say."""
    deadline = time.monotonic() + seconds
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < deadline:
        try:
            opener.open(url, timeout=5).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"{url} did not answer")
