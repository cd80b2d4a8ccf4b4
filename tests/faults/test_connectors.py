"""A worker is killed with -9 in the middle of a fetch; the next one goes on and nothing is lost or doubled."""

import subprocess
import sys
import threading
import time
from datetime import timedelta
from signal import SIGKILL

import pytest
from django.conf import settings

from bibmail.sandbox.sources.server import Server
from bibmail.sandbox.sources.world import World, patron
from bibmail.tenancy import acting_for, clock
from members.connectors import fetching
from members.connectors.door import Door
from members.models import ConnectorRun, Contact, DataSource
from tests import factories
from tests.faults import worker as worker_processes
from tests.members.connectors.stage import Stage

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

_WORKER = """
import sys, django
django.setup()
from datetime import datetime
from members.connectors import fetching
fetching.fetch(source_id=int(sys.argv[1]), library_id=int(sys.argv[2]), at=datetime.fromisoformat(sys.argv[3]))
"""

# Three batches of fifty; the worker dies in the third.
PATRONS = 130
AT = "2026-11-24T11:00:00+00:00"


def test_a_worker_killed_while_it_fetches_leaves_the_rest_to_the_next() -> None:
    library = factories.a_library(slug="zottegem")
    with acting_for(library.pk):
        factories.a_branch(code="3550")
    server = Server(0, World(patrons=[patron(f"{number:04}") for number in range(PATRONS)]))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    stage = Stage(library, server)
    source = stage.wise()
    stage.switch("slow", on="/patron/0110/", seconds=30.0)

    words = [sys.executable, "-c", _WORKER, str(source.pk), str(library.pk), AT]
    with subprocess.Popen(words, env=worker_processes.environ(), cwd=settings.ROOT) as worker:
        _until(lambda: any("/patron/0110/" in target for target in stage.asked()))
        worker.send_signal(SIGKILL)
    assert stage.now(source).cursor["position"] == "0099"
    _fall_silent(source, library.pk)
    server.asked.clear()

    run = fetching.fetch(source_id=source.pk, library_id=library.pk, at=clock.now(), door=Door(rate=1e6))
    server.shutdown()
    server.server_close()

    assert run
    assert run.state == ConnectorRun.State.DONE
    first = next(target for target in stage.asked() if target.endswith("patroninformation"))
    assert "/patron/0100/" in first
    with acting_for(library.pk):
        assert Contact.objects.count() == PATRONS


def _fall_silent(source: DataSource, library_id: int) -> None:
    with acting_for(library_id):
        past = clock.database_now() - timedelta(seconds=1)
        DataSource.objects.filter(pk=source.pk).update(lease_until=past)


def _until(happened: object) -> None:
    deadline = time.monotonic() + 60
    while not happened():  # type: ignore[operator]  # a function without arguments
        assert time.monotonic() < deadline
        time.sleep(0.01)
