"""Libraries with people and mails, the crew that sends them, and what is looked at afterwards."""

import os
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from datetime import time as day_time
from pathlib import Path
from signal import SIGKILL
from typing import Any

import psycopg2
import redis
import requests
from celery import Celery
from django.db import connection
from django.db.models import Exists, OuterRef
from django.utils import timezone
from kombu.exceptions import OperationalError

from bibmail.embedded import Services, process, valkey
from bibmail.sandbox.demo.address import any_free_port
from bibmail.sandbox.esp.provider import Address, Provider
from bibmail.sandbox.esp.records import Mail
from bibmail.sandbox.esp.server import Server
from bibmail.tenancy import acting_for, database
from bibmail.tenancy.models import Library
from campaigns.models import InboxEvent, Mailing, Message, SendingSettings
from consent.models import Consent, Subject
from members.models import Contact
from tests import factories
from tests.campaigns.delivery.stage import CONTENT
from tests.faults import worker as worker_processes
from tests.faults.lab.audit import Audited, audit
from tests.faults.lab.crew import Crew, wait_for
from tests.sandbox.esp_stage import CALM, KEY

LOGIN = "brevo:secret-of-the-lab"
POINTS = ("after_claim", "after_submitting", "after_esp_answer")


_BUSY = """
    SELECT count(*) FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'
       AND backend_type = 'client backend'
"""


class _RealClock:
    """The make-believe ESP's clock is ours."""

    def now(self) -> datetime:
        return timezone.now()

    fresh = now


class Esp:
    """A sandbox ESP in a thread of ours, so that it outlives every kill; its ledger is the oracle."""

    def __init__(self, folder: Path, application: str) -> None:
        folder.mkdir(exist_ok=True)
        self.provider = Provider(
            folder, clock=_RealClock(), application=Address(application, LOGIN), api_key=KEY
        )
        self.rates()
        self._server = Server(0, self.provider)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.book = self.provider.book
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self.provider.start()
        self._thread.start()

    def mode(self, mode: str, **more: Any) -> None:
        """Answer so from now on."""
        self.provider.faults.set({"mode": mode} | more)

    def rates(self, **changed: float) -> None:
        """What receivers do from now on; calm but for these."""
        self.provider.set_rates({"rates": CALM | changed, "by_tag": {}})

    def hold_webhooks(self, *, held: bool) -> None:
        self.provider.schedule.hold("webhook", held=held)

    def pending(self) -> int:
        return self.provider.schedule.standing().pending

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self.provider.stop()


class Ringer:
    """Beat in a thread of ours: rings the sweep and the inbox several times a second, and can be silenced."""

    def __init__(self, broker_url: str) -> None:
        self._app = Celery("ringer", broker=broker_url)
        self._app.conf.broker_connection_retry_on_startup = False
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._ring)
        self._thread.start()

    def ring(self, task: str, *, queue: str, **values: Any) -> None:
        """One bell; a broker that is down hears nothing, and nothing is lost by it."""
        try:
            self._app.send_task(task, kwargs=values, queue=queue, expires=5, retry=False)
        except (OSError, redis.RedisError, OperationalError):
            return

    def stop(self) -> None:
        self._ends.set()
        self._thread.join()
        self._app.close()

    def _ring(self) -> None:
        while not self._ends.wait(0.4):
            self.ring("campaigns.tasks.sweep", queue="clock")
            self.ring("campaigns.tasks.read_inbox", queue="service")


