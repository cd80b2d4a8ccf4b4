"""One fetch of one source: take it, merge page after page, move the cursor behind each, and report."""

import logging
import time
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from bibmail.tenancy import acting_for, clock, sealing, sinks
from members.connectors import files, registry
from members.connectors.door import Door
from members.connectors.drift import Drift
from members.connectors.registry import Account, Delivery, Fetch, Page, Records
from members.connectors.trouble import Overtaken, Trouble
from members.imports import records
from members.models import ConnectorRun, DataSource, ImportRun

logger = logging.getLogger(__name__)

# A source that has not moved for so long has lost its worker.
SILENCE = timedelta(minutes=10)
# After trouble the source is left alone for longer each time, up to a day.
_LONGEST_PAUSE = timedelta(days=1)


def fetch(*, source_id: int, library_id: int, at: datetime, door: Door | None = None) -> ConnectorRun | None:
    """Fetch once, whatever the cursor says comes next; None when somebody else does, or the source is gone.

    At least once: the cursor moves in a transaction after the merge, and merging the same twice changes nothing.
    """
    lease = uuid4()
    with acting_for(library_id):
        source = _take(source_id, lease=lease)
        if source is None:
            return None
        run = ConnectorRun.objects.create(source=source, started_at=at)
    work = _Work(source, run, library_id=library_id, lease=lease, at=at)
    try:
        work.go(door)
    except Overtaken:
        logger.info("source %s of library %s went to another worker", source_id, library_id)
        return None
    return run


def try_out(source: DataSource, *, library_id: int, at: datetime, door: Door | None = None) -> None:
    """Returns when the source answers and lets us in; raises Trouble. Nothing is fetched or written.

    Call it outside a transaction: it waits for somebody else's server.
    """
    connector = registry.get(source.connector)
    way = door or Door(rate=connector.rate)
    try:
        connector.test(Fetch(_account(source, library_id=library_id), {}, at, way, Drift()))
    finally:
        way.close()


def _take(source_id: int, *, lease: UUID) -> DataSource | None:
    """Hold the source for a while, on the database's clock (decision D11)."""
    now = clock.database_now()
    free = DataSource.objects.free(now=now).select_for_update(skip_locked=True)
    source = free.filter(pk=source_id).first()
    if source is None:
        return None
    # A fetch whose worker died says so in the history.
    ConnectorRun.objects.filter(source=source, state=ConnectorRun.State.RUNNING).update(
        state=ConnectorRun.State.FAILED, error_code="worker_died"
    )
    source.lease, source.lease_until = lease, now + SILENCE
    source.save(update_fields=["lease", "lease_until"])
    return source


def _account(source: DataSource, *, library_id: int) -> Account:
    try:
        secrets = sealing.unseal_all(source.secrets, library_id=library_id)
    except sealing.CannotOpen:
        raise Trouble("secret_unreadable") from None
    return Account(library_id, source.pk, source.options, secrets)


