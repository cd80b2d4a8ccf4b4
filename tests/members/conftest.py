from functools import partial
from pathlib import Path

import pytest
from django.conf import LazySettings

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library
from tests import factories
from tests.members.delivery import Deliver, deliver


@pytest.fixture
def bring(zottegem: Library, tmp_path: Path, settings: LazySettings) -> Deliver:
    """`bring(sink=..., content=...)` into Zottegem, which has one branch, 3550."""
    settings.UPLOADS_DIR = tmp_path / "uploads"
    with acting_for(zottegem.pk):
        factories.a_branch(code="3550")
    return partial(deliver, zottegem, tmp_path)
