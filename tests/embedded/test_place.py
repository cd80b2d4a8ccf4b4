import os
import stat
import tempfile
from pathlib import Path

import pytest

from bibmail.embedded import Services
from bibmail.embedded.place import NotWritable
from bibmail.embedded.reach import NotPrivate, OutOfReach
from tests.embedded.helpers import ask, command_line, ordinary_user, outcome, servers_of

LONG = "/".join(["a-name-of-thirty-two-characters-"] * 5)


@pytest.fixture
def temporary(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A temporary directory of this test alone, so that we see all that is put there."""
    directory = open_folder / "tmp"
    directory.mkdir()
    directory.chmod(0o1777)
    monkeypatch.setattr(tempfile, "tempdir", str(directory))
    return directory


@pytest.fixture
def short_directory(open_folder: Path, temporary: Path) -> Path:
    """The name that the sockets of `open_folder / LONG` move to."""
    with Services(open_folder / LONG, with_postgres=False):
        (short,) = temporary.iterdir()
    return short


@pytest.mark.slow
def test_everything_lies_in_the_folder(open_folder: Path, temporary: Path) -> None:
    with Services(open_folder / "services") as services:
        assert services.data_directory == open_folder / "services"
        assert list(temporary.iterdir()) == []


@pytest.mark.slow
def test_a_long_path_gets_a_private_short_directory_for_its_sockets(
    open_folder: Path, temporary: Path
) -> None:
    with Services(open_folder / LONG) as services:
        assert ask(services.superuser_url, "SELECT 1") == "1"
        (short,) = temporary.iterdir()
        assert stat.S_IMODE(short.lstat().st_mode) == 0o700

    assert list(temporary.iterdir()) == []


@pytest.mark.slow
def test_a_temporary_directory_out_of_reach_is_passed_over(
    open_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.chmod(0o700)
    (tmp_path / ("x" * 80)).mkdir()  # closed to root's account, and too long for the others
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / ("x" * 80)))

    with Services(open_folder / LONG) as services:
        assert ask(services.superuser_url, "SELECT 1") == "1"


@pytest.mark.slow
def test_a_link_instead_of_the_short_directory_is_refused(open_folder: Path, short_directory: Path) -> None:
    (open_folder / "trap").mkdir(mode=0o700)
    short_directory.symlink_to(open_folder / "trap")

    with pytest.raises(NotPrivate, match=f"{short_directory} should be a directory of"):
        Services(open_folder / LONG).start()

    assert servers_of(open_folder / LONG) == []
    assert list((open_folder / "trap").iterdir()) == []


@pytest.mark.slow
def test_a_short_directory_that_others_can_enter_is_refused(open_folder: Path, short_directory: Path) -> None:
    short_directory.mkdir()
    short_directory.chmod(0o777)

    with pytest.raises(NotPrivate, match="nobody else can enter"):
        Services(open_folder / LONG).start()


@pytest.mark.slow
@pytest.mark.usefixtures("as_root")
def test_below_a_closed_directory_throwaway_data_is_elsewhere_and_goes(closed_folder: Path) -> None:
    with Services(closed_folder) as services:
        home = services.data_directory
        assert ask(services.superuser_url, "SELECT 1") == "1"
        assert home.parent == Path("/var/tmp")  # noqa: S108 - we look, and write nothing
        assert (home.owner(), stat.S_IMODE(home.stat().st_mode)) == ("root", 0o711)
        assert stat.S_IMODE((home / "postgres").stat().st_mode) == 0o700
        assert (closed_folder / "elsewhere").readlink() == home

    assert not home.exists()
    assert not (closed_folder / "elsewhere").is_symlink()
    assert stat.S_IMODE(closed_folder.parent.stat().st_mode) == 0o700


@pytest.mark.slow
@pytest.mark.usefixtures("as_root")
def test_below_a_closed_directory_durable_data_is_kept(closed_folder: Path) -> None:
    with Services(closed_folder, durable=True) as services:
        ask(services.superuser_url, "CREATE TABLE kept AS SELECT 7 AS number")
        home = services.data_directory
    with Services(closed_folder) as services:  # a throwaway run of the same folder spares it
        assert services.data_directory == home
    with Services(closed_folder, durable=True) as services:
        assert ask(services.superuser_url, "SELECT number FROM kept") == "7"

    assert home.exists()
    (home / "throwaway").touch()
    Services(closed_folder, with_postgres=False).start().stop()
    assert not home.exists()


@pytest.mark.slow
@pytest.mark.usefixtures("as_root")
def test_data_whose_parents_were_closed_is_not_replaced_in_silence(open_folder: Path) -> None:
    folder = open_folder / "parent" / "services"
    with Services(folder):
        pass
    folder.parent.chmod(0o700)

    with pytest.raises(OutOfReach, match="can no longer reach"):
        Services(folder).start()

    assert stat.S_IMODE(folder.parent.stat().st_mode) == 0o700


@pytest.mark.slow
def test_the_folder_of_another_user_is_refused(open_folder: Path) -> None:
    user = ordinary_user()
    with Services(open_folder / "roots"):
        pass

    code, _, err = outcome(command_line(open_folder / "roots", "--", "true", user=user))

    assert code == 1
    assert f"{open_folder / 'roots'} cannot be written to as nobody" in err
    assert "Traceback" not in err


@pytest.mark.slow
def test_a_read_only_folder_is_refused(open_folder: Path) -> None:
    user = ordinary_user()

    code, _, err = outcome(command_line(open_folder, "--", "true", user=user))

    assert (code, err.count("\n")) == (1, 1)
    assert (
        f"The folder {open_folder} cannot be written to as nobody: Permission denied. Choose another" in err
    )
    assert list(open_folder.iterdir()) == []


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("here first")

    with pytest.raises(NotWritable, match=f"{tmp_path / 'file'} cannot be written to"):
        Services(tmp_path / "file").start()


@pytest.mark.slow
def test_no_directory_above_the_folder_changes(open_folder: Path) -> None:
    parents = [open_folder / "a", open_folder / "a/b"]
    for parent in parents:
        parent.mkdir()
        parent.chmod(0o751)
    before = [(os.stat(parent).st_mode, os.stat(parent).st_uid) for parent in parents]

    with Services(parents[-1] / "services"):
        pass

    assert [(os.stat(parent).st_mode, os.stat(parent).st_uid) for parent in parents] == before
