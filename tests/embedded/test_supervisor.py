import os
import threading
from pathlib import Path

import psycopg2
import pytest
from kombu import Connection
from redis import Redis

from bibmail.embedded import Services
from bibmail.embedded.lock import AlreadyRunning
from bibmail.embedded.supervisor import NotRunning
from tests.embedded.helpers import ask, servers_of

pytestmark = pytest.mark.slow


def test_both_answer_and_nothing_is_left_after_stop(open_folder: Path) -> None:
    with Services(open_folder) as services:
        assert ask(services.superuser_url, "SELECT 1 + 1") == "2"
        assert Redis.from_url(services.valkey_url).ping()
        assert services.alive()

    assert servers_of(open_folder) == []
    assert list((open_folder / "run").iterdir()) == []
    assert not services.alive()


def test_data_stays_between_two_starts(open_folder: Path) -> None:
    with Services(open_folder) as services:
        ask(services.superuser_url, "CREATE TABLE kept AS SELECT 7 AS number")
        address = services.superuser_url

    with Services(open_folder) as services:
        assert ask(services.superuser_url, "SELECT number FROM kept") == "7"
        assert services.superuser_url == address


def test_a_role_and_database_of_ones_own_get_a_url(open_folder: Path) -> None:
    with Services(open_folder) as services:
        ask(services.superuser_url, "CREATE ROLE app LOGIN PASSWORD 'p@ss:/ w%rd'")
        ask(services.superuser_url, 'CREATE DATABASE "my db" OWNER app')

        url = services.database_url(user="app", password="p@ss:/ w%rd", name="my db")

        assert ask(url, "SELECT current_user || ' in ' || current_database()") == "app in my db"


def test_login_needs_the_password(open_folder: Path) -> None:
    with Services(open_folder) as services:
        url = services.database_url(user="postgres", password="guess", name="postgres")

        with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
            psycopg2.connect(url)
        assert ask(
            services.superuser_url, "SELECT left(rolpassword, 13) FROM pg_authid WHERE rolname = 'postgres'"
        ) == ("SCRAM-SHA-256")
        assert services.password_file.stat().st_mode & 0o777 == 0o600


def test_sockets_are_private_and_no_port_is_open(open_folder: Path) -> None:
    with Services(open_folder) as services:
        assert ask(services.superuser_url, "SHOW listen_addresses") == ""
        assert Redis.from_url(services.valkey_url).config_get("port") == {"port": "0"}
        assert (open_folder / "run").stat().st_mode & 0o777 == 0o700
        assert {path.stat().st_mode & 0o077 for path in (open_folder / "run").iterdir()} == {0}


@pytest.mark.parametrize(("durable", "fsync"), [(False, "off"), (True, "on")])
def test_only_durable_services_wait_for_the_disk(open_folder: Path, durable: bool, fsync: str) -> None:
    with Services(open_folder, durable=durable) as services:
        assert ask(services.superuser_url, "SHOW fsync") == fsync
        assert ask(services.superuser_url, "SHOW full_page_writes") == fsync
        assert ask(services.superuser_url, "SHOW synchronous_commit") == fsync


def test_the_settings_are_those_we_chose(open_folder: Path) -> None:
    with Services(open_folder) as services:
        url = services.superuser_url
        for name, value in {
            "timezone": "UTC",
            "server_encoding": "UTF8",
            "shared_buffers": "256MB",
            "work_mem": "16MB",
            "max_connections": "80",
            "max_wal_size": "2GB",
        }.items():
            assert (name, ask(url, f"SHOW {name}")) == (name, value)
        assert ask(url, "SELECT datcollate FROM pg_database WHERE datname = 'postgres'") == "C.UTF-8"
        assert Redis.from_url(services.valkey_url).config_get("maxmemory-policy") == {
            "maxmemory-policy": "noeviction"
        }


def test_the_environment_of_the_person_does_not_change_the_servers(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "PGPORT": "6000",
        "PGDATA": "/nowhere",
        "TZ": "Asia/Tokyo",
        "LC_ALL": "nl_BE",
    }.items():
        monkeypatch.setenv(name, value)

    with Services(open_folder) as services:
        assert ask(services.superuser_url, "SHOW port") == "5432"


@pytest.mark.parametrize(
    "name", ["with two  spaces", "50% 'é\" $HOME #1", "comma, here", "x" * 60 + "/" + "y" * 60]
)
def test_urls_hold_for_every_spelling_of_the_folder(open_folder: Path, name: str) -> None:
    with Services(open_folder / name) as services:
        assert ask(services.superuser_url, "SELECT 1") == "1"
        assert Redis.from_url(services.valkey_url).ping()
        with Connection(services.broker_url + "?virtual_host=3") as broker:
            queue = broker.SimpleQueue("bell")
            queue.put("ring")
            assert queue.get(timeout=5).payload == "ring"
            queue.close()


def test_a_second_start_of_the_folder_is_refused(open_folder: Path) -> None:
    with Services(open_folder) as first:
        with pytest.raises(
            AlreadyRunning, match=rf"{open_folder} are already running \(process {os.getpid()}\)"
        ):
            Services(open_folder).start()

        assert ask(first.superuser_url, "SELECT 1") == "1"


def test_two_folders_run_side_by_side(open_folder: Path) -> None:
    with Services(open_folder / "one") as one, Services(open_folder / "two") as two:
        assert one.superuser_url != two.superuser_url
        assert ask(one.superuser_url, "SELECT 1") == ask(two.superuser_url, "SELECT 1") == "1"


def test_each_service_can_be_left_out(open_folder: Path) -> None:
    with Services(open_folder, with_postgres=False) as services:
        assert Redis.from_url(services.valkey_url).ping()
        assert not (open_folder / "postgres").exists()


def test_starting_and_stopping_twice_changes_nothing(open_folder: Path) -> None:
    services = Services(open_folder)

    assert services.start() is services.start()
    services.stop()
    services.stop()

    assert servers_of(open_folder) == []


def test_what_only_running_services_know_is_refused_before_start(tmp_path: Path) -> None:
    with pytest.raises(NotRunning, match="start them first"):
        _ = Services(tmp_path).broker_url


def test_threads_of_the_application_do_not_end_the_services(open_folder: Path) -> None:
    with Services(open_folder) as services:
        thread = threading.Thread(target=lambda: ask(services.superuser_url, "SELECT 1"))
        thread.start()
        thread.join()

        assert services.alive()
