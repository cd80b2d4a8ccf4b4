from collections.abc import Iterator

import pytest

from bibmail.tenancy import acting_for, acting_for_network
from bibmail.tenancy.models import Library
from tests.campaigns.content import stage


@pytest.fixture
def furnished(zottegem: Library) -> Iterator[Library]:
    """Acting for Zottegem, which has something to tell of everything."""
    with acting_for_network():
        stage.make_titles()
    with acting_for(zottegem.pk):
        stage.furnish()
        yield zottegem
