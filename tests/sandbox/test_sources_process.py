"""The make-believe sources as a process, and how the demo connects its libraries to them."""

import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import requests
from django.conf import LazySettings, settings
from django.core.management import CommandError, call_command

from bibmail.sandbox.demo import sources
from bibmail.sandbox.sources import world
from bibmail.sandbox.sources.server import Server
from bibmail.tenancy import acting_for
from members.models import ConnectorRun
from tests import factories
from tests.faults import worker as worker_processes


@pytest.mark.django_db
def test_it_is_not_for_production(settings: LazySettings) -> None:
    settings.IN_PRODUCTION = True

    with pytest.raises(CommandError, match="not for production"):
        call_command("sandbox_sources")


@pytest.mark.slow
@pytest.mark.django_db
def test_it_listens_tells_its_keys_and_ends_when_asked(tmp_path: Path) -> None:
    words = [sys.executable, "manage.py", "sandbox_sources", "--port=0", f"--sftp={tmp_path}"]
    with subprocess.Popen(
        words, env=worker_processes.environ(), cwd=settings.ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        first, second = process.stdout.readline(), process.stdout.readline()
        url = first.split("cloudLibrary ")[1].split(",")[0]
        answer = requests.get(f"{url}/uit/events", headers={"x-client-id": "the-client-of-uit"}, timeout=5)
        process.terminate()
        assert process.wait(10) == 0

    assert answer.json()["totalItems"] == 1
    assert "SHA256:" in second


@pytest.mark.django_db
def test_each_library_of_the_demo_fetches_once_from_its_own(tmp_path: Path) -> None:
    libraries = [factories.a_library(slug=slug) for slug in ("aalst", "gent", "zottegem")]
    for library in libraries:
        with acting_for(library.pk):
            factories.a_branch(code="3550")
            factories.a_contact(external_id="7301234")
    crew = _Crew(tmp_path / "world.json")

    for _ in range(2):
        sources.connect(crew)  # type: ignore[arg-type]  # as much of a crew as it needs
    crew.server.shutdown()
    crew.server.server_close()

    figures = []
    for library in libraries:
        with acting_for(library.pk):
            figures += [
                (run.state, {sink: of["new"] for sink, of in run.figures.items()})
                for run in ConnectorRun.objects.all()
            ]
    assert figures == [
        ("done", {"events": 4}),
        ("done", {"ebook_activity": 1}),
        ("done", {"members": 3}),
    ]


class _Crew:
    """Starts the sources in this process."""

    def __init__(self, path: Path) -> None:
        self.folder = SimpleNamespace(world=path)
        self.server: Any = None
        self.sources_port = 0

    def start_sources(self) -> None:
        if self.server is None:
            self.server = Server(0, world.read(self.folder.world))
            self.sources_port = self.server.server_port
            threading.Thread(target=self.server.serve_forever, daemon=True).start()
