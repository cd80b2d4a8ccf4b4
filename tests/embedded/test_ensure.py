from pathlib import Path

import pytest

from bibmail.embedded import ServiceUrls, ensure
from tests.embedded.helpers import ask, servers_of

GIVEN = {"DATABASE_URL": "postgres://app@db/bibmail", "BROKER_URL": "redis://queue:6379/0"}


def test_with_both_given_nothing_is_started_or_made(tmp_path: Path) -> None:
    with ensure(tmp_path / "services", GIVEN) as urls:
        assert urls == ServiceUrls(GIVEN["DATABASE_URL"], None, GIVEN["BROKER_URL"], None)

    assert not (tmp_path / "services").exists()


@pytest.mark.slow
def test_with_nothing_given_both_are_started(open_folder: Path) -> None:
    with ensure(
        open_folder, {"DATABASE_URL": "", "DATABASE_URL_ADMIN": "postgres://of-something-else/"}
    ) as urls:
        assert urls.database is None
        assert urls.admin is not None
        assert ask(urls.admin, "SELECT 1") == "1"
        assert urls.broker.startswith("redis+socket:///")

    assert servers_of(open_folder) == []


@pytest.mark.slow
def test_with_a_database_given_only_the_broker_is_started(open_folder: Path) -> None:
    with ensure(open_folder, {"DATABASE_URL": GIVEN["DATABASE_URL"]}) as urls:
        assert (urls.database, urls.admin) == (GIVEN["DATABASE_URL"], None)
        assert urls.broker.startswith("redis+socket:///")
        assert not (open_folder / "postgres").exists()


@pytest.mark.slow
def test_with_a_broker_given_only_the_database_is_started(open_folder: Path) -> None:
    with ensure(open_folder, {"BROKER_URL": GIVEN["BROKER_URL"]}) as urls:
        assert urls.broker == GIVEN["BROKER_URL"]
        assert urls.admin is not None
        assert not (open_folder / "valkey.log").exists()
