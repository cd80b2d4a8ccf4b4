import pytest

from tests.isolation import makers
from tests.isolation.makers import World


@pytest.fixture
def world(db: None) -> World:
    """Zottegem and Aalst, each with a row in every table."""
    return makers.build()
