import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings

from bibmail.sandbox.sources.server import Server
from bibmail.sandbox.sources.world import World
from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library
from tests import factories
from tests.members.connectors.stage import Stage


@pytest.fixture
def stage(zottegem: Library, settings: LazySettings, tmp_path: Path) -> Iterator[Stage]:
    """Zottegem with its branch 3550, and make-believe sources that answer over HTTP on this machine."""
    settings.UPLOADS_DIR = tmp_path / "uploads"
    with acting_for(zottegem.pk):
        factories.a_branch(code="3550")
    server = Server(0, World())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield Stage(zottegem, server)
    server.shutdown()
    server.server_close()
    thread.join()
