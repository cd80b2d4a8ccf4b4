"""The domain clock of a demo: set, and not moved on before everything of a moment is done."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import requests
from django.utils import timezone

from bibmail.tenancy import acting_for, clock
from bibmail.tenancy.models import Library
from bibmail.tenancy.models.deployment import Deployment
from campaigns.models import Message
from campaigns.tracking import inbox
from journeys.engine import tick
from members.models import ImportRun

_LONGEST_WAIT = 180.0
_LOOK_EVERY = 0.1


class Stuck(Exception):
    """Something of this moment never ended; the message says what."""


class NotInADemo(Exception):
    """Only a demo's clock can be moved."""


def set_clock(moment: datetime) -> None:
    """Let the domain clock say `moment` now; it runs on from there."""
    changed = Deployment.objects.exclude(environment="production").update(
        clock_offset=moment - timezone.now()
    )
    if not changed:
        raise NotInADemo


class Lapse:
    """Waits for quiet: no file, no tick, no mail, no webhook and no reader is under way."""

    def __init__(self, esp_url: str, *, each_look: Callable[[], None]) -> None:
        self._esp = esp_url
        self._each_look = each_look
        self._session = requests.Session()
        self._session.trust_env = False

    def let_readers_differ(self, habits: dict[str, Any]) -> None:
        """Other habits than the provider's usual ones (docs/sandbox.md)."""
        self._session.put(f"{self._esp}/sandbox/rates", json=habits, timeout=10).raise_for_status()

    def until_loaded(self) -> None:
        """Wait until no import is waiting or running; raises Stuck."""
        self._until("a file", lambda: self._imports() == 0)

    def until_quiet(self) -> None:
        """Wait until this moment has had all its effects; raises Stuck."""
        # What one of them ends another may begin: quiet twice in a row is quiet.
        seen = 0

        def quiet() -> bool:
            nonlocal seen
            seen = seen + 1 if self._under_way() == "" else 0
            return seen >= 2

        self._until("something", quiet)

    def _until(self, what: str, is_over: Callable[[], bool]) -> None:
        deadline = time.monotonic() + _LONGEST_WAIT
        while not is_over():
            self._each_look()
            if time.monotonic() > deadline:
                raise Stuck(f"{self._under_way() or what} did not end within {_LONGEST_WAIT:.0f} seconds.")
            time.sleep(_LOOK_EVERY)

    def _imports(self) -> int:
        return sum(1 for library_id in _libraries() if _in(library_id, ImportRun.objects.under_way().exists))

    def _under_way(self) -> str:
        """The first thing that is not done yet, in words; empty when all is."""
        at = clock.now()
        for library_id in _libraries():
            with acting_for(library_id):
                if tick.is_due(at=at):
                    return f"a tick of library {library_id}"
                ready = Message.objects.filter(state=Message.State.QUEUED, not_before__lte=at)
                held = Message.objects.filter(
                    state__in=[Message.State.CLAIMED, Message.State.SUBMITTING, Message.State.UNKNOWN]
                )
                if ready.exists() or held.exists():
                    return f"a mail of library {library_id}"
        if inbox.waiting():
            return "a webhook"
        return self._at_the_esp()

    def _at_the_esp(self) -> str:
        told = self._session.get(f"{self._esp}/sandbox/pending", timeout=10).json()
        return "a webhook or a reader" if told["pending"] else ""


def _libraries() -> list[int]:
    return list(Library.objects.order_by("pk").values_list("pk", flat=True))


def _in(library_id: int, ask: Callable[[], bool]) -> bool:
    with acting_for(library_id):
        return ask()
