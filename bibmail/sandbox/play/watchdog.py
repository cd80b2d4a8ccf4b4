"""Kills a sending worker right after it said `submitting`, and starts another: what was under way stays known."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import NamedTuple

from bibmail.sandbox.demo.processes import Processes
from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library
from campaigns.models import Message

POINT = "after_submitting"
WORKER = "worker-send"


class Kill(NamedTuple):
    """One kill: on which day of the play, and the mails that were between our word and the ESP's."""

    day: date
    process_id: int
    # Public ids, as the ESP knows them.
    in_doubt: list[str]


class Watchdog:
    """Armed on some days; looks each time it is asked whether somebody stands at the point."""

    def __init__(
        self, faults: Path, processes: Processes, start: Callable[[], None], *, days: list[date]
    ) -> None:
        self._faults, self._processes, self._start = faults, processes, start
        self._days = list(days)
        self._today: date | None = None
        self.kills: list[Kill] = []

    def begin(self, day: date) -> None:
        """Arm the point when today or an earlier day of the list still waits for its kill."""
        self._today = day
        if self._days and day >= self._days[0]:
            (self._faults / POINT).touch()

    def look(self) -> None:
        """Kill who stands at the point, with -9, and start the worker anew."""
        for standing in self._faults.glob(f"{POINT}.standing.*"):
            in_doubt = _submitting()
            process_id = int(standing.suffix.removeprefix("."))
            standing.unlink()
            self._processes.kill(WORKER)
            self._start()
            assert self._today is not None  # noqa: S101  # nothing is armed before a day begins
            self.kills.append(Kill(self._today, process_id, in_doubt))
            self._days.pop(0)

    @property
    def missed(self) -> list[date]:
        """The days for which nobody came by the point."""
        return self._days

    def disarm(self) -> None:
        (self._faults / POINT).unlink(missing_ok=True)


def _submitting() -> list[str]:
    found: list[str] = []
    for library_id in Library.objects.order_by("pk").values_list("pk", flat=True):
        with acting_for(library_id):
            mine = Message.objects.filter(state=Message.State.SUBMITTING)
            found += [str(public_id) for public_id in mine.values_list("public_id", flat=True)]
    return found
