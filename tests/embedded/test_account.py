import os
import pwd
from pathlib import Path

import pytest

from bibmail.embedded import Services
from bibmail.embedded.account import NoAccount, service_account
from tests.embedded.helpers import ask, command_line, ordinary_user, outcome, servers_of


@pytest.mark.slow
@pytest.mark.usefixtures("as_root")
def test_root_hands_the_servers_to_an_unprivileged_account(open_folder: Path) -> None:
    with Services(open_folder) as services:
        owners = {Path(f"/proc/{pid}").stat().st_uid for pid in servers_of(open_folder)}

        assert owners == {service_account().uid}
        assert 0 not in owners
        assert ask(services.superuser_url, "SELECT 1") == "1"


@pytest.mark.slow
def test_an_ordinary_user_runs_the_servers_as_himself(open_folder: Path) -> None:
    user = ordinary_user()
    os.chown(open_folder, pwd.getpwnam(user).pw_uid, -1)
    said = 'test -n "$DATABASE_URL_ADMIN" && stat -c %U "$0"/postgres "$0"/run/valkey.sock'

    code, out, err = outcome(
        command_line(open_folder / "his own", "--", "sh", "-c", said, open_folder / "his own", user=user)
    )

    assert (code, err) == (0, "")
    assert out.split() == [user, user]
    assert servers_of(open_folder / "his own") == []


@pytest.mark.usefixtures("as_root")
def test_without_postgres_root_takes_nobody_and_never_makes_an_account(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = {"nobody": pwd.getpwnam("nobody")}
    monkeypatch.setattr(pwd, "getpwnam", known.__getitem__)

    assert service_account().name == "nobody"
    known.clear()
    with pytest.raises(NoAccount, match="Run this as an ordinary user"):
        service_account()


@pytest.mark.slow
@pytest.mark.usefixtures("as_root")
def test_nobody_can_run_the_servers_too(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pwd, "getpwnam", {"nobody": pwd.getpwnam("nobody")}.__getitem__)

    with Services(open_folder) as services:
        assert ask(services.superuser_url, "SELECT 1") == "1"
        assert (open_folder / "postgres").owner() == "nobody"
