from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings

from bibmail.tenancy.models import Library
from tests.campaigns.delivery import stage
from tests.campaigns.delivery.stage import Post
from tests.sandbox import esp_stage


@pytest.fixture
def post(zottegem: Library, tmp_path: Path, settings: LazySettings) -> Iterator[Post]:
    """Zottegem sends through a sandbox that lets every mail pass."""
    with (
        esp_stage.application() as application,
        esp_stage.sandbox(stage.folder_of(tmp_path), application) as sandbox,
        stage.pointed_at(sandbox, settings),
    ):
        yield Post(zottegem, sandbox)
