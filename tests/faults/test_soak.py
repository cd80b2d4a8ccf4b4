"""Chaos for a quarter of an hour (make faults SOAK=1): children of workers killed and frozen several times a second,
whole workers and the database now and then, people who withdraw, a provider in every mood.

SOAK_MAILS=10000 SOAK_KILLS=500 SOAK_SEED=1
"""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

import pytest
from django.db import Error, connection
from django.utils import timezone

from bibmail.tenancy import acting_for
from consent.models import Consent
from members.models import Contact
from tests.faults.lab.stage import Lab, durable_commits

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.environ.get("FAULTS") != "soak", reason="SOAK=1 asks for it"),
]

WORKERS = ("one", "two", "three")
MOODS = ("slow", "slow", "slow", "accept_500", "accept_reset", "accept_garbage", "down", "429")
CRASH_EVERY, WHOLE_WORKER_EVERY, MOOD_EVERY = 100, 40, 12
FROZEN_SECONDS = 6.0
# Something stands still when the kills take longer.
MOST_SECONDS = 1800


class Chaos:
    """What happens to whom, by one seed."""

    def __init__(self, lab: Lab, seed: int) -> None:
        self.lab, self.chance = lab, random.Random(seed)  # noqa: S311  # chaos, not a secret
        self.did: Counter[str] = Counter()
        self._frozen: list[tuple[float, int]] = []

    def strike(self) -> None:
        """One thing goes wrong."""
        self._restart_dead()
        number = self.did["kills"] + self.did["freezes"] + 1
        if number % CRASH_EVERY == 0:
            self.lab.database_crashes()
            self.did["crashes"] += 1
            time.sleep(1.5)
        if number % MOOD_EVERY == 0:
            self.lab.esp.mode(self.chance.choice(MOODS), every=2, seconds=0.1)
        if number % WHOLE_WORKER_EVERY == 0:
            name = self.chance.choice(WORKERS)
            self.lab.crew.kill(name)
            self.lab.start(name)
            self.did["whole_workers"] += 1
            self.did["kills"] += 1
        else:
            self._strike_child()
        self.thaw()

    def _restart_dead(self) -> None:
        """A worker whose children die while they start gives up; whoever runs it starts it again."""
        for name in set(WORKERS) & set(self.lab.crew.dead()):
            self.lab.crew.kill(name)
            self.lab.start(name)
            self.did["given_up"] += 1

    def _strike_child(self) -> None:
        children = [child for name in WORKERS for child in self.lab.crew.children(name)]
        if not children:
            return
        child, freeze = self.chance.choice(children), self.chance.random() < 0.25
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGSTOP if freeze else signal.SIGKILL)
            self.did["freezes" if freeze else "kills"] += 1
            if freeze:
                self._frozen.append((time.monotonic() + FROZEN_SECONDS, child))

    def heal(self) -> None:
        """Everybody goes on, and whoever gave up is started again."""
        self.thaw(everybody=True)
        self._restart_dead()

    def thaw(self, *, everybody: bool = False) -> None:
        """Who stood still long enough goes on."""
        now = time.monotonic()
        for until, child in list(self._frozen):
            if everybody or until < now:
                with suppress(ProcessLookupError):
                    os.kill(child, signal.SIGCONT)
                self._frozen.remove((until, child))


def test_a_long_chaos_loses_nothing_and_doubles_nothing(
    own_lab: Lab, record_property: Callable[[str, object], None]
) -> None:
    mails, kills = int(os.environ.get("SOAK_MAILS", "10000")), int(os.environ.get("SOAK_KILLS", "500"))
    durable_commits()
    chaos = Chaos(own_lab, int(os.environ.get("SOAK_SEED", "1")))
    people: list[tuple[int, Contact]] = []
    for slug, part, newsletter in (("zottegem", 0.6, True), ("aalst", 0.2, True), ("ninove", 0.2, False)):
        library, readers = own_lab.send(slug, int(mails * part), newsletter=newsletter)
        people += [(library.pk, one) for one in readers]
    chaos.chance.shuffle(people)
    own_lab.open(*WORKERS, children=2)
    own_lab.begin()
    own_lab.esp.mode("slow", seconds=0.1)
    began = time.monotonic()

    while chaos.did["kills"] < kills:
        assert time.monotonic() - began < MOST_SECONDS, chaos.did
        chaos.strike()
        _one_withdraws(own_lab, *people.pop())
        time.sleep(chaos.chance.uniform(0.25, 0.6))
    sent_under_fire = len(own_lab.arrived())
    chaos.heal()
    own_lab.esp.mode("ok")
    own_lab.settle(seconds=max(120, mails / 20))

    found = own_lab.audit()
    figures = " ".join(f"{name}={count}" for name, count in sorted(chaos.did.items()))
    said = f"soak {figures} withdrawn={len(own_lab.stops)} under_fire={sent_under_fire}"
    line = found.line(f"{said} seconds={time.monotonic() - began:.0f}")
    record_property("audit", line)
    assert found.is_clean, line


def _one_withdraws(lab: Lab, library_id: int, one: Contact) -> None:
    """Somebody changes their mind, unless the database is just recovering."""
    try:
        with acting_for(library_id):
            Consent.objects.filter(contact=one, closed_at=None).update(
                closed_at=timezone.now(), closed_source="preferences"
            )
        lab.stops[one.email_norm] = timezone.now()
    except Error:
        connection.close()