class _Work:
    """One fetch under way."""

    def __init__(
        self, source: DataSource, run: ConnectorRun, *, library_id: int, lease: UUID, at: datetime
    ) -> None:
        self.source, self.run, self.lease, self.at = source, run, lease, at
        self.library_id = library_id
        self.drift = Drift()
        self.begun = time.monotonic()

    def go(self, door: Door | None) -> None:
        """Fetch to the end or to the first trouble, and write down which; raises Overtaken."""
        trouble: Trouble | None = None
        way = door
        try:
            connector = registry.get(self.source.connector)
            way = way or Door(rate=connector.rate)
            way.on_wait = self._beat
            known = Fetch(
                _account(self.source, library_id=self.library_id),
                dict(self.source.cursor),
                self.at,
                way,
                self.drift,
            )
            for page in connector.fetch(known):
                self._bring_in(page)
        except Trouble as found:
            trouble = found
        except registry.UnknownConnector:
            trouble = Trouble("unknown_connector")
        except Overtaken:
            raise
        except Exception as error:
            # The words of the error may quote a record, so only its class.
            logger.error("source %s of library %s: %s", self.source.pk, self.library_id, type(error).__name__)
            trouble = Trouble("unexpected", kind=type(error).__name__)
        finally:
            if way:
                self.run.requests_count = way.requests_count
                way.close()
        self._close(trouble)

    def _bring_in(self, page: Page) -> None:
        if isinstance(page, Delivery):
            self._bring_file(page)
            return
        if page.skipped:
            figures = self.run.figures.setdefault(page.sink, {})
            figures["skipped"] = figures.get("skipped", 0) + page.skipped
        if page.rows:
            self._merge(page)
        self._beat(cursor=page.cursor)

    def _merge(self, page: Records) -> None:
        try:
            done = records.deliver(
                page.sink, page.rows, source=self.source.connector, library_id=self.library_id, at=self.at
            )
        except sinks.UnknownSink:
            raise Trouble("no_sink", sink=page.sink) from None
        if done.state == ImportRun.State.FAILED:
            raise Trouble("not_merged", sink=page.sink, run=done.pk)
        self._count(page.sink, done)

    def _bring_file(self, page: Delivery) -> None:
        with acting_for(self.library_id):
            self._beat()
            files.keep(self.source, page, at=self.at)
        page.settle()
        figures = self.run.figures.setdefault(page.sink, {})
        figures["files"] = figures.get("files", 0) + 1

    def _count(self, sink: str, done: ImportRun) -> None:
        figures = self.run.figures.setdefault(sink, {})
        for name in ("rows", "new", "changed", "unchanged", "removed", "refused"):
            figures[name] = figures.get(name, 0) + getattr(done, f"{name}_count")

    def _beat(self, **fields: Any) -> None:
        """Write what is done and hold the source longer; raises Overtaken when it is no longer ours."""
        with acting_for(self.library_id):
            fields["lease_until"] = clock.database_now() + SILENCE
            if not DataSource.objects.filter(pk=self.source.pk, lease=self.lease).update(**fields):
                raise Overtaken
        for name, value in fields.items():
            setattr(self.source, name, value)

    def _close(self, trouble: Trouble | None) -> None:
        """Let go of the source and tell how it went, in one transaction; raises Overtaken."""
        run = self.run
        run.finished_at, run.seconds = self.at, time.monotonic() - self.begun
        run.drift = self.drift.notes()
        run.state = ConnectorRun.State.FAILED if trouble else ConnectorRun.State.DONE
        if trouble:
            run.error_code, run.error_detail = trouble.code, trouble.detail
            logger.info("source %s of library %s: %s", self.source.pk, self.library_id, trouble.code)
        with acting_for(self.library_id), transaction.atomic():
            outcome = _after(self.source, run, trouble, at=self.at)
            if not DataSource.objects.filter(pk=self.source.pk, lease=self.lease).update(**outcome):
                raise Overtaken
            run.save()


def _after(source: DataSource, run: ConnectorRun, trouble: Trouble | None, *, at: datetime) -> dict[str, Any]:
    """What the source's row says after a fetch."""
    fields: dict[str, Any] = {"lease": None, "lease_until": None, "error_code": run.error_code,
                              "error_detail": run.error_detail}  # fmt: skip
    if trouble is None:
        return fields | {
            "last_success_at": at, "failures_count": 0, "next_due_at": at + source.every, "drift": run.drift,
        }  # fmt: skip
    failures = source.failures_count + 1
    pause = min(_LONGEST_PAUSE, source.every * 2 ** min(failures - 1, 10))
    pause = max(pause, timedelta(seconds=min(trouble.wait_seconds, _LONGEST_PAUSE.total_seconds())))
    drift = run.drift or source.drift
    return fields | {"failures_count": failures, "next_due_at": at + pause, "drift": drift}
