"""The demo from an empty folder to a page that answers, and back to nothing running."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from signal import SIGTERM

from django.conf import settings
from django.core.management.base import OutputWrapper

from bibmail.embedded import Refused, ensure
from bibmail.embedded.process import dies_with_parent
from bibmail.sandbox.demo import address, databases, environment, staff
from bibmail.sandbox.demo.folder import Folder
from bibmail.sandbox.demo.processes import Processes
from bibmail.sandbox.demo.refusal import CannotShow

_SECONDS_TO_ANSWER = 60

_WEB = ["-m", "gunicorn", "bibmail.wsgi:application", "--workers=1", "--threads=4", "--no-control-socket"]
_CELERY = ["-m", "celery", "--app=bibmail.celery", "--quiet"]
_WORKERS = {"worker-clock": "clock,service", "worker-send": "send", "worker-import": "import"}


def show(folder: Folder, outside: Mapping[str, str], *, port: str, once: bool, out: OutputWrapper) -> None:
    """Set up and load on the first run, then serve until Ctrl-C; raises CannotShow."""
    number = address.free_port(port) if not once else 0
    folder.make()
    try:
        with ensure(folder.services, outside, durable=True) as urls:
            logins = databases.prepare(urls, outside, folder.secrets())
            environ = environment.for_processes(
                outside, folder, database_url=logins.app, broker_url=urls.broker, port=number
            )
            _manage(environ | {"DATABASE_URL": logins.migrate}, "migrate", "--verbosity=0")
            _manage(environ, "fill_demo")
            if once:
                out.write("\nThe demo is set up. `make demo` serves it.\n")
                return
            with Processes(environ=environ, cwd=settings.ROOT, logs=folder.logs) as processes:
                _start(processes, folder, port=number)
                _wait_for_answer(processes, port=number)
                out.write(_welcome(folder, port=number))
                out.flush()
                while True:
                    time.sleep(0.5)
                    processes.refuse_dead()
                    if urls.services and urls.services.dead():
                        raise CannotShow(f"{urls.services.dead()[0]} has ended, so the demo stops.")
    except Refused as refusal:
        raise CannotShow(str(refusal)) from None


def _manage(environ: Mapping[str, str], *words: str) -> None:
    """Run one command of ours to its end; what it prints is for the screen."""
    done = subprocess.run(  # noqa: S603  # our own list of words
        [sys.executable, str(settings.ROOT / "manage.py"), *words],
        cwd=settings.ROOT,
        env=environ,
        check=False,
        stdin=subprocess.DEVNULL,
        preexec_fn=dies_with_parent(SIGTERM),
    )
    if done.returncode:
        raise CannotShow(f"`manage.py {words[0]}` did not succeed; see above.")


def _start(processes: Processes, folder: Folder, *, port: int) -> None:
    processes.start("web", [*_WEB, f"--bind={address.HOST}:{port}"])
    for name, queues in _WORKERS.items():
        options = [f"--queues={queues}", "--concurrency=1", f"--hostname={name}@demo", "--loglevel=INFO"]
        processes.start(name, [*_CELERY, "worker", *options])
    processes.start("beat", [*_CELERY, "beat", f"--schedule={folder.root / 'beat'}", "--pidfile="])


def _wait_for_answer(processes: Processes, *, port: int) -> None:
    deadline = time.monotonic() + _SECONDS_TO_ANSWER
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while True:
        processes.refuse_dead()
        try:
            opener.open(f"http://{address.HOST}:{port}/readyz", timeout=5).close()
        except OSError as refusal:
            if time.monotonic() > deadline:
                said = (
                    refusal.read().decode() if isinstance(refusal, urllib.error.HTTPError) else str(refusal)
                )
                raise CannotShow(f"The pages did not answer within {_SECONDS_TO_ANSWER} s: {said}") from None
            time.sleep(0.2)
        else:
            return


def _welcome(folder: Folder, *, port: int) -> str:
    width = max(len(login.email) for login in staff.LOGINS)
    logins = "".join(f"    {login.email:<{width}}  {login.what}\n" for login in staff.LOGINS)
    return (
        f"\n{'=' * 78}\n"
        f"  Bibmail is at  http://{address.HOST}:{port}/\n\n"
        f"  Log in as (the password of all is {staff.PASSWORD}):\n{logins}\n"
        f"  Data, logs and mail to staff: {_short(folder.root)}\n"
        f"  Stop with Ctrl-C; `make demo` continues with the same data.\n{'=' * 78}\n"
    )


def _short(path: Path) -> str:
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)
