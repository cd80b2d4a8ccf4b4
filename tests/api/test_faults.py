"""A sender killed with -9 between call and record: the message comes again, with the same webhook-id."""

import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from signal import SIGKILL

import pytest

from bibmail.api import actions, sender
from bibmail.api.models import EventKind, WebhookDelivery
from bibmail.tenancy import acting_for
from tests import factories
from tests.api import receiver as receivers
from tests.factories import NOON
from tests.faults import worker as worker_processes

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

_SEND = """
import sys, django
django.setup()
from bibmail.api import sender
sender.send(library_id=int(sys.argv[1]))
"""


def test_a_sender_killed_after_the_call_loses_nothing(tmp_path: Path) -> None:
    (tmp_path / "webhook_called").touch()
    library = factories.a_library(slug="zottegem")
    with receivers.listening() as receiver:
        with acting_for(library.pk):
            actions.add_webhook(
                url=receiver.url, events=[EventKind.CONSENT_CHANGED], by=factories.a_user(), at=NOON
            )
            for _ in range(3):
                factories.a_consent(factories.a_contact())

        _killed_at_the_point(library.pk, tmp_path)
        assert len(receiver.heard) == 1
        assert sender.send(library_id=library.pk) == 0, "the dead one's lease still runs"
        with acting_for(library.pk):
            for row in WebhookDelivery.objects.exclude(leased_until=None):
                WebhookDelivery.objects.filter(pk=row.pk).update(
                    leased_until=row.created_at - timedelta(seconds=1)
                )

        assert sender.send(library_id=library.pk) == 3

    ids = [heard.headers["webhook-id"] for heard in receiver.heard]
    assert len(ids) == 4
    assert len(set(ids)) == 3
    assert ids.count(ids[0]) == 2
    with acting_for(library.pk):
        assert {row.state for row in WebhookDelivery.objects.all()} == {"delivered"}


def _killed_at_the_point(library_id: int, faults: Path) -> None:
    program = [sys.executable, "-c", _SEND, str(library_id)]
    worker = subprocess.Popen(program, env=worker_processes.environ(FAULTS_DIR=str(faults)))
    deadline = time.monotonic() + 60
    while not list(faults.glob("webhook_called.standing.*")):
        assert worker.poll() is None, "it ended before it came by the point"
        assert time.monotonic() < deadline
        time.sleep(0.02)
    worker.send_signal(SIGKILL)
    worker.wait(10)
