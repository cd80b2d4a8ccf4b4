"""Real processes, really killed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bibmail.embedded import Services
from bibmail.embedded.cluster import PasswordLost
from bibmail.embedded.lock import AlreadyRunning
from bibmail.embedded.supervisor import DidNotStart
from tests.embedded.helpers import ask, command_line, eventually, finish, first_line, servers_of

pytestmark = pytest.mark.slow


def postmaster(services: Services) -> int:
    return int((services.data_directory / "postgres/postmaster.pid").read_text().split()[0])


def test_a_killed_supervisor_leaves_no_server_behind(open_folder: Path) -> None:
    supervisor = command_line(open_folder)
    first_line(supervisor)
    assert len(servers_of(open_folder)) > 3

    finish(supervisor)

    assert eventually(lambda: servers_of(open_folder) == [])


def test_right_after_a_killed_supervisor_the_next_start_works(open_folder: Path) -> None:
    supervisor = command_line(open_folder)
    first_line(supervisor)
    finish(supervisor)

    with Services(open_folder) as services:
        assert ask(services.superuser_url, "SELECT 1") == "1"


def test_durable_data_survives_kill_9_of_every_process(open_folder: Path) -> None:
    with Services(open_folder, durable=True) as services:
        ask(services.superuser_url, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS number")
        for pid in servers_of(open_folder):
            os.kill(pid, signal.SIGKILL)

    with Services(open_folder, durable=True) as services:
        assert ask(services.superuser_url, "SELECT count(*) FROM kept") == "1000"


def test_a_dead_server_is_named_and_starts_again(open_folder: Path) -> None:
    with Services(open_folder) as services:
        os.kill(postmaster(services), signal.SIGKILL)

        assert eventually(lambda: services.dead() == ["postgres"])
        assert not services.alive()

    with Services(open_folder) as services:
        assert ask(services.superuser_url, "SELECT 1") == "1"


@pytest.mark.parametrize("left", ["", "\n", "12", "not a pid\nat all\n"])
def test_a_damaged_pid_file_does_not_keep_us_from_starting(open_folder: Path, left: str) -> None:
    with Services(open_folder):
        pass
    (open_folder / "postgres/postmaster.pid").write_text(left)

    with Services(open_folder) as services:
        assert ask(services.superuser_url, "SELECT 1") == "1"


def test_a_pid_that_is_now_somebody_elses_does_not_keep_us_from_starting(open_folder: Path) -> None:
    with Services(open_folder):
        pass
    for left in (open_folder / "postgres/postmaster.pid", open_folder / "run/.s.PGSQL.5432.lock"):
        left.write_text(
            f"{os.getppid()}\n{open_folder}/postgres\n1\n5432\n{open_folder}/run\n\n  1 2\nready\n"
        )

    with Services(open_folder) as services:
        assert ask(services.superuser_url, "SELECT 1") == "1"


def test_a_server_that_somebody_started_on_our_data_is_spared(open_folder: Path) -> None:
    with Services(open_folder):
        pass
    by_hand = subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, cwd=open_folder / "postgres"
    )
    (open_folder / "postgres/postmaster.pid").write_text(f"{by_hand.pid}\n")

    try:
        with pytest.raises(AlreadyRunning, match=f"Process {by_hand.pid} serves"):
            Services(open_folder).start()
    finally:
        by_hand.communicate(b"\n")
    assert servers_of(open_folder) == []


def test_an_interrupted_first_start_begins_anew(open_folder: Path) -> None:
    unfinished = open_folder / "postgres.unfinished"
    unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("18\n")
    (open_folder / "password").write_text("of the interrupted one")

    with Services(open_folder) as services:
        assert ask(services.superuser_url, "SELECT 1") == "1"
    assert not unfinished.exists()


def test_a_lost_password_is_said(open_folder: Path) -> None:
    with Services(open_folder) as services:
        services.password_file.unlink()

    with pytest.raises(PasswordLost, match=f"{open_folder / 'password'} is gone"):
        Services(open_folder).start()
    assert servers_of(open_folder) == []


def test_a_server_that_cannot_start_tells_its_last_words(open_folder: Path) -> None:
    with Services(open_folder):
        pass
    (open_folder / "postgres/PG_VERSION").write_text("9\n")

    with pytest.raises(DidNotStart, match=r"(?s)postgres\.log:.*FATAL.*(PG_VERSION|incompatible|version)"):
        Services(open_folder).start()
    assert servers_of(open_folder) == []