class Lab:
    """All of it for one test."""

    def __init__(self, folder: Path, services: Services) -> None:
        self.folder, self.services = folder, services
        self.faults = folder / "faults"
        self.faults.mkdir()
        port = any_free_port()
        self.esp = Esp(folder / "esp", f"http://127.0.0.1:{port}")
        self.crew = Crew(self._environ(), folder)
        self.ringer: Ringer | None = None
        self.stops: dict[str, datetime] = {}
        self._workers: tuple[str, ...] = ()
        self._children, self._mutation = 1, ""
        self._mark = 0
        self._port = port

    def open(self, *workers: str, children: int = 1, mutation: str = "") -> None:
        """Start the web, a worker that sweeps and reads the inbox, and these that send."""
        self._workers, self._children, self._mutation = workers, children, mutation
        self.crew.web(self._port)
        self.crew.worker("clock", queues="clock,service", children=1, LAB_MUTATION=mutation)
        for name in workers:
            self.start(name)
        wait_for(f"http://127.0.0.1:{self._port}/healthz")

    def start(self, name: str) -> None:
        """A worker that sends."""
        self.crew.worker(name, children=self._children, LAB_MUTATION=self._mutation)

    def begin(self) -> None:
        """For a scenario: everybody is there and nothing is wrong; what the ESP has now counts no more."""
        self._mark = max((mail.id for mail in self.esp.book.mails()), default=0)
        self.stops = {}
        self._repair()
        self.doorbell_returns()
        self.ringer = Ringer(self.services.broker_url)

    def end(self) -> None:
        """Nobody works on, so that the tables can be emptied."""
        if self.ringer:
            self.ringer.stop()
            self.ringer = None
        for armed in self.faults.iterdir():
            armed.unlink()
        self._repair()
        if not until(self._is_idle, seconds=10):
            for name in (*self._workers, "clock"):
                self.crew.kill(name)

    def close(self) -> None:
        """Everything stops."""
        if self.ringer:
            self.ringer.stop()
        self.crew.stop()
        self.esp.stop()

    def _repair(self) -> None:
        self.esp.mode("ok")
        self.esp.rates()
        self.esp.hold_webhooks(held=False)
        for name in self.crew.dead():
            self.crew.kill(name)
        for name in set(self._workers) - set(self.crew.names()):
            self.start(name)
        if self._workers and "clock" not in self.crew.names():
            self.crew.worker("clock", queues="clock,service", children=1, LAB_MUTATION=self._mutation)
        for name in self.crew.names():
            self.crew.thaw(name)

    def _is_idle(self) -> bool:
        """Whether nobody else has a transaction open, three looks in a row."""
        for _look in range(3):
            with connection.cursor() as cursor:
                cursor.execute(_BUSY)
                if cursor.fetchone()[0]:
                    return False
            time.sleep(0.1)
        return True

    # --- Who is there ------------------------------------------------------------------------------

    def library(self, slug: str) -> Library:
        """A library that sends at all hours, since the lab runs at all hours."""
        library = factories.a_library(slug=slug)
        with acting_for(library.pk):
            SendingSettings.objects.create(
                is_trial=False, opens=day_time.min, closes=day_time.max, on_sunday=True
            )
        return library

    def people(
        self, library: Library, count: int, *, addresses: Sequence[str] = (), wants: bool = True
    ) -> list[Contact]:
        """So many people with these addresses or new ones, who want the newsletter or never said so."""
        now = timezone.now()
        words = addresses or [f"lab{factories.next_number()}@example.be" for _ in range(count)]
        with acting_for(library.pk):
            found = Contact.objects.bulk_create(
                Contact(
                    external_id=word, first_name="Noor", last_name="Lemmens", last_name_folded="lemmens",
                    first_name_folded="noor", source="wise", sourced_at=now, email=word, email_norm=word,
                    recipient_hash=factories.a_hash(word), date_of_birth="1989-03-12",
                )
                for word in words
            )  # fmt: skip
            if wants:
                Consent.objects.bulk_create(
                    Consent(contact=one, subject=Subject.TOPIC, code="newsletter", source="balie",
                            opened_at=now - timedelta(days=30))
                    for one in found
                )  # fmt: skip
        return found

    def mailing(self, library: Library, *, newsletter: bool = True, **fields: Any) -> Mailing:
        """What is sent: in batches as a newsletter, or one by one as a journey."""
        with acting_for(library.pk):
            if newsletter:
                fields |= {"journey_code": "", "step_key": "", "mail_code": ""}
                fields["campaign"] = factories.a_campaign(state="sending", created_at=timezone.now())
            return factories.a_mailing(**({"content": CONTENT} | fields))

    def queue(self, library: Library, people: Sequence[Contact], mailing: Mailing) -> None:
        """One mail for each, due now."""
        now = timezone.now()
        with acting_for(library.pk):
            Message.objects.bulk_create(
                Message(
                    mailing=mailing, key=f"lab:{uuid.uuid4()}", contact=one, recipient=one,
                    recipient_hash=one.recipient_hash, queued_at=now, not_before=now,
                    not_after=now + timedelta(days=7),
                )
                for one in people
            )  # fmt: skip

    def send(self, slug: str, count: int, *, newsletter: bool = True) -> tuple[Library, list[Contact]]:
        """A library with so many people, and a mail for each on its way."""
        library = self.library(slug)
        people = self.people(library, count)
        self.queue(library, people, self.mailing(library, newsletter=newsletter))
        return library, people

    # --- Faults --------------------------------------------------------------------------------------

    def arm(self, point: str) -> None:
        (self.faults / point).touch()

    def standing(self, point: str) -> str:
        """The worker that stands at the point now, or nothing."""
        for standing in self.faults.glob(f"{point}.standing.*"):
            child = int(standing.suffix.removeprefix("."))
            return next((name for name in self.crew.names() if child in self.crew.children(name)), "")
        return ""

    def ring(self, task: str, *, queue: str, **values: Any) -> None:
        """One more bell."""
        assert self.ringer
        self.ringer.ring(task, queue=queue, **values)

    def tell(self, event: dict[str, Any], *, login: str = LOGIN) -> int:
        """Post this as the ESP would; the status of the answer."""
        url = f"http://127.0.0.1:{self._port}/esp/brevo/"
        user, _, secret = login.partition(":")
        return requests.post(url, json=event, auth=(user, secret), timeout=10).status_code

    def empty_doorbell(self) -> None:
        """Every bell that was not heard yet is gone."""
        with redis.from_url(self.services.valkey_url) as bells:
            bells.flushall()

    def doorbell_dies(self) -> None:
        """Valkey is gone, with all it held."""
        process.end(self.services._processes.pop("valkey"), by=SIGKILL)

    def doorbell_returns(self) -> None:
        """An empty one, on the same socket; nothing when it never went."""
        where = self.services._place
        if where and self.services._lock and "valkey" not in self.services._processes:
            self.services._processes["valkey"] = valkey.start(where, lock=self.services._lock.inherited)
            until(lambda: valkey.is_ready(where))

    def database_crashes(self) -> None:
        """One backend dies by -9, so PostgreSQL throws all sessions out and recovers from its log."""
        admin = psycopg2.connect(database.libpq(os.environ["DATABASE_URL_ADMIN"]))
        os.kill(admin.info.backend_pid, SIGKILL)
        connection.close()
        # A busy machine reads its log for seconds.
        assert until(_database_answers, seconds=60)

    # --- Looking -------------------------------------------------------------------------------------

    def waiting(self) -> int:
        """Mails that are not settled, or in doubt and still wanted, of all libraries."""
        found = 0
        wanted = Consent.objects.filter(contact=OuterRef("recipient"), closed_at=None)
        for library_id in Library.objects.order_by("pk").values_list("pk", flat=True):
            with acting_for(library_id):
                found += Message.objects.waiting().count()
                found += Message.objects.filter(Exists(wanted), state=Message.State.UNKNOWN).count()
        return found

    def settle(self, *, seconds: float = 40) -> None:
        """Until nothing waits, nothing is in doubt, and every webhook was read; or until the time is over."""
        until(lambda: not self.waiting() and not self.esp.pending() and not self.unread(), seconds=seconds)

    def unread(self) -> bool:
        """Whether news waits to be read."""
        return InboxEvent.objects.filter(fault="").exists()

    def audit(self) -> Audited:
        return audit(self.esp.book, after=self._mark, stops=self.stops)

    def arrived(self) -> list[Mail]:
        """What the ESP has of this scenario."""
        return list(self.esp.book.mails(after=self._mark))

    def _environ(self) -> dict[str, str]:
        return worker_processes.environ(
            BROKER_URL=self.services.broker_url,
            FAULTS_DIR=str(self.faults),
            ESP_API_URL=f"{self.esp.url}/v3/",
            ESP_API_KEY=KEY,
            ESP_WEBHOOK_AUTH=LOGIN,
            ESP_CONNECT_SECONDS="1",
            ESP_READ_SECONDS="1",
            SEND_CLAIM_SECONDS="4",
            DATABASE_CONN_MAX_AGE="60",
            UPLOADS_DIR=str(self.folder),
        )


def durable_commits() -> None:
    """The tests' server answers before it wrote; a crash would then undo what was promised, as no server of ours."""
    admin = psycopg2.connect(database.libpq(os.environ["DATABASE_URL_ADMIN"]))
    admin.autocommit = True
    with admin.cursor() as cursor:
        cursor.execute(f'ALTER DATABASE "{connection.settings_dict["NAME"]}" SET synchronous_commit = on')
    admin.close()
    connection.close()


def _database_answers() -> bool:
    try:
        psycopg2.connect(database.libpq(os.environ["DATABASE_URL_ADMIN"])).close()
    except psycopg2.OperationalError:
        return False
    return True


def until(happened: Callable[[], object], *, seconds: float = 30, every: float = 0.05) -> bool:
    """Wait until it happened; False when the time was over before."""
    deadline = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > deadline:
            return False
        time.sleep(every)
    return True


@contextmanager
def lab(folder: Path, services: Services) -> Iterator[Lab]:
    """A lab that is gone afterwards, with every process it had."""
    found = Lab(folder, services)
    try:
        yield found
    finally:
        found.close()
