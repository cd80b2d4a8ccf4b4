"""Answers of a provider on a bad day, switched on over HTTP for tests that kill things."""

import threading
from dataclasses import dataclass
from typing import Any

# Not accepted; accepted and then not heard; slow but well.
REFUSING = {"down", "401", "429", "400_some"}
ACCEPTING = {"accept_hang", "accept_500", "accept_reset", "accept_garbage"}
MODES = {"ok", "slow"} | REFUSING | ACCEPTING


class BadMode(Exception):
    """No such mode, or a value that cannot be."""


@dataclass(frozen=True)
class Mode:
    """How calls are answered."""

    mode: str = "ok"
    # How many calls it is for; without, until another mode is set.
    times: int | None = None
    # Only each so-manieth call.
    every: int = 1
    # slow: before the answer; accept_hang: how long nothing comes; 429: Retry-After.
    seconds: float = 3.0
    # 400_some: the share of addresses that the provider does not like.
    share: float = 0.05


class Faults:
    """The mode that is on, and whose turn it is."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._mode = Mode()
        self._seen = 0

    def set(self, data: Any) -> Mode:
        """Another mode from now on; raises BadMode."""
        if not isinstance(data, dict) or data.get("mode") not in MODES:
            raise BadMode(f"mode is one of {', '.join(sorted(MODES))}.")
        if set(data) - {"mode", "times", "every", "seconds", "share"}:
            raise BadMode("Besides mode there are times, every, seconds and share.")
        numbers = {name: value for name, value in data.items() if name != "mode" and value is not None}
        if any(isinstance(v, bool) or not isinstance(v, int | float) or v < 0 for v in numbers.values()):
            raise BadMode("times, every, seconds and share are numbers.")
        with self._lock:
            self._mode, self._seen = Mode(data["mode"], **numbers), 0
            return self._mode

    def current(self) -> Mode:
        """The mode as it was set."""
        return self._mode

    def next(self) -> Mode:
        """The mode for this call."""
        with self._lock:
            mode = self._mode
            if mode.mode == "ok":
                return mode
            self._seen += 1
            if self._seen % max(1, int(mode.every)):
                return Mode()
            if mode.times is not None and self._seen > mode.times * max(1, int(mode.every)):
                self._mode = Mode()
                return self._mode
            return mode
