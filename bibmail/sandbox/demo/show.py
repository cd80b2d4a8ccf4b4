"""The demo from an empty folder to a page that answers, and back to nothing running."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from signal import SIGTERM

from django.conf import settings
from django.core.management.base import OutputWrapper

from bibmail.embedded import Refused, ServiceUrls, ensure
from bibmail.embedded.process import dies_with_parent
from bibmail.sandbox.demo import address, databases, environment
from bibmail.sandbox.demo.folder import Folder
from bibmail.sandbox.demo.refusal import CannotShow

_SECONDS_TO_STOP = 30


def show(folder: Folder, outside: Mapping[str, str], *, port: str, once: bool, out: OutputWrapper) -> None:
    """Set up, load and play on the first run, then serve until Ctrl-C; raises CannotShow."""
    number = address.free_port(port) if not once else address.any_free_port()
    folder.make()
    try:
        with ensure(folder.services, outside, durable=True) as urls:
            logins = databases.prepare(urls, outside, folder.secrets())
            environ = environment.for_processes(
                outside,
                folder,
                database_url=logins.app,
                broker_url=urls.broker,
                port=number,
                esp_port=address.port_beside(number),
            )
            _manage(environ | {"DATABASE_URL": logins.migrate}, "migrate", "--verbosity=0")
            _manage(environ, "fill_demo")
            out.flush()
            _serve(environ, urls, once=once)
    except Refused as refusal:
        raise CannotShow(str(refusal)) from None


def _manage(environ: Mapping[str, str], *words: str) -> None:
    """Run one command of ours to its end; what it prints is for the screen."""
    if _started(environ, *words).wait():
        raise CannotShow(f"`manage.py {words[0]}` did not succeed; see above.")


def _started(environ: Mapping[str, str], *words: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(  # noqa: S603  # our own list of words
        [sys.executable, str(settings.ROOT / "manage.py"), *words],
        cwd=settings.ROOT,
        env=environ,
        stdin=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for us; we stop it in order
        preexec_fn=dies_with_parent(SIGTERM),
    )


def _serve(environ: Mapping[str, str], urls: ServiceUrls, *, once: bool) -> None:
    """Web, workers, ESP and the play are children of one command, which sees the database; we mind the services."""
    serving = _started(environ, "serve_demo", *(["--once"] if once else []))
    try:
        while serving.poll() is None:
            time.sleep(0.3)
            if urls.services and urls.services.dead():
                raise CannotShow(f"{urls.services.dead()[0]} has ended, so the demo stops.")
    finally:
        if serving.poll() is None:
            serving.terminate()
            try:
                serving.wait(_SECONDS_TO_STOP)
            except subprocess.TimeoutExpired:
                serving.kill()
                serving.wait()
    if serving.returncode:
        raise CannotShow("The demo has ended before its time; see above.")


def short(path: "os.PathLike[str]") -> str:
    """A path as a person would type it from here."""
    text = os.fspath(path)
    here = os.getcwd()
    return os.path.relpath(text) if text.startswith(here) else text
