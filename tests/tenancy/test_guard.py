import pytest

from bibmail.tenancy import guard


@pytest.mark.django_db
def test_every_table_stands_behind_the_fence_of_its_kind() -> None:
    assert guard.gaps() == []
