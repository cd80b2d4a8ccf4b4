"""A library with a source, the make-believe other side of it, and a clock that stands still."""

from datetime import UTC, datetime, timedelta
from typing import Any

from bibmail.sandbox.sources.server import Server
from bibmail.tenancy import acting_for, sealing
from bibmail.tenancy.models import Library
from members.connectors import fetching
from members.connectors.door import Door
from members.models import ConnectorRun, DataSource, ImportRun

# Tuesday noon in Brussels.
NOON = datetime(2026, 11, 24, 11, tzinfo=UTC)


class Stage:
    """What a test of a connector acts on."""

    def __init__(self, library: Library, server: Server) -> None:
        self.library, self.server, self.world = library, server, server.world
        self.slept: list[float] = []

    def wise(self, **more: str) -> DataSource:
        keys = self.world.keys
        options = {
            "url": f"{self.server.url}/wise",
            "library": "0001",
            "application": "Bibmail",
            "key_id": keys.wise_key_id,
        }
        return self.source("wise", options | more, {"key": keys.wise_key})

    def cloud(self) -> DataSource:
        keys = self.world.keys
        options = {"url": self.server.url, "library": "vlaanderen", "account": keys.cloud_account}
        return self.source("cloudlibrary", options, {"key": keys.cloud_key})

    def uit(self, **more: str) -> DataSource:
        options = {"url": f"{self.server.url}/uit", "organizer_ids": "bib-1", "places": "plaats-1=3550"}
        return self.source("uitdatabank", options | more, {"client_id": self.world.keys.uit_client})

    def source(self, connector: str, options: dict[str, str], secrets: dict[str, str]) -> DataSource:
        with acting_for(self.library.pk):
            return DataSource.objects.create(
                connector=connector, name=connector, options=options,
                secrets=sealing.seal_all(secrets, library_id=self.library.pk), next_due_at=NOON, created_at=NOON,
            )  # fmt: skip

    def door(self, **more: Any) -> Door:
        """The real door, that writes down how long it would have waited."""
        quick: dict[str, Any] = {"rate": 1e6, "sleep": self.slept.append}
        return Door(**(quick | more))

    def fetch(self, source: DataSource, *, at: datetime = NOON, door: Door | None = None) -> ConnectorRun:
        run = fetching.fetch(source_id=source.pk, library_id=self.library.pk, at=at, door=door or self.door())
        assert run
        return run

    def now(self, source: DataSource) -> DataSource:
        with acting_for(self.library.pk):
            return DataSource.objects.get(pk=source.pk)

    def runs(self) -> list[ImportRun]:
        with acting_for(self.library.pk):
            return list(ImportRun.objects.order_by("pk"))

    def switch(self, mode: str, **more: Any) -> None:
        self.server.switches.put({"mode": mode} | more)

    def asked(self) -> list[str]:
        return [target for _method, target in self.server.asked]


def later(**span: float) -> datetime:
    return NOON + timedelta(**span)
