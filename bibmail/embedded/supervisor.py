"""Start PostgreSQL and Valkey for one folder, and stop them whatever happens."""

import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from bibmail.embedded import logs, place, postgres, process, valkey
from bibmail.embedded.account import service_account
from bibmail.embedded.lock import FolderLock
from bibmail.embedded.refusal import Refused

_SECONDS_TO_START = 60  # recovery after a crash is part of it


class DidNotStart(Refused):
    """A server ended, or kept us waiting, before it was ready."""


class NotRunning(Refused):
    """Something was asked that only running services know."""


class Services:
    """PostgreSQL and Valkey that live exactly as long as we do.

    Start them from the main thread (see `process.dies_with_parent`). `durable` keeps the data safe when the
    machine itself goes down; without it, data that had to be kept elsewhere (see `place`) goes at `stop()`.
    """

    def __init__(
        self, folder: Path, *, durable: bool = False, with_postgres: bool = True, with_valkey: bool = True
    ) -> None:
        self.folder = folder
        self._durable = durable
        self._wanted = {"postgres": with_postgres, "valkey": with_valkey}
        self._stop_signals = {"postgres": postgres.STOP, "valkey": valkey.STOP}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._lock: FolderLock | None = None
        self._place: place.Place | None = None

    def start(self) -> Self:
        """Start and wait until both answer; refused in a sentence, with nothing left running."""
        if self._lock is not None:
            return self
        account = service_account()
        self.folder = place.make_folder(self.folder, account=account)
        lock = FolderLock(self.folder)
        try:
            lock.take()
        except BaseException:
            lock.release()
            raise
        self._lock = lock
        try:
            self._place = place.choose(self.folder, account=account, durable=self._durable)
            self._start_processes(self._place, lock=lock.inherited)
            self._wait_until_ready(self._place)
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Stop both and wait for them. It is safe to call this twice."""
        for name in ("valkey", "postgres"):
            if child := self._processes.pop(name, None):
                process.end(child, by=self._stop_signals[name])
        if self._place is not None:
            place.leave(self._place)
            self._place = None
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def dead(self) -> list[str]:
        """Names of servers that were started and have ended by themselves."""
        return [name for name, child in self._processes.items() if child.poll() is not None]

    def alive(self) -> bool:
        return bool(self._processes) and not self.dead()

    def database_url(self, *, user: str, password: str, name: str) -> str:
        """For a role and database that you create; django-environ and libpq read it."""
        return postgres.url(self._where(), user=user, password=password, name=name)

    @property
    def superuser_url(self) -> str:
        """For making roles and databases; never for the application: superusers pass row-level security."""
        password = self._where().password_file.read_text()
        return postgres.url(self._where(), user="postgres", password=password, name="postgres")

    @property
    def broker_url(self) -> str:
        """For Celery; add `?virtual_host=3` for another Valkey database."""
        return valkey.broker_url(self._where())

    @property
    def valkey_url(self) -> str:
        """The same server, spelled for redis-py; add `?db=3` for another Valkey database."""
        return valkey.unix_url(self._where())

    @property
    def password_file(self) -> Path:
        """Where the superuser's password is kept."""
        return self._where().password_file

    @property
    def data_directory(self) -> Path:
        """Where the data lies: in the folder, unless the servers' account cannot get there."""
        return self._where().home

    def _where(self) -> place.Place:
        if self._place is None:
            raise NotRunning(f"The services in {self.folder} are not running; start them first.")
        return self._place

    def _start_processes(self, where: place.Place, *, lock: int) -> None:
        if self._wanted["valkey"]:
            self._processes["valkey"] = valkey.start(where, lock=lock)
        if self._wanted["postgres"]:
            self._processes["postgres"] = postgres.start(where, durable=self._durable, lock=lock)

    def _wait_until_ready(self, where: place.Place) -> None:
        deadline = time.monotonic() + _SECONDS_TO_START
        while waiting := [name for name in self._processes if not self._is_ready(name, where)]:
            self._refuse_if_dead(where)
            if time.monotonic() > deadline:
                raise DidNotStart(f"Not ready after {_SECONDS_TO_START} seconds: {', '.join(waiting)}.")
            time.sleep(0.01)

    def _is_ready(self, name: str, where: place.Place) -> bool:
        return (
            postgres.is_ready(where, self._processes[name]) if name == "postgres" else valkey.is_ready(where)
        )

    def _refuse_if_dead(self, where: place.Place) -> None:
        for name in self.dead():
            raise DidNotStart(
                f"{name} ended at once. Its last words, from {self.folder / name}.log:\n"
                f"{logs.ending(where.folder, name)}"
            )
