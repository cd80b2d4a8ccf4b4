"""What is still to be done, by domain time: a mail's next step waits until the one before it is done."""

import heapq
import threading
from collections import deque
from collections.abc import Iterable
from datetime import datetime
from itertools import count
from time import monotonic
from typing import NamedTuple

from bibmail.sandbox.esp.domain_clock import DomainTime
from bibmail.sandbox.esp.outcomes import ACT, WEBHOOK, Step

_LOOK_AGAIN_SECONDS = 0.1


class Standing(NamedTuple):
    """How much is to be done. `pending` is what a time-lapse waits for."""

    pending: int
    webhooks: int
    acts: int
    held: int
    later: int
    next_at: datetime | None


class Schedule:
    """Two lanes, webhooks and acts of readers, that may be held apart."""

    def __init__(self, clock: DomainTime) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._changed = {lane: threading.Condition(self._lock) for lane in (WEBHOOK, ACT)}
        self._order = count()
        self._waiting: dict[str, list[tuple[datetime, int, Step]]] = {WEBHOOK: [], ACT: []}
        self._retrying: dict[str, list[tuple[float, int, Step]]] = {WEBHOOK: [], ACT: []}
        self._running = {WEBHOOK: 0, ACT: 0}
        self._rest: dict[int, deque[Step]] = {}
        self._held: set[str] = set()
        self._ends = False

    def add(self, steps: Iterable[Step]) -> None:
        """The steps of one mail, in order."""
        rest = deque(steps)
        if not rest:
            return
        with self._lock:
            first = rest.popleft()
            if rest:
                self._rest[first.mail_id] = rest
            self._wait(first)

    def take(self, lane: str) -> Step | None:
        """The next step that is due, or None after a short wait, or at the end."""
        now = self._clock.now()
        with self._lock:
            step = self._due(lane, now)
            if step is None and not self._ends:
                idle = not (self._waiting[lane] or self._retrying[lane])
                self._changed[lane].wait(1.0 if idle else _LOOK_AGAIN_SECONDS)
            return step

    def done(self, step: Step) -> None:
        """The mail's next step may come."""
        with self._lock:
            self._running[step.lane] -= 1
            rest = self._rest.get(step.mail_id)
            if rest:
                self._wait(rest.popleft())
            if not rest:
                self._rest.pop(step.mail_id, None)

    def again(self, step: Step, *, seconds: float) -> None:
        """The same step once more, after so much real time."""
        with self._lock:
            self._running[step.lane] -= 1
            heapq.heappush(self._retrying[step.lane], (monotonic() + seconds, next(self._order), step))
            self._changed[step.lane].notify()

    def hold(self, lane: str, *, held: bool) -> None:
        """Stop or start a lane."""
        with self._lock:
            (self._held.add if held else self._held.discard)(lane)
            self._changed[lane].notify_all()

    @property
    def ends(self) -> bool:
        """Whether workers should go home."""
        return self._ends

    def end(self) -> None:
        """Let nobody take a step any more."""
        with self._lock:
            self._ends = True
            for changed in self._changed.values():
                changed.notify_all()

    def standing(self) -> Standing:
        """Counted by a clock that was asked just now, so that nothing that became due is forgotten."""
        now = self._clock.fresh()
        with self._lock:
            due, held, later = {WEBHOOK: 0, ACT: 0}, 0, 0
            for lane, waiting in self._waiting.items():
                ready = sum(1 for due_at, _, _ in waiting if due_at <= now)
                later += len(waiting) - ready
                ready += len(self._retrying[lane])
                held += ready if lane in self._held else 0
                due[lane] = self._running[lane] + (0 if lane in self._held else ready)
            # What follows a step that is due counts only once it is due itself, hence with the later ones.
            later += sum(len(rest) for rest in self._rest.values())
            next_at = min((waiting[0][0] for waiting in self._waiting.values() if waiting), default=None)
            return Standing(sum(due.values()), due[WEBHOOK], due[ACT], held, later, next_at)

    def _due(self, lane: str, now: datetime) -> Step | None:
        if self._ends or lane in self._held:
            return None
        retrying, waiting = self._retrying[lane], self._waiting[lane]
        if retrying and retrying[0][0] <= monotonic():
            step = heapq.heappop(retrying)[2]
        elif waiting and waiting[0][0] <= now:
            step = heapq.heappop(waiting)[2]
        else:
            return None
        self._running[lane] += 1
        return step

    def _wait(self, step: Step) -> None:
        heapq.heappush(self._waiting[step.lane], (step.due_at, next(self._order), step))
        self._changed[step.lane].notify()
