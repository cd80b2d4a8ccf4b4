"""`python -m bibmail.embedded FOLDER [-- COMMAND …]`, as a person runs it."""

import os
import signal
from pathlib import Path

import pytest

from tests.embedded.helpers import command_line, eventually, first_line, outcome, servers_of

pytestmark = pytest.mark.slow


def test_the_command_gets_the_urls_and_its_exit_code_is_ours(open_folder: Path) -> None:
    said = 'echo "$DATABASE_URL_ADMIN" "$BROKER_URL"; exit 7'

    code, out, err = outcome(command_line("--throwaway", open_folder, "--", "sh", "-c", said))

    assert (code, err) == (7, "")
    assert out.startswith("postgres://postgres:")
    assert "redis+socket:///" in out
    assert servers_of(open_folder) == []


def test_given_urls_replace_the_services(tmp_path: Path) -> None:
    given = {"DATABASE_URL": "postgres://db/x", "BROKER_URL": "redis://queue"}
    said = 'echo "$DATABASE_URL" "$BROKER_URL" "${DATABASE_URL_ADMIN-none}"'

    code, out, _ = outcome(command_line(tmp_path / "services", "--", "sh", "-c", said, environ=given))

    assert (code, out) == (0, "postgres://db/x redis://queue none\n")
    assert not (tmp_path / "services").exists()


def test_without_a_command_the_urls_are_printed_without_password(open_folder: Path) -> None:
    process = command_line(open_folder)
    first = first_line(process)
    process.send_signal(signal.SIGTERM)
    assert process.stdout is not None
    rest = process.stdout.read()

    assert outcome(process) == (128 + signal.SIGTERM, "", "")
    assert first.startswith("BROKER_URL=redis+socket:///")
    assert "DATABASE_URL_ADMIN=postgres://postgres@/postgres" in rest
    assert f"The password is in {open_folder / 'password'}" in rest
    assert (open_folder / "password").read_text() not in first + rest
    assert servers_of(open_folder) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_reaches_the_command_before_the_services_stop(
    open_folder: Path, number: signal.Signals
) -> None:
    check = 'test -S "$0"/run/valkey.sock && exit 9'
    said = f"trap '{check}' {int(number)}; echo ready; while :; do sleep 0.05; done"
    process = command_line(open_folder, "--", "sh", "-c", said, open_folder)
    first_line(process)

    process.send_signal(number)

    assert outcome(process)[0] == 9
    assert servers_of(open_folder) == []


def test_a_signal_at_the_very_start_reaches_the_command_too(open_folder: Path) -> None:
    said = "trap 'exit 9' INT; kill -INT $PPID; while :; do sleep 0.05; done"

    assert outcome(command_line(open_folder, "--", "sh", "-c", said))[0] == 9


def test_ctrl_c_without_a_command_stops_in_order(open_folder: Path) -> None:
    process = command_line(open_folder)
    first_line(process)
    process.send_signal(signal.SIGINT)

    code, _, err = outcome(process)

    assert (code, err) == (130, "")
    assert "database system is shut down" in (open_folder / "postgres.log").read_text()
    assert servers_of(open_folder) == []


def test_a_killed_supervisor_takes_the_command_along(open_folder: Path) -> None:
    process = command_line(open_folder, "--", "sh", "-c", "echo $$; exec sleep 60")
    command = int(first_line(process))

    process.kill()
    process.communicate(timeout=60)

    assert eventually(lambda: not Path(f"/proc/{command}").exists() and servers_of(open_folder) == [])


def test_a_server_that_dies_ends_the_command(open_folder: Path) -> None:
    process = command_line(open_folder, "--", "sh", "-c", "echo ready; exec sleep 60")
    first_line(process)
    os.kill(int((open_folder / "postgres/postmaster.pid").read_text().split()[0]), signal.SIGKILL)

    code, _, err = outcome(process)

    assert code == 1
    assert err.startswith("postgres has ended while it was needed.")
    assert servers_of(open_folder) == []


def test_two_starts_at_once_make_one_and_refuse_the_other(open_folder: Path) -> None:
    both = [command_line(open_folder, "--", "sleep", "2") for _ in range(2)]

    codes = sorted((code, err) for code, _, err in map(outcome, both))

    assert [code for code, _ in codes] == [0, 1]
    assert f"The services in {open_folder} are already running" in codes[1][1]


def test_a_command_that_does_not_exist_is_said(open_folder: Path) -> None:
    code, _, err = outcome(command_line(open_folder, "--", "/no/such/command"))

    assert (code, err) == (127, "/no/such/command could not be started: No such file or directory.\n")
    assert servers_of(open_folder) == []
