"""Domain time for many threads: the database is asked by one thread, a few times a second at most."""

import threading
from datetime import datetime, timedelta
from time import monotonic
from typing import Protocol

from django.db import Error, connections
from django.utils import timezone

from bibmail.tenancy import clock

_FRESH_SECONDS = 0.2
_PATIENCE_SECONDS = 2.0


class DomainTime(Protocol):
    """What the sandbox needs of a clock."""

    def now(self) -> datetime:
        """Domain time, at most a blink old."""

    def fresh(self) -> datetime:
        """Domain time, asked for after this call began."""


class DomainClock(threading.Thread):
    """The application's clock. When the database does not answer it goes on with the offset it knew."""

    def __init__(self) -> None:
        super().__init__(name="domain-clock", daemon=True)
        self._condition = threading.Condition()
        self._offset = timedelta()
        self._asked = self._answered = 0
        self._known_at = float("-inf")
        self._ends = False

    def now(self) -> datetime:
        """Domain time, at most 0.2 s old."""
        if monotonic() - self._known_at > _FRESH_SECONDS:
            self._ask()
        return timezone.now() + self._offset

    def fresh(self) -> datetime:
        """Domain time after a question to the database that began after this call."""
        self._ask()
        return timezone.now() + self._offset

    def stop(self) -> None:
        """End the thread and its connection."""
        with self._condition:
            self._ends = True
            self._condition.notify_all()
        self.join()

    def run(self) -> None:
        """Answer until told to stop."""
        try:
            while self._next_question():
                self._look()
        finally:
            connections.close_all()

    def _ask(self) -> None:
        with self._condition:
            self._asked += 1
            mine = self._asked
            self._condition.notify_all()
            self._condition.wait_for(lambda: self._answered >= mine or self._ends, _PATIENCE_SECONDS)

    def _next_question(self) -> bool:
        with self._condition:
            self._condition.wait_for(lambda: self._ends or self._asked > self._answered)
            self._taken = self._asked
            return not self._ends

    def _look(self) -> None:
        try:
            offset = clock.now() - timezone.now()
        except Error:
            # A restarted database: the next question gets a connection of its own.
            connections.close_all()
            offset = self._offset
        with self._condition:
            self._offset, self._known_at, self._answered = offset, monotonic(), self._taken
            self._condition.notify_all()
