import os
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path
from signal import SIGKILL

import pytest
from django.conf import LazySettings, settings

from bibmail.sandbox.demo import address, databases, environment, staff
from bibmail.sandbox.demo.folder import Folder
from bibmail.sandbox.demo.processes import Processes
from bibmail.sandbox.demo.refusal import CannotShow
from bibmail.tenancy.models import StaffRole, User
from tests import factories


def test_a_busy_port_is_named_with_the_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]

        with pytest.raises(CannotShow, match=f"Port {port} is in use.*PORT={port + 1}"):
            address.free_port(str(port))


@pytest.mark.parametrize("wanted", ["", "0", "70000", "web"])
def test_a_port_is_a_number(wanted: str) -> None:
    with pytest.raises(CannotShow, match="is no port"):
        address.free_port(wanted)


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(CannotShow, match=r"cannot write in .*DEMO_DIR="):
        Folder(tmp_path / "file" / "demo").make()


def test_secrets_are_made_once_and_are_ours_alone(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.make()

    assert folder.secrets() == folder.secrets()
    assert len(set(folder.secrets().values())) == len(folder.secrets())
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600


def test_the_world_outside_does_not_change_the_demo(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.make()
    outside = {
        "PATH": "/bin",
        "DEBUG": "true",
        "EMAIL_URL": "smtp://",
        "CELERY_BROKER_URL": "x",
        "PGHOST": "x",
    }

    seen = environment.for_processes(
        outside, folder, database_url="postgres://a", broker_url="redis://b", port=8000
    )

    assert not seen.keys() & {"DEBUG", "CELERY_BROKER_URL", "PGHOST"}
    assert seen["EMAIL_URL"].startswith("filemail:")
    assert seen["PATH"] == "/bin"


def test_a_wrong_password_is_not_repeated() -> None:
    from bibmail.embedded import ServiceUrls
    from bibmail.tenancy import database

    url = database.login_url(
        os.environ["DATABASE_URL_ADMIN"], role="bibmail_app", password="hunter2", name="x"
    )

    with pytest.raises(CannotShow, match="DATABASE_URL does not open a database") as refusal:
        databases.prepare(ServiceUrls(url, None, "redis://", None), {}, {})

    assert "hunter2" not in str(refusal.value)


@pytest.mark.django_db
def test_the_password_that_everybody_knows_is_refused_outside_the_demo() -> None:
    with pytest.raises(staff.NotInADemo):
        staff.create()


@pytest.mark.django_db
def test_the_staff_of_the_demo_log_in_where_they_work(settings: LazySettings) -> None:
    settings.ENVIRONMENT = "demo"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    for slug in ("heidebeke", "lindekerke", "zandvelde"):
        factories.a_library(slug=slug)

    staff.create()
    staff.create()

    assert User.objects.count() == len(staff.LOGINS)
    assert User.objects.get(email="sofie@example.be").check_password(staff.PASSWORD)
    assert StaffRole.objects.filter(user__email="sofie@example.be").count() == 3
    assert not StaffRole.objects.get(user__email="amira@example.be").sees_people
    assert not StaffRole.objects.filter(user__email="lieve@example.org").exists()


def test_one_that_ends_ends_the_demo_with_its_last_words(tmp_path: Path) -> None:
    with Processes(environ={}, cwd=tmp_path, logs=tmp_path) as processes:
        processes.start("web", ["-c", "print('no more paper'); raise SystemExit(4)"])
        with pytest.raises(CannotShow, match=r"'web' has ended \(code 4\)(.|\n)*no more paper"):
            _until_refused(processes)


@pytest.mark.slow
def test_a_killed_demo_leaves_nothing_running(tmp_path: Path) -> None:
    program = f"""
from pathlib import Path
import time
from bibmail.sandbox.demo.processes import Processes
processes = Processes(environ={{}}, cwd=Path("."), logs=Path({str(tmp_path)!r}))
processes.start("sleeper", ["-c", "import os, time; print(os.getpid(), flush=True); time.sleep(600)"])
print("started", flush=True)
time.sleep(600)
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=settings.ROOT) as demo:
        assert demo.stdout
        demo.stdout.readline()
        pid = _pid_in(tmp_path / "sleeper.log")

        demo.send_signal(SIGKILL)

    deadline = time.monotonic() + 10
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(f"/proc/{pid}").exists()


def _until_refused(processes: Processes) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        processes.refuse_dead()
        time.sleep(0.02)


def _pid_in(log: Path) -> int:
    deadline = time.monotonic() + 20
    while not log.read_text().strip() and time.monotonic() < deadline:
        time.sleep(0.02)
    return int(log.read_text())
